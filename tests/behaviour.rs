//! Behaviour, text in and text out.

mod registry;
mod types;
