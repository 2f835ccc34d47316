//! What Formwork writes.

pub mod goals;
pub mod json;
pub mod manifest;
pub mod rules;
mod scalar;
pub mod type_facts;
pub mod yaml;
