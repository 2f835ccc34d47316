//! Behaviour, text in and text out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli;
mod combinations;
mod lab_files;
mod layers;
mod registry;
mod rules;
mod settings;
mod types;
mod wiring;
mod yaml;
