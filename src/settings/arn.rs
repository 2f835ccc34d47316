//! An ARN, taken apart as far as the settings need it.

/// The parts of an ARN.
pub(super) struct Arn<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of `text`, if it is one.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next();
        (part()? == "arn").then_some(())?;
        Some(Self { partition: part()?, service: part()?, region: part()?, account: part()?, resource: part()? })
    }
}

/// The partition of a region, which its ARNs begin with.
///
/// Source: `partitions.json` of the AWS SDKs.
pub(super) fn partition_of(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}
