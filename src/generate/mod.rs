//! From published facts to the files of this repository: a maintainer's tool, run once an upgrade.

pub mod facts;
pub mod types;
