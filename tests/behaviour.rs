//! Behaviour, text in and text out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod article;
mod check;
mod cli;
mod combinations;
mod databases;
mod examples;
mod init;
mod lab_files;
mod layers;
mod network;
mod nouns;
mod prove;
mod readme;
mod registry;
mod resolve;
mod planted;
mod rivals;
mod rules;
mod settings;
mod stack;
mod tool_files;
mod types;
mod wiring;
mod yaml;
