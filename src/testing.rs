//! What tests of one's own stacks ask for: that one thing reaches another, and that nobody else does.
//!
//! ```
//! use formwork::prelude::*;
//! use formwork::{assert_isolated, assert_reaches};
//!
//! let environment = Environment::new("prod", "111122223333", Region::EuWest1);
//! let mut stack = Stack::new("billing", &environment);
//! let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
//! let private = stack.import("Private", PrivateSubnets::existing(vpc, ["subnet-0a41d2c3", "subnet-0b72d2c3"]));
//! let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
//! let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
//! stack.allow(lambda_sg, database_sg.on(tcp(5432)));
//!
//! assert_reaches!(stack, "LambdaSg", "DatabaseSg", tcp 5432);
//! assert_isolated!(stack, "DatabaseSg", except: ["LambdaSg"]);
//! ```

use crate::emit::proofs;
use crate::goal::Goal;
use crate::network::{PortRange, Protocol};
use crate::prove::{self, Facts, Verdict};
use crate::resolve::{Environment, Resolved};
use crate::stack::Stack;

/// Proves that `from` reaches `to` in the template of a stack, by logical ids; otherwise says which hops are broken.
///
/// # Errors
///
/// The proof as text, where it is not proved.
pub fn reaches(stack: &Stack, from: &str, to: &str, port: Option<u16>) -> Result<(), String> {
    let port = port.map(|port| (Protocol::Tcp, PortRange::single(port)));
    prove(stack, &Goal::Reaches { from: from.to_owned(), to: to.to_owned(), port })
}

/// Proves that nobody but the excepted reaches `what`; otherwise says who does.
///
/// # Errors
///
/// The proof as text, where it is not proved.
pub fn isolated(stack: &Stack, what: &str, except: &[&str]) -> Result<(), String> {
    let except = except.iter().map(|name| (*name).to_owned()).collect();
    prove(stack, &Goal::Isolated { what: what.to_owned(), except })
}

/// Proves that a resource, by its role, or a role itself may do something on another, by logical ids or an ARN; otherwise
/// says what each policy says.
///
/// # Errors
///
/// The proof as text, where it is not proved.
pub fn can(stack: &Stack, principal: &str, action: &str, resource: &str) -> Result<(), String> {
    told(stack, &permission(stack, principal, action, resource), |verdict| verdict == Verdict::Proved)
}

/// Proves that it may not.
///
/// # Errors
///
/// The proof as text, where that is not refuted.
pub fn cannot(stack: &Stack, principal: &str, action: &str, resource: &str) -> Result<(), String> {
    told(stack, &permission(stack, principal, action, resource), |verdict| verdict == Verdict::Refuted)
}

fn permission(stack: &Stack, principal: &str, action: &str, resource: &str) -> Goal {
    let resource = prove::meant(&stack.lower().template, resource);
    Goal::Can { principal: principal.to_owned(), actions: vec![action.to_owned()], resources: vec![resource] }
}

fn prove(stack: &Stack, goal: &Goal) -> Result<(), String> {
    told(stack, goal, |verdict| verdict == Verdict::Proved)
}

fn told(stack: &Stack, goal: &Goal, is_right: impl Fn(Verdict) -> bool) -> Result<(), String> {
    let lowered = stack.lower();
    let at = stack.environment();
    let environment = Environment::unknown().in_region(at.region.code()).in_account(&at.account);
    let values = lowered.parameter_values.iter();
    let environment = values.fold(environment, |known, (name, value)| known.with_parameter(name, value));
    let resolved = Resolved::new(&lowered.template, &environment);
    let proof = prove::prove_one(&resolved, goal, Facts::none());
    if is_right(proof.verdict) {
        return Ok(());
    }
    let told = proofs::tree(stack.name(), std::slice::from_ref(&proof), &lowered.places);
    Err(anstream::adapter::strip_str(&told).to_string())
}

/// Fails a test unless one resource of a stack, by its logical id, reaches another; the failure tells each hop.
#[macro_export]
macro_rules! assert_reaches {
    ($stack:expr, $from:expr, $to:expr $(,)?) => {
        if let Err(told) = $crate::testing::reaches(&$stack, $from, $to, None) {
            panic!("{told}");
        }
    };
    ($stack:expr, $from:expr, $to:expr, tcp $port:expr $(,)?) => {
        if let Err(told) = $crate::testing::reaches(&$stack, $from, $to, Some($port)) {
            panic!("{told}");
        }
    };
}

/// Fails a test if anybody but the excepted reaches a resource of a stack; the failure tells who.
#[macro_export]
macro_rules! assert_isolated {
    ($stack:expr, $what:expr $(,)?) => {
        $crate::assert_isolated!($stack, $what, except: [])
    };
    ($stack:expr, $what:expr, except: [$($except:expr),* $(,)?] $(,)?) => {
        if let Err(told) = $crate::testing::isolated(&$stack, $what, &[$($except),*]) {
            panic!("{told}");
        }
    };
}

/// Fails a test unless a resource of a stack may do something: `assert_can!(stack, "Proxy", "secretsmanager:GetSecretValue",
/// on "Secret")`. The failure tells what each policy says.
#[macro_export]
macro_rules! assert_can {
    ($stack:expr, $principal:expr, $action:expr, on $resource:expr $(,)?) => {
        if let Err(told) = $crate::testing::can(&$stack, $principal, $action, $resource) {
            panic!("{told}");
        }
    };
}

/// Fails a test unless it is certain that a resource of a stack may not do something.
#[macro_export]
macro_rules! assert_cannot {
    ($stack:expr, $principal:expr, $action:expr, on $resource:expr $(,)?) => {
        if let Err(told) = $crate::testing::cannot(&$stack, $principal, $action, $resource) {
            panic!("{told}");
        }
    };
}
