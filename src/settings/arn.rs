//! An ARN, taken apart as far as the settings need it.

use crate::registry;

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
pub(super) fn partition_of(region: &str) -> &'static str {
    registry::region(region).map_or("aws", |region| &region.partition)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::Region;

    #[test]
    fn the_partition_of_every_region_is_known() {
        assert!(Region::ALL.iter().all(|region| registry::region(region.code()).is_some()));
        assert_eq!(["eu-central-1", "cn-north-1", "us-gov-west-1"].map(partition_of), ["aws", "aws-cn", "aws-us-gov"]);
    }
}
