//! AWS's regions, and which types each lacks.

use std::collections::BTreeSet;
use std::sync::OnceLock;

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
    /// Types that it lacks; those of a service that it lacks as a whole are in `absent_services`.
    absent: BTreeSet<String>,
    absent_services: BTreeSet<String>,
}

impl Region {
    /// Whether the region has a type of this name, given that there is one.
    pub(crate) fn has(&self, type_name: &str) -> bool {
        let service = type_name.rsplit_once("::").map_or(type_name, |(service, _)| service);
        !self.absent_services.contains(service) && !self.absent.contains(type_name)
    }

    fn new(file: &Value) -> Region {
        let text = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
        let services = || file["absent"].as_object().into_iter().flatten();
        let types = services().flat_map(|(service, types)| {
            types
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(move |name| format!("{service}::{name}"))
        });
        Region {
            code: text("code"),
            partition: text("partition"),
            url_suffix: text("urlSuffix"),
            surveyed: file["surveyed"] == true,
            absent: types.collect(),
            absent_services: services()
                .filter(|(_, types)| *types == "*")
                .map(|(service, _)| service.clone())
                .collect(),
        }
    }
}

/// All regions, sorted by code.
pub fn regions() -> &'static [Region] {
    static REGIONS: OnceLock<Vec<Region>> = OnceLock::new();
    REGIONS.get_or_init(|| pack::regions().map(|file| Region::new(&file)).collect())
}
