//! Where a function's code comes from.

use crate::aws::lambda::function;
use crate::stack::{IntoValue, Value};

/// The code of a function.
#[derive(Clone, Debug)]
pub struct Code {
    pub(super) code: function::Code,
    pub(super) kind: Kind,
}

/// Which of the three it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Inline,
    S3,
    Image,
}

impl Code {
    /// Code that stands in the template, for Python and Node.js. Its module is `index`.
    #[track_caller]
    pub fn inline(text: impl Into<String>) -> Self {
        Self { code: function::Code::new().zip_file(text.into()), kind: Kind::Inline }
    }

    /// A zip file in a bucket of the stack's region.
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
