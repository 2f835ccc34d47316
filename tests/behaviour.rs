//! Behaviour of the library: text in, text out.

mod lab_files;
mod yaml;
