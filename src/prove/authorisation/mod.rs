//! Authorisation: whether whoever needs something may do it, by every policy that has a say.
//!
//! [`derive`](derive()) finds what must be allowed for a template to work; [`judge`] says whether it is, hop by hop. Policies
//! are read wherever they stand, in each world in which conditions can hold together; ids that nobody knows before the
//! stack is deployed are symbols of which the shape is known.
//!
//! ```
//! use formwork::prove::{Facts, Verdict};
//! use formwork::prove::authorisation::{derive, judge};
//! use formwork::resolve::{Environment, Resolved};
//! use formwork::template::parse::parse;
//!
//! let text = "
//! Resources:
//!   Role:
//!     Type: AWS::IAM::Role
//!     Properties:
//!       AssumeRolePolicyDocument:
//!         Statement: { Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: sts:AssumeRole }
//!   Worker:
//!     Type: AWS::Lambda::Function
//!     Properties: { Role: !GetAtt Role.Arn, Code: { ZipFile: x } }
//! ";
//! let (template, ..) = parse(text, "t.yaml");
//! let environment = Environment::unknown();
//! let resolved = Resolved::new(&template, &environment);
//!
//! let goals = derive(&resolved, Facts::none());
//! assert_eq!(goals[0].to_string(), "the role of Worker trusts lambda.amazonaws.com");
//! let found = judge(&resolved, &goals[0], Facts::none());
//! assert_eq!(found.verdict, Verdict::Refuted);
//! assert!(found.hops[0].message.starts_with("`Role` does not trust `lambda.amazonaws.com`; statement 1"));
//! ```

mod access;
mod arn;
mod catalogue;
mod cures;
mod derive;
mod document;
mod evidence;
mod goal;
mod hop;
mod judge;
mod matrix;
mod need;
mod outside;
mod proofs;
mod role;
mod secret;
mod serverless;
mod trial;
mod user;
mod world;

pub use derive::derive;
pub(in crate::prove) use derive::derive_of;
pub use goal::{CanGoal, Need};
pub use hop::{Hop, Judgement};
pub use judge::{judge, judge_stated};
pub use matrix::{Cell, Matrix, Permitted, matrix};
pub use proofs::{HOPS, HopFacts, proofs, stated};
pub(super) use role::separate_policies;
