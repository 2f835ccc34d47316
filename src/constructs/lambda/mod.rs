//! Functions.

mod choices;
mod code;
mod dead_letter;
mod function;
mod given_role;
mod invoke_permission;
mod lower;
mod runtime;
mod scaffold;

pub use choices::{Architecture, LogFormat, LogLevel, Tracing};
pub use code::Code;
pub use dead_letter::DeadLetter;
pub use function::Function;
pub use given_role::{ExecutionRole, FunctionWithRole};
pub use invoke_permission::{InvokePermission, Invoked};
pub use runtime::Runtime;
pub use scaffold::scaffold;
