//! Words that a function's properties take.

use crate::stack::{IntoValue, Value};

macro_rules! words { ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident $text:literal,)* })*) => { $(
    $(#[$doc])*
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum $name { $($(#[$word_doc])* $word,)* }

    impl $name {
        /// As the template has it.
        pub fn word(self) -> &'static str {
            match self { $(Self::$word => $text,)* }
        }
    }

    impl IntoValue<String> for $name {
        fn into_value(self) -> Value<String> {
            Value::Literal(self.word().to_owned())
        }
    }
)* } }

words! {
    /// The processor that a function runs on.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html>
    Architecture {
        /// AWS's own processors, in most regions, at a lower price for the same time.
        Arm64 "arm64",
        /// Intel's and AMD's: what compiled code, layers and images are mostly built for, and AWS's default.
        X86_64 "x86_64",
    }

    /// The form of a function's log.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>
    LogFormat {
        /// One JSON object an event, with its level: it can be filtered by level.
        Json "JSON",
        /// Lines, as the code writes them: Lambda's default.
        Text "Text",
    }

    /// How much is logged: the level and what is graver.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
    LogLevel {
        /// Everything.
        Trace "TRACE",
        /// What helps to find a fault.
        Debug "DEBUG",
        /// What went as it should: Lambda's default.
        Info "INFO",
        /// What may become a fault.
        Warn "WARN",
        /// Faults.
        Error "ERROR",
        /// Faults that end the program.
        Fatal "FATAL",
    }

    /// Whether X-Ray gets a trace of a function.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>
    Tracing {
        /// Of a sample of its invocations.
        Active "Active",
        /// Of those that its caller traces: Lambda's default.
        PassThrough "PassThrough",
    }
}
