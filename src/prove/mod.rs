//! Proofs over a finished template: what it describes will connect and be authorised.

pub mod authorisation;
