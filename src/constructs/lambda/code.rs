//! Where a function's code comes from.

use super::runtime::Runtime;
use super::scaffold::scaffold;
use crate::aws::lambda::function;
use crate::constructs::rds::EngineFamily;
use crate::stack::{IntoValue, Value};

/// The code of a function.
///
/// A container image is not among them, since it brings its runtime with it: see
/// [`Function::from_image`](super::Function::from_image).
#[derive(Clone, Debug)]
pub struct Code {
    pub(super) code: function::Code,
    pub(super) kind: Kind,
}

/// Which kind it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Inline,
    Scaffold(Runtime),
    Local(String),
    S3,
    Image,
}

impl Code {
    /// Code that stands in the template, for Python and Node.js. Its module is `index`.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// Function::new(Runtime::Python313, Code::inline("def handler(event, context): ..."));
    /// ```
    #[track_caller]
    pub fn inline(text: impl Into<String>) -> Self {
        Self { code: function::Code::new().zip_file(text.into()), kind: Kind::Inline }
    }

    /// Code to start from: it logs in to a database of `family` and returns who it is there. It stands in the template;
    /// it is there for Python and Node.js.
    ///
    /// The environment tells it where and as whom: `DB_HOST`, `DB_PORT`, `DB_NAME`, and either `DB_SECRET_ARN` for the
    /// user name and password in a secret or `DB_USER` for an IAM token. For SQL Server, whose driver is in no runtime,
    /// it only opens a connection.
    ///
    /// ```
    /// use formwork::constructs::rds::EngineFamily;
    /// # use formwork::prelude::*;
    /// let code = Code::scaffold(Runtime::NodeJs22, EngineFamily::Postgres);
    /// Function::new(Runtime::NodeJs22, code).env("DB_USER", "billie");
    /// ```
    #[track_caller]
    pub fn scaffold(runtime: Runtime, family: EngineFamily) -> Self {
        let text = scaffold(runtime, family).unwrap_or_default();
        Self { code: function::Code::new().zip_file(text), kind: Kind::Scaffold(runtime) }
    }

    /// A file or folder of the repository, by its path from the repository's root. `aws cloudformation package` makes
    /// a zip file of it, puts that into a bucket and writes a template that names it there; that template can be
    /// deployed, this one cannot.
    ///
    /// In what `synth` writes, the path leads from the template's folder, which is where `package` starts.
    ///
    /// Source: <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html>
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// Function::new(Runtime::Python313, Code::local("handlers/billing")).handler("app.handler");
    /// ```
    pub fn local(path: impl Into<String>) -> Self {
        Self { code: function::Code::new(), kind: Kind::Local(path.into()) }
    }

    /// A zip file in a bucket of the stack's region.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// Function::new(Runtime::ProvidedAl2023, Code::s3("builds", "worker.zip").version("3HL4kqtJlcpXrof3"));
    /// ```
    #[track_caller]
    pub fn s3(bucket: impl IntoValue<String>, key: impl IntoValue<String>) -> Self {
        Self { code: function::Code::new().s3_bucket(bucket).s3_key(key), kind: Kind::S3 }
    }

    /// The version of the zip file in its bucket. CloudFormation only sees new code if this or the key changes.
    #[track_caller]
    #[must_use]
    pub fn version(mut self, version: impl IntoValue<String>) -> Self {
        self.code = self.code.s3_object_version(version);
        self
    }

    #[track_caller]
    pub(super) fn image(uri: Value<String>) -> Self {
        Self { code: function::Code::new().image_uri(uri), kind: Kind::Image }
    }
}

/// What is wrong with a path for `aws cloudformation package`, if anything is.
pub(super) fn path_fault(path: &str) -> Option<&'static str> {
    let drive = path.chars().nth(1) == Some(':');
    if path.is_empty() {
        Some("is empty")
    } else if path.contains("://") {
        Some("is an address, not a path")
    } else if path.starts_with(['/', '~']) || path.contains('\\') || drive {
        Some("holds on one machine only")
    } else if path.split('/').any(|part| part == "..") {
        Some("leads out of the repository")
    } else {
        None
    }
}
