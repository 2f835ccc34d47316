//! Facts of CloudFormation resource types.
