//! Formats that say what a text identifies, as far as the text shows it.

use std::sync::LazyLock;

use regex::Regex;

/// Formats, the forms of their texts, and what they are called.
///
/// Source: the ids as <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html> has them, the ARNs as the
/// services' pages of <https://docs.aws.amazon.com/service-authorization/latest/reference/> have them.
static KNOWN: LazyLock<Vec<(&str, &str, Regex)>> = LazyLock::new(|| {
    const FORMS: &[(&str, &str, &str)] = &[
        ("AWS::EC2::Image.Id", "id of an image", "^ami-([0-9a-z]{8}|[0-9a-z]{17})$"),
        ("AWS::EC2::VPC.Id", "id of a VPC", "^vpc-([0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})$"),
        ("AWS::EC2::Subnet.Id", "id of a subnet", "^subnet-([0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})$"),
        ("AWS::EC2::SecurityGroup.Id", "id of a security group", "^sg-([0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})$"),
        (
            "AWS::ACM::Certificate.Arn",
            "ARN of a certificate",
            "^arn:aws[A-Za-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$",
        ),
        ("AWS::IAM::Role.Arn", "ARN of a role", "^arn:aws[A-Za-z-]*:iam::[0-9]{12}:role/.+$"),
        ("AWS::SNS::Topic.Arn", "ARN of a topic", "^arn:aws[A-Za-z-]*:sns:[a-z0-9-]+:[0-9]{12}:.+$"),
        ("AWS::KMS::Key.Arn", "ARN of a key", "^arn:aws[A-Za-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/.+$"),
        (
            "AWS::Lambda::Function.Arn",
            "ARN of a function",
            "^arn:aws[A-Za-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:.+$",
        ),
    ];
    let compiled = |(format, words, form): &(&'static str, &'static str, &str)| {
        let form = Regex::new(form).unwrap_or_else(|error| unreachable!("{format}: {error}"));
        (*format, *words, form)
    };
    FORMS.iter().map(compiled).collect()
});

/// Whether a text has the form of a format; true of a format that is not known.
pub fn has_form(format: &str, text: &str) -> bool {
    KNOWN.iter().find(|(known, ..)| *known == format).is_none_or(|(.., form)| form.is_match(text))
}

/// What a format is, in words.
pub fn words(format: &str) -> &str {
    KNOWN.iter().find(|(known, ..)| *known == format).map_or(format, |(_, words, _)| words)
}

#[cfg(test)]
mod tests {
    use super::has_form;

    #[test]
    fn ids_are_short_or_long() {
        assert!(has_form("AWS::EC2::VPC.Id", "vpc-0d9f48b0e5c96a731") && has_form("AWS::EC2::VPC.Id", "vpc-0d9f48b0"));
        assert!(!has_form("AWS::EC2::VPC.Id", "vpc-0d9f48b") && !has_form("AWS::EC2::VPC.Id", ""));
        assert!(!has_form("AWS::EC2::Subnet.Id", "vpc-0d9f48b0"));
        assert!(has_form("AWS::X::Y.Id", "anything"));
    }
}
