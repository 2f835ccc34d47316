//! Logical ids.

use std::fmt;

/// The name of a resource, parameter, condition, mapping or output in a template: letters and digits, at most 255.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html> and the
/// name limits of <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogicalId(String);

impl LogicalId {
    /// The most characters that a name may have.
    pub const MAX_LENGTH: usize = 255;

    /// Checks a name. The error says what is wrong with it.
    pub fn new(name: impl Into<String>) -> Result<Self, String> {
        let name = name.into();
        match Self::fault(&name) {
            Some(fault) => Err(fault),
            None => Ok(Self(name)),
        }
    }

    /// What is wrong with `name` as a logical id.
    pub fn fault(name: &str) -> Option<String> {
        if name.is_empty() {
            return Some("a name is empty".into());
        }
        if let Some(wrong) = name.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Some(format!("`{name}` has `{wrong}` in it: a name has letters and digits only"));
        }
        (name.len() > Self::MAX_LENGTH)
            .then(|| format!("`{name}` has {} characters: a name has at most {}", name.len(), Self::MAX_LENGTH))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogicalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
