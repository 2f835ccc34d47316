//! What Formwork writes.

pub mod json;
mod scalar;
pub mod yaml;
