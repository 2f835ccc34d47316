//! Behaviour, text in and text out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod article;
mod authorisation;
mod check;
mod cli;
mod combinations;
mod databases;
mod examples;
mod failures;
mod functions;
mod hostile;
mod iam;
mod init;
mod lab_files;
mod layers;
mod network;
mod nouns;
mod order;
mod planted;
mod prove;
mod readme;
mod registry;
mod resolve;
mod rivals;
mod rules;
mod settings;
mod stack;
mod structure;
mod tool_files;
mod types;
mod wiring;
mod yaml;
