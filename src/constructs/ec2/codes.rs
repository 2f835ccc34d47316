//! Codes of what can be wrong with a network as it was written.

use crate::diagnostic::Code;

/// Zones, blocks and gateways that do not fit each other.
pub(super) const SUBNETS: Code = Code::new("S1201", "subnets-that-do-not-fit");
/// A part of one network used in another.
pub(super) const OTHER_VPC: Code = Code::new("S1202", "part-of-another-vpc");
/// A second internet gateway for one VPC.
pub(super) const GATEWAY: Code = Code::new("S1203", "second-internet-gateway");
/// Rules of a network ACL that contradict each other or let nothing through.
pub(super) const ACL: Code = Code::new("S1204", "network-acl-rules");
