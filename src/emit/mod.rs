//! What Formwork writes.

pub mod json;
pub mod manifest;
pub mod project;
mod scalar;
pub mod yaml;
