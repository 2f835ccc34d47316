//! Policies and requests, and what they answer.

pub mod case;
mod lab;
mod laws;
mod speed;
mod table;
