//! Behaviour, text in and text out.

mod registry;
mod rules;
mod wiring;
mod yaml;
