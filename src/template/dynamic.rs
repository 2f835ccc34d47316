//! Dynamic references: what CloudFormation reads from elsewhere when it deploys.

/// `{{resolve:service:…}}` in a text.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DynamicReference<'a> {
    /// `ssm`, `ssm-secure` or `secretsmanager`; whatever stands there, if it is none of these.
    pub service: &'a str,
    /// What is read, as it stands: a parameter's name and version, or a secret's id, field and version.
    pub key: &'a str,
}

impl DynamicReference<'_> {
    /// Whether the text that it stands for is secret.
    pub fn is_secret(&self) -> bool {
        matches!(self.service, "ssm-secure" | "secretsmanager")
    }
}

/// The dynamic references in a text, in order.
pub fn dynamic_references(text: &str) -> impl Iterator<Item = DynamicReference<'_>> {
    text.split("{{resolve:").skip(1).filter_map(|rest| {
        let (inside, _) = rest.split_once("}}")?;
        let (service, key) = inside.split_once(':')?;
        Some(DynamicReference { service, key })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each() {
        let found: Vec<_> = dynamic_references("a{{resolve:ssm:/x:1}}b{{resolve:secretsmanager:s:SecretString:p}}")
            .map(|reference| (reference.service, reference.key, reference.is_secret()))
            .collect();
        assert_eq!(found, [("ssm", "/x:1", false), ("secretsmanager", "s:SecretString:p", true)]);
    }

    #[test]
    fn an_unfinished_one_is_text() {
        assert_eq!(dynamic_references("{{resolve:ssm:/x").count(), 0);
    }
}
