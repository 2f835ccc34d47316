//! Which types a region lacks: one file a region, so that a type's arrival there is one line.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Files, Wheel, format};

/// The region whose list cfn-lint copies for regions that it cannot ask.
const SURVEYED: &str = "us-east-1";

/// Partition and URL suffix by the beginning of a region's code, as in botocore's `partitions.json`.
const PARTITIONS: [(&str, &str, &str); 8] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
    ("", "aws", "amazonaws.com"),
];

/// The files of all regions.
pub fn files(wheel: &Wheel) -> Files {
    wheel
        .regions
        .iter()
        .map(|(code, types)| (format!("regions/{code}.json"), file(wheel, code, types).into_bytes()))
        .collect()
}

fn file(wheel: &Wheel, code: &str, types: &BTreeSet<String>) -> String {
    let (_, partition, suffix) =
        PARTITIONS.iter().find(|(prefix, ..)| code.starts_with(prefix)).unwrap_or(&PARTITIONS[7]);
    let copied = code != SURVEYED && wheel.regions.get(SURVEYED) == Some(types);
    format::text(&json!({
        "code": code,
        "partition": partition,
        "urlSuffix": suffix,
        "surveyed": !copied,
        "absent": absent(wheel.types.keys(), types),
    }))
}

/// By service; `"*"` where the region has nothing of the service.
fn absent<'a>(all: impl Iterator<Item = &'a String>, types: &BTreeSet<String>) -> Value {
    let mut services: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    for name in all {
        let (service, resource) = name.rsplit_once("::").unwrap_or((name, ""));
        let (count, missing) = services.entry(service).or_default();
        *count += 1;
        if !types.contains(name) {
            missing.push(resource);
        }
    }
    let lists = services.into_iter().filter(|(_, (_, missing))| !missing.is_empty());
    let lists = lists.map(|(service, (count, missing))| {
        (service.to_owned(), if missing.len() == count { json!("*") } else { json!(missing) })
    });
    lists.collect::<Map<_, _>>().into()
}
