//! Behaviour of the library: text in, text out.

mod yaml;
