//! Behaviour, text in and text out.

mod cli;
mod lab_files;
mod layers;
mod registry;
mod settings;
mod yaml;
