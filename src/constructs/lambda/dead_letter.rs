//! Where events go that a function failed to handle.

use crate::aws::lambda::function::DeadLetterConfig;
use crate::iam::Statement;
use crate::stack::{Arn, IntoValue, Link, Value};

/// Where an event goes that was sent to a function asynchronously and that it failed to handle, after two more attempts:
/// a queue or a topic of the same region. The function's role may write there; where the queue or topic is encrypted
/// with a key of one's own, it needs `kms:Decrypt` and `kms:GenerateDataKey` on that key besides.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>
///
/// ```
/// use formwork::aws::attributes::*;
/// use formwork::aws::sqs::Queue;
/// use formwork::prelude::*;
///
/// # let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Jobs", &environment);
/// let failed = stack.add("Failed", Queue::new());
/// let code = Code::inline("def handler(event, context): ...");
/// stack.add("Worker", Function::new(Runtime::Python313, code).dead_letter(DeadLetter::queue(failed.arn())));
/// ```
#[derive(Clone, Debug)]
pub struct DeadLetter {
    target: Value<Arn>,
    action: &'static str,
}

impl DeadLetter {
    /// A queue, not a FIFO one.
    pub fn queue(arn: impl IntoValue<Arn>) -> Self {
        Self { target: arn.into_value(), action: "sqs:SendMessage" }
    }

    /// A topic, not a FIFO one.
    pub fn topic(arn: impl IntoValue<Arn>) -> Self {
        Self { target: arn.into_value(), action: "sns:Publish" }
    }

    #[track_caller]
    pub(super) fn config(&self) -> DeadLetterConfig {
        DeadLetterConfig::new().target_arn(self.target.clone())
    }

    /// Writing there.
    pub(super) fn write(&self) -> Statement<Link> {
        Statement::allow([self.action], [self.target.clone().into_term_or_no_value()])
    }
}
