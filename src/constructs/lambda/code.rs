//! Where a function's code comes from.

use crate::stack::{Fields, IntoValue, Value};

/// The code of a function.
#[derive(Clone, Debug)]
pub struct Code {
    pub(super) fields: Fields,
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
        let fields = Fields::new().with("ZipFile", Value::Literal(text.into()));
        Self { fields, kind: Kind::Inline }
    }

    /// A zip file in a bucket of the stack's region.
    #[track_caller]
    pub fn s3(bucket: impl IntoValue<String>, key: impl IntoValue<String>) -> Self {
        let fields = Fields::new().with("S3Bucket", bucket.into_value()).with("S3Key", key.into_value());
        Self { fields, kind: Kind::S3 }
    }

    /// The version of the zip file in its bucket. CloudFormation only sees new code if this or the key changes.
    #[track_caller]
    #[must_use]
    pub fn version(mut self, version: impl IntoValue<String>) -> Self {
        self.fields.set("S3ObjectVersion", version.into_value());
        self
    }

    #[track_caller]
    pub(super) fn image(uri: Value<String>) -> Self {
        Self { fields: Fields::new().with("ImageUri", uri), kind: Kind::Image }
    }
}
