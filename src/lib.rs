//! Typed CloudFormation in Rust.
//!
//! A stack is written as nouns and verbs. Out come a validated template, which `aws cloudformation deploy` takes as it
//! is, files for the other tools that deploy it, and a sidecar that says what the stack requires and takes on trust.
//!
//! ```
//! use formwork::prelude::*;
//!
//! let environment = Environment::new("prod", "111122223333", Region::EuWest1);
//! let mut stack = Stack::new("billing", &environment);
//!
//! // What exists is imported, what is new is added.
//! let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
//! let private = stack.import("Private", PrivateSubnets::existing(vpc, ["subnet-0a41d2c3", "subnet-0b72d2c3"]));
//! let database_sg = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2"));
//! let database = stack.import("Database", DatabaseInstance::existing("billing", Engine::Postgres, database_sg));
//! let secret = Secret::existing(
//!     "arn:aws:secretsmanager:eu-west-1:111122223333:secret:billing-AbCdEf",
//!     EncryptedBy::AwsManagedKey,
//! );
//! let secret = stack.import("Secret", secret.user(user("billing")));
//!
//! let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
//! let proxy_sg = stack.add("ProxySg", SecurityGroup::new(vpc, "proxy"));
//! let proxy = stack.add("Proxy", DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg));
//! let handler = stack.add(
//!     "Handler",
//!     Function::new(Runtime::Python313, Code::inline("def handler(event, context): ..."))
//!         .in_vpc(private, lambda_sg)
//!         .env("DB_HOST", proxy.endpoint()),
//! );
//!
//! stack.allow(handler, proxy); // traffic
//! stack.allow(proxy, database);
//! stack.grant(handler, proxy.connect()); // permission
//! stack.require(database.isolated().except(proxy)); // what must hold
//!
//! let lowered = stack.lower();
//! assert!(lowered.diagnostics.is_empty());
//! assert!(formwork::emit::yaml::template(&lowered.template).contains("Type: AWS::RDS::DBProxy"));
//! ```
//!
//! The modules are the pipeline, from the ground up:
//!
//! | module | what it is |
//! |---|---|
//! | [`diagnostic`] | findings, and how they are rendered |
//! | [`template`] | what CloudFormation receives, as a model; reading it |
//! | [`network`], [`iam`], [`goal`] | addresses and ports; policies; what a stack requires and assumes |
//! | [`registry`] | the facts of every resource type |
//! | [`generate`] | facts to Rust types; for maintainers |
//! | [`stack`] | values, handles, verbs, and how a stack becomes a template |
//! | [`aws`] | generated types, one a resource type (L1) |
//! | [`constructs`] | intents that lower to resources (L2) |
//! | [`settings`], [`blueprints`] | the settings file; whole architectures from it (L3) |
//! | [`resolve`] | what a template means: conditions, values, references |
//! | [`check`] | rules over a finished template |
//! | [`prove`] | proofs that what a template describes will connect, and be authorised |
//! | [`emit`] | everything that is written |
//! | [`testing`] | assertions for the tests of one's own stacks |
//! | [`cli`] | the command line: the only part that reads and writes files |

pub mod diagnostic;
pub mod template;

pub mod network;

pub mod iam;

pub mod goal;

pub mod registry;

pub mod generate;

pub mod stack;

pub mod aws;

pub mod constructs;

pub mod settings;

pub mod blueprints;

pub mod resolve;

pub mod check;

pub mod prove;

pub mod emit;

pub mod testing;

pub mod cli;

pub mod prelude;

use std::process::ExitCode;

/// The command line over the stacks of a program: `synth` and its companions, as in the `formwork` command.
///
/// ```no_run
/// use formwork::prelude::*;
///
/// fn main() -> std::process::ExitCode {
///     let environment = Environment::new("prod", "111122223333", Region::EuWest1);
///     let mut stack = Stack::new("logs", &environment);
///     stack.add("Audit", LogGroup::new(365).retain());
///
///     let mut app = App::new();
///     app.add(stack);
///     formwork::main(&app)
/// }
/// ```
pub fn main(app: &stack::App) -> ExitCode {
    cli::run(&cli::Stacks::Program(app))
}
