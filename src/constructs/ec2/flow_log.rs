//! Flow logs: who talked to whom.

use super::Vpc;
use crate::aws::{ec2, logs};
use crate::constructs::iam::role_with;
use crate::iam::Statement;
use crate::stack::{
    Arn, Bag, Construct, Deletion, Handle, IntoValue, Link, Lowering, Seconds, Term, Value, minutes, sub,
};
use crate::template::Intrinsic;

/// How many days the records are kept unless said.
const DAYS: i64 = 30;

/// Which traffic is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Traffic {
    /// What was let through.
    Accepted,
    /// What a security group or a network ACL refused.
    Rejected,
    /// Both.
    All,
}

impl Traffic {
    fn name(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPT",
            Self::Rejected => "REJECT",
            Self::All => "ALL",
        }
    }
}

/// A record of the connections of a VPC, without their content, in a log group of its own. The role with which the
/// service writes there comes with it.
///
/// Nothing about a flow log can change but its tags: any other change replaces it, and its log group stays. So does the
/// log group where the flow log leaves the stack, unless told otherwise.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html>
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// stack.add("Flows", FlowLog::new(vpc).traffic(Traffic::Rejected).retention(90));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct FlowLog {
    log: ec2::FlowLog,
    logs: logs::LogGroup,
}

impl FlowLog {
    /// A record of everything in `vpc`, kept for 30 days.
    #[track_caller]
    pub fn new(vpc: Handle<Vpc>) -> Self {
        let log = ec2::FlowLog::new(vpc.id(), "VPC")
            .log_destination_type("cloud-watch-logs")
            .max_aggregation_interval(minutes(10))
            .traffic_type(Traffic::All.name());
        let mut logs = logs::LogGroup::new().retention_in_days(DAYS);
        logs.bag().deleted(Deletion::Retain);
        Self { log, logs }
    }

    /// Which traffic; all of it unless said.
    #[track_caller]
    pub fn traffic(mut self, traffic: Traffic) -> Self {
        self.log = self.log.traffic_type(traffic.name());
        self
    }

    /// How many days its records are kept: 1, 3, 5, 7, 14, 30, 60, 90, …; 30 unless said.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
    #[track_caller]
    pub fn retention(mut self, days: impl IntoValue<i64>) -> Self {
        self.logs = self.logs.retention_in_days(days);
        self
    }

    /// Over what time packets are summed up in one record: 1 minute or 10; 10 unless said.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>
    #[track_caller]
    pub fn interval(mut self, time: impl IntoValue<Seconds>) -> Self {
        self.log = self.log.max_aggregation_interval(time);
        self
    }
}

/// A name of `service` in the stack's account and region.
fn arn(service: &str, rest: &str) -> Term {
    let arn = format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}");
    Term::Intrinsic(Intrinsic::Sub(sub(&arn)))
}

/// The service may assume the role for flow logs of this account.
fn trust() -> Statement<Link> {
    Statement::trust("vpc-flow-logs.amazonaws.com")
        .when("StringEquals", "aws:SourceAccount", Term::reference(Link::Name("AWS::AccountId".into())))
        .when("ArnLike", "aws:SourceArn", arn("ec2", "vpc-flow-log/*"))
}

/// The permissions that the service is to have at least; all but the listing on its own log group.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html>
fn publish(group: Value<Arn>) -> Vec<Statement<Link>> {
    let write = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
    vec![
        Statement::allow(write, [group.into_term_or_no_value()]),
        Statement::allow(["logs:DescribeLogGroups"], [arn("logs", "log-group:*")]),
    ]
}

impl Construct for FlowLog {
    fn bag(&mut self) -> &mut Bag {
        self.log.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let group: Value<Arn> = lowering.own("Logs", "Arn");
        lowering.add("Logs", self.logs.clone());
        lowering.add("Role", role_with(trust(), vec![("logs", publish(group))]));
        let log = self.log.clone().log_group_name(lowering.own::<String>("Logs", "Ref"));
        lowering.add("", log.deliver_logs_permission_arn(lowering.own::<Arn>("Role", "Arn")));
    }
}
