//! Whether policies allow a request, as AWS documents it, in three values.
//!
//! A request says what is known of it, policies may have parts that are not known; the answer is what holds whatever the
//! unknowns stand for, or that it depends on them. [`Verdict::explain`] tells which statements decide, and which nearly do.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
//!
//! ```
//! use formwork::iam::evaluation::{Context, Policies, Policy, Request, Requester, evaluate};
//! use formwork::iam::{Certainty, Text, Tree};
//! use serde_json::json;
//!
//! let statement = json!({ "Effect": "Allow", "Action": "secretsmanager:Get*", "Resource": "arn:aws:secretsmanager:*:*:secret:app-??????" });
//! let policy = Policy::read("app", &Tree::from_json(&json!({ "Version": "2012-10-17", "Statement": statement })));
//! let role = Requester::role("arn:aws:iam::111122223333:role/app");
//! let secret = Text::from("arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf");
//! let request = Request::new(role, "secretsmanager:GetSecretValue", secret, Context::known());
//!
//! let policies = Policies { identity: vec![policy], ..Policies::default() };
//! assert_eq!(evaluate(&request, &policies).allowed, Certainty::Yes);
//! ```

mod condition;
mod context;
mod explain;
mod operand;
mod pattern;
mod policy;
mod principal;
mod request;
mod statement;
mod verdict;

pub use condition::Condition;
pub use context::{Context, Presence};
pub use explain::{NearMiss, Telling};
pub use policy::{Actions, Policy, Resources, Statement};
pub use principal::{Principals, Through};
pub use request::{Request, Requester};
pub use statement::{Match, Missed};
pub use verdict::{Level, Policies, Ruling, Verdict, evaluate};
