//! Behaviour, text in and text out.

mod cli;
mod registry;
mod settings;
