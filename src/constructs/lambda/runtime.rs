//! Runtimes.

macro_rules! runtimes { ($($(#[$doc:meta])* $name:ident $id:literal $inline:ident,)*) => {
    /// The language runtime of a function.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Runtime { $($(#[$doc])* $name,)* }

    impl Runtime {
        /// Every runtime.
        pub const ALL: &[Self] = &[$(Self::$name,)*];

        /// The identifier, such as `python3.13`.
        pub fn id(self) -> &'static str {
            match self { $(Self::$name => $id,)* }
        }

        pub(super) fn language(self) -> Language {
            match self { $(Self::$name => Language::$inline,)* }
        }
    }
} }

/// The languages that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    NodeJs,
    Other,
}

impl Runtime {
    /// Whether code for it can stand in the template.
    ///
    /// Source: `ZipFile` in
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html>
    pub fn takes_inline_code(self) -> bool {
        self.language() != Language::Other
    }
}

runtimes! {
    /// Python 3.12.
    Python312 "python3.12" Python,
    /// Python 3.13.
    Python313 "python3.13" Python,
    /// Python 3.14.
    Python314 "python3.14" Python,
    /// Node.js 22.
    NodeJs22 "nodejs22.x" NodeJs,
    /// Node.js 24.
    NodeJs24 "nodejs24.x" NodeJs,
    /// Java 21.
    Java21 "java21" Other,
    /// Java 25.
    Java25 "java25" Other,
    /// .NET 8.
    DotNet8 "dotnet8" Other,
    /// .NET 10.
    DotNet10 "dotnet10" Other,
    /// Ruby 3.4.
    Ruby34 "ruby3.4" Other,
    /// A runtime that comes with the code: Rust, Go, C++.
    ProvidedAl2023 "provided.al2023" Other,
}
