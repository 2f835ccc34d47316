//! The facts as they are embedded: one file, each entry compressed on its own, and an index.

use std::io::Read;

use flate2::read::DeflateDecoder;
use serde_json::Value;

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/facts.bin"));

include!(concat!(env!("OUT_DIR"), "/facts.rs"));

/// The names of all types, sorted.
pub fn type_names() -> impl ExactSizeIterator<Item = &'static str> {
    TYPES.iter().map(|(name, ..)| *name)
}

/// A type's name and schema.
pub fn type_schema(name: &str) -> Option<(&'static str, Value)> {
    let index = TYPES.binary_search_by_key(&name, |(known, ..)| known).ok()?;
    let (name, start, end) = TYPES[index];
    Some((name, entry(start, end)))
}

/// The codes of all regions, sorted.
pub fn region_codes() -> impl ExactSizeIterator<Item = &'static str> {
    REGIONS.iter().map(|(code, ..)| *code)
}

/// What the file of a region says, by its place among the codes.
pub fn region(index: usize) -> Value {
    let (_, start, end) = REGIONS[index];
    entry(start, end)
}

/// INVARIANT (embedded facts): what the build script packed unpacks to what it packed, which the tests of
/// `schemas/` hold to be JSON.
fn entry(start: u32, end: u32) -> Value {
    let packed = &BLOB[start as usize..end as usize];
    let mut text = Vec::new();
    match DeflateDecoder::new(packed).read_to_end(&mut text) {
        Ok(_) => serde_json::from_slice(&text).unwrap_or_else(|error| unreachable!("embedded facts: {error}")),
        Err(error) => unreachable!("embedded facts: {error}"),
    }
}
