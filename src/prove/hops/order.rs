//! What has to exist by then is created before: the hop of goals that something can be created. It looks at references,
//! not along a flow.

use super::Hop;
use crate::diagnostic::Code;

/// The hop.
pub const HOP: Hop = Hop {
    name: "order",
    code: Code::new("N3213", "creation-too-early"),
    explanation: "CloudFormation creates at the same time whatever has no way of references and `DependsOn` between it. A function in \
                  a VPC is refused until the policy is there that lets its role make network interfaces, a rotation until its \
                  function may be invoked, a target group while an instance of its cluster is being made, a custom resource until its \
                  function has the policies and the ways that its code uses at once. A target group also waits \
                  until its target is available, and gives up after some minutes: rules and policies that are created meanwhile \
                  come in time, those that wait for something slow may not, and those that wait for the target group itself never \
                  do. Deletion goes the other way round, so that what is waited for also stays until the end: a policy that goes \
                  before its function leaves interfaces behind, which keep their subnets and security groups from being deleted.",
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html",
    told_by: &[],
    look: |_| {},
};
