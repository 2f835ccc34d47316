//! Functions.

mod code;
mod function;
mod runtime;

pub use code::Code;
pub use function::Function;
pub use runtime::Runtime;
