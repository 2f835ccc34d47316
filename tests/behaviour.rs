//! Behaviour, text in and text out.

mod registry;
mod wiring;
mod yaml;
