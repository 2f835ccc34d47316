//! Log groups.

use super::kms::Key;
use crate::aws::logs;
use crate::stack::{Arn, Bag, Construct, Handle, IntoValue, Permission, Value};

/// A CloudWatch log group. It goes with the stack, and its events with it, unless it is told to
/// [`retain`](Construct::retain).
///
/// ```
/// use formwork::prelude::*;
///
/// # let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Jobs", &environment);
/// let audit = stack.add("Audit", LogGroup::new(365).retain());
/// let code = Code::inline("def handler(event, context): ...");
/// let worker = stack.add("Worker", Function::new(Runtime::Python313, code).env("AUDIT", audit.name()));
/// stack.grant(worker, audit.write());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct LogGroup(logs::LogGroup);

impl LogGroup {
    /// A log group that keeps its events for `days`: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, …
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
    #[track_caller]
    pub fn new(days: impl IntoValue<i64>) -> Self {
        Self(logs::LogGroup::new().retention_in_days(days))
    }

    /// Encrypts it with a key of one's own, whose policy must let CloudWatch Logs use it.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html>
    #[track_caller]
    pub fn key(self, key: Handle<Key>) -> Self {
        Self(self.0.kms_key_id(key.arn()))
    }
}

impl Construct for LogGroup {
    fn bag(&mut self) -> &mut Bag {
        self.0.bag()
    }
}

impl Handle<LogGroup> {
    /// Its ARN, with `:*` at its end.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("Arn")
    }

    /// Its name.
    pub fn name(self) -> Value<String> {
        self.attribute("Ref")
    }

    /// Writing events to it.
    pub fn write(self) -> Permission {
        Permission::new(WRITE, self.arn())
    }
}

/// What writing events takes.
pub(crate) const WRITE: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];
