//! Constructs: intents that lower to resources, a folder a service.

pub mod ec2;
pub mod iam;
pub mod kms;
pub mod lambda;
pub mod logs;
pub mod rds;
pub mod secretsmanager;
