//! What Formwork writes.

pub mod goals;
pub mod json;
pub mod manifest;
mod scalar;
pub mod yaml;
