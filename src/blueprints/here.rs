//! ARNs of the account and region in which the stack is.

use crate::settings::Environment;
use crate::stack::{Arn, Value, sub};
use crate::template::Intrinsic;

/// An ARN of the environment's account and region, as settings have it, by what CloudFormation calls them. A new
/// database has such ARNs in its own properties, where AWS's validator warns of an account's digits (W9013).
pub(super) fn here(arn: Value<Arn>, settings: &Environment) -> Value<Arn> {
    let Value::Literal(literal) = &arn else { return arn };
    let parts: Vec<&str> = literal.0.splitn(6, ':').collect();
    let [_, _, service, _, _, resource] = parts[..] else { return arn };
    if settings.database.created().is_none() {
        return arn;
    }
    let mut arn = sub(&format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:"));
    arn.push_text(resource);
    Value::Intrinsic(Intrinsic::Sub(arn))
}
