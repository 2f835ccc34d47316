//! Behaviour, text in and text out.

mod registry;
mod rules;
mod stack;
mod wiring;
mod yaml;
