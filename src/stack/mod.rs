//! The language of stacks: values, handles, verbs, and how a stack becomes a template.

mod app;
mod bag;
mod behind;
mod codes;
mod condition;
mod construct;
mod environment;
mod functions;
mod given;
mod goals;
mod handle;
mod import;
mod link;
mod lower;
mod mapping;
mod names;
mod output;
mod parameter;
mod permission;
mod saying;
#[expect(clippy::module_inception, reason = "the type and its verbs; the folder is the language")]
mod stack;
mod tags;
mod tool_files;
mod traffic;
mod types;
mod value;

pub use app::App;
pub use bag::{Bag, Fields};
pub use condition::{Condition, Formula};
pub use construct::{Construct, Deletion, Existing, Resource};
pub use environment::{Environment, Region};
pub use goals::Goal;
pub use handle::{AnyHandle, Handle};
pub use link::{Link, Term};
pub use lower::{Lowered, Lowering};
pub use mapping::{Mapped, Mapping};
pub use output::OutputOf;
pub use parameter::{Parameter, SsmType};
pub use permission::{Grantee, Permission, Principal};
pub use stack::Stack;
pub use tool_files::ToolFiles;
pub use traffic::{Caller, Destination, Ends, Listener, Listening, Port, Source, cidr, ephemeral, tcp, tcp_range, udp};
pub use types::{Arn, Json, Seconds, SecurityGroupId, Sensitive, SubnetId, VpcId, hours, minutes, seconds};
pub use value::{Choice, Dictionary, IntoValue, List, PlainText, PropertyType, Trace, Value};

pub(crate) use codes::MISSING;
pub(crate) use link::sub;
pub(crate) use stack::foreign;
