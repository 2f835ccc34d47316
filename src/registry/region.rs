//! AWS's regions, and which types each lacks.

use std::sync::{LazyLock, OnceLock};

use serde_json::Value;

use super::pack;

/// A region. Source: `schemas/regions/`, one file a region.
#[derive(Debug)]
pub struct Region {
    /// Its code: `eu-central-1`.
    pub code: String,
    /// Its partition: `aws`, `aws-cn`, `aws-us-gov`, …: the second part of every ARN there.
    pub partition: String,
    /// What host names there end in, `AWS::URLSuffix`: `amazonaws.com`.
    pub url_suffix: String,
    /// Whether its list of types was asked of it; false for isolated regions, whose list is a copy of us-east-1's and
    /// states no fact.
    pub surveyed: bool,
    /// What it lacks, by service: a list of names, or `"*"`.
    absent: Value,
}

impl Region {
    /// Whether the region has a type of this name, given that there is one.
    pub(crate) fn has(&self, type_name: &str) -> bool {
        let (service, name) = type_name.rsplit_once("::").unwrap_or((type_name, ""));
        match &self.absent[service] {
            Value::Array(names) => !names.iter().any(|absent| absent == name),
            absent => absent != "*",
        }
    }

    fn new(mut file: Value) -> Region {
        let text = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
        let (code, partition, url_suffix) = (text("code"), text("partition"), text("urlSuffix"));
        Region { code, partition, url_suffix, surveyed: file["surveyed"] == true, absent: file["absent"].take() }
    }
}

/// The region of this code. Unpacks no other.
pub fn region(code: &str) -> Option<&'static Region> {
    static KNOWN: LazyLock<Vec<OnceLock<Region>>> =
        LazyLock::new(|| pack::region_codes().map(|_| OnceLock::new()).collect());
    let index = pack::region_codes().position(|known| known == code)?;
    Some(KNOWN[index].get_or_init(|| Region::new(pack::region(index))))
}

/// All regions, sorted by code.
pub fn regions() -> &'static [Region] {
    static REGIONS: LazyLock<Vec<Region>> =
        LazyLock::new(|| (0..pack::region_codes().len()).map(|index| Region::new(pack::region(index))).collect());
    &REGIONS
}
