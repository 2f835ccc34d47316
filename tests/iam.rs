//! Policies and requests, and what they answer.

pub mod case;
mod laws;
mod table;
