//! ARNs of the account and region in which the stack is.

use crate::settings::Environment;
use crate::stack::{Arn, Link, Value};
use crate::template::{Intrinsic, Sub, SubPart};

/// An ARN of the environment's account and region, as settings have it, by what CloudFormation calls them. A new
/// database has such ARNs in its own properties, where AWS's validator warns of an account's digits (W9013).
pub(super) fn here(arn: Value<Arn>, settings: &Environment) -> Value<Arn> {
    let Value::Literal(literal) = &arn else { return arn };
    let parts: Vec<&str> = literal.0.splitn(6, ':').collect();
    let [_, _, service, _, _, resource] = parts[..] else { return arn };
    if settings.database.created().is_none() {
        return arn;
    }
    let pseudo = |name: &str| SubPart::Reference(Link::Name(format!("AWS::{name}")));
    let text = |text: String| SubPart::Text(text);
    Value::Intrinsic(Intrinsic::Sub(Sub::new([
        text("arn:".into()),
        pseudo("Partition"),
        text(format!(":{service}:")),
        pseudo("Region"),
        text(":".into()),
        pseudo("AccountId"),
        text(format!(":{resource}")),
    ])))
}
