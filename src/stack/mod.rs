//! The language of stacks: values, handles, verbs, and how a stack becomes a template.

mod bag;
mod codes;
mod condition;
mod construct;
mod environment;
mod goals;
mod handle;
mod link;
mod lower;
mod names;
mod parameter;
mod permission;
#[expect(clippy::module_inception, reason = "the type and its verbs; the folder is the language")]
mod stack;
mod tags;
mod traffic;
mod types;
mod value;

pub use bag::{Bag, Fields};
pub use condition::{Condition, Formula};
pub use construct::{Construct, Deletion, Existing, Resource};
pub use environment::{Environment, Region};
pub use goals::Goal;
pub use handle::{AnyHandle, Handle};
pub use link::{Link, Term};
pub use lower::{Lowered, Lowering};
pub use parameter::Parameter;
pub use permission::{Grantee, Permission, Principal};
pub use stack::{App, Stack};
pub use traffic::{Caller, Destination, Ends, Listener, Listening, Port, Source, cidr, ephemeral, tcp, tcp_range, udp};
pub use types::{Arn, Json, Seconds, SecurityGroupId, Sensitive, SubnetId, VpcId, hours, minutes, seconds};
pub use value::{Choice, Dictionary, IntoValue, List, PlainText, PropertyType, Trace, Value};

pub(crate) use codes::MISSING;
pub(crate) use stack::foreign;
