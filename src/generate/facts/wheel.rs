//! The parts of a cfn-lint wheel that are read.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Seek};

use serde_json::Value;
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::{Error, attributes};

const DATA: &str = "cfnlint/data/schemas/";

/// What a wheel says, unchanged.
#[derive(Debug)]
pub struct Wheel {
    /// The version of cfn-lint.
    pub version: String,
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// When its authors fetched the schemas, RFC 3339.
    pub schema_date: String,
    /// SHA-256 of the wheel, in hexadecimal.
    pub sha256: String,
    /// The schema of each resource type.
    pub types: BTreeMap<String, Value>,
    /// What `Fn::GetAtt` takes beyond the read-only properties, by type.
    pub attributes: BTreeMap<String, Value>,
    /// The types of each region.
    pub regions: BTreeMap<String, BTreeSet<String>>,
}

impl Wheel {
    /// Reads a wheel.
    ///
    /// # Errors
    /// If it is no cfn-lint wheel of the layout that 1.58 has: providers by region, schemas by hash.
    pub fn read(mut reader: impl Read + Seek) -> Result<Wheel, Error> {
        let mut bytes = Vec::new();
        reader.rewind().map_err(wheel_error)?;
        reader.read_to_end(&mut bytes).map_err(wheel_error)?;
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(wheel_error)?;
        let metadata = metadata(&mut archive)?;
        let mut schemas = BTreeMap::new();
        let mut regions = BTreeMap::new();
        for name in file_names(&archive)? {
            if let Some(hash) = stem(&name, "resources/") {
                schemas.insert(hash.to_owned(), json(&mut archive, &name)?);
            } else if let Some(region) = stem(&name, "providers/").filter(|region| *region != "sam") {
                regions.insert(region.to_owned(), json(&mut archive, &name)?);
            }
        }
        Ok(Wheel {
            version: header(&metadata, "Version")?,
            licence: header(&metadata, "License-Expression").or_else(|_| header(&metadata, "License"))?,
            schema_date: schema_date(&mut archive)?,
            sha256,
            attributes: attributes::tables(&text(&mut archive, attributes::SOURCE)?)?,
            types: types(&regions, &schemas)?,
            regions: regions.iter().map(|(region, types)| (region.clone(), names(types))).collect(),
        })
    }
}

fn wheel_error(error: impl std::fmt::Display) -> Error {
    Error::Wheel(error.to_string())
}

fn file_names(archive: &ZipArchive<Cursor<Vec<u8>>>) -> Result<Vec<String>, Error> {
    archive.file_names().map(|name| name.map(|name| name.into_owned()).map_err(wheel_error)).collect()
}

/// `name` without the folder and `.json`.
fn stem<'a>(name: &'a str, folder: &str) -> Option<&'a str> {
    name.strip_prefix(DATA)?.strip_prefix(folder)?.strip_suffix(".json")
}

fn text(archive: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Result<String, Error> {
    let mut text = String::new();
    archive.by_name(name).map_err(wheel_error)?.read_to_string(&mut text).map_err(wheel_error)?;
    Ok(text)
}

fn json(archive: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Result<Value, Error> {
    serde_json::from_str(&text(archive, name)?).map_err(|error| Error::Wheel(format!("{name}: {error}")))
}

fn metadata(archive: &mut ZipArchive<Cursor<Vec<u8>>>) -> Result<String, Error> {
    let name = file_names(archive)?.into_iter().find(|name| name.ends_with(".dist-info/METADATA"));
    text(archive, &name.ok_or_else(|| Error::Wheel("it has no METADATA".to_owned()))?)
}

fn header(metadata: &str, name: &str) -> Result<String, Error> {
    let mut lines = metadata.lines().take_while(|line| !line.is_empty());
    lines
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .map(str::to_owned)
        .ok_or_else(|| Error::Wheel(format!("its METADATA has no {name}")))
}

fn schema_date(archive: &mut ZipArchive<Cursor<Vec<u8>>>) -> Result<String, Error> {
    let version = json(archive, &format!("{DATA}version.json"))?;
    version["schema_date"].as_str().map(str::to_owned).ok_or_else(|| Error::Wheel("it has no schema_date".to_owned()))
}

/// Names and hashes of a region's types; the types of AWS SAM are a transform's input, not CloudFormation's.
fn entries(region: &Value) -> impl Iterator<Item = (&String, &Value)> {
    region.as_object().into_iter().flatten().filter(|(name, _)| !name.starts_with("AWS::Serverless::"))
}

fn names(region: &Value) -> BTreeSet<String> {
    entries(region).map(|(name, _)| name.clone()).collect()
}

/// One schema a type.
fn types(
    regions: &BTreeMap<String, Value>,
    schemas: &BTreeMap<String, Value>,
) -> Result<BTreeMap<String, Value>, Error> {
    let mut hashes: BTreeMap<&String, &Value> = BTreeMap::new();
    for (name, hash) in regions.values().flat_map(entries) {
        if *hashes.entry(name).or_insert(hash) != hash {
            return Err(Error::Wheel(format!("`{name}` has different schemas in different regions")));
        }
    }
    let schema = |hash: &Value| schemas.get(hash.as_str()?).cloned();
    hashes
        .into_iter()
        .map(|(name, hash)| {
            Ok((name.clone(), schema(hash).ok_or_else(|| Error::Wheel(format!("`{name}` has no schema")))?))
        })
        .collect()
}
