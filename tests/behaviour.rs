//! Behaviour: text in, text out.

mod cli;
mod settings;
