//! Behaviour, text in and text out.

mod cli;
mod layers;
mod registry;
mod settings;
mod yaml;
