//! The facts of one resource type.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value;

use super::property_path::PropertyPath;
use super::region::region as find_region;
use super::validator::{Validator, Violation};

/// What is known of one resource type. Source: its registry schema, keyword by keyword.
#[derive(Debug)]
pub struct TypeFacts {
    /// `AWS::RDS::DBProxy`.
    pub name: &'static str,
    /// The schema, without prose; `$ref` points into `definitions`.
    pub schema: Arc<Value>,
    /// Properties whose change replaces the resource (`createOnlyProperties`).
    pub create_only: Vec<PropertyPath>,
    /// Properties whose change replaces the resource in some cases (`conditionalCreateOnlyProperties`).
    pub conditional_create_only: Vec<PropertyPath>,
    /// Properties that only AWS sets (`readOnlyProperties`).
    pub read_only: Vec<PropertyPath>,
    /// Properties that cannot be read back (`writeOnlyProperties`): secrets, code, and what the API does not return.
    pub write_only: Vec<PropertyPath>,
    /// Properties that should not be used any more (`deprecatedProperties`).
    pub deprecated: Vec<PropertyPath>,
    /// The properties that identify a resource of this type in an account and region (`primaryIdentifier`).
    pub primary_identifier: Vec<PropertyPath>,
    /// Sets of properties of which each identifies it as well (`additionalIdentifiers`).
    pub additional_identifiers: Vec<Vec<PropertyPath>>,
    /// In which order a replacement goes (`replacementStrategy`); CloudFormation's default is to create first.
    pub replacement_strategy: ReplacementStrategy,
    /// Whether and how it is tagged (`tagging`, or the older `taggable`).
    pub tagging: Tagging,
    /// What deploying it calls, by handler: `create`, `read`, `update`, `delete`, `list` (`handlers`). Empty for the 121
    /// types that declare none; a type without `update` is replaced on every change.
    pub handlers: BTreeMap<String, Handler>,
    /// Whether AWS is taking it out of service (cfn-lint's `lifecycle`).
    pub lifecycle: Option<Lifecycle>,
    validator: OnceLock<Validator>,
    partial: Mutex<Partial>,
    /// Validators of parts of the schema, by where each part lies in the memory that the schema never leaves.
    parts: Mutex<BTreeMap<usize, Arc<Validator>>>,
    pub(super) attribute_names: OnceLock<BTreeSet<String>>,
}

/// In which order a replaced resource is created and deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplacementStrategy {
    /// The new one first: what CloudFormation does unless told otherwise.
    #[default]
    CreateThenDelete,
    /// The old one first: a name can be kept, and there is a time without the resource.
    DeleteThenCreate,
}

/// Whether and how resources of a type are tagged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagging {
    /// Whether they can be.
    pub taggable: bool,
    /// Whether tags are set by the call that creates it.
    pub on_create: bool,
    /// Whether tags can change without replacement.
    pub updatable: bool,
    /// Whether CloudFormation adds its own (`aws:cloudformation:…`) and the stack's.
    pub system_tags: bool,
    /// The property that holds them, `Tags` unless stated otherwise; none if it cannot be tagged.
    pub property: Option<PropertyPath>,
    /// What tagging needs permission for.
    pub permissions: Vec<String>,
}

/// One of a type's handlers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// What the deploying principal needs permission for.
    pub permissions: Vec<String>,
    /// When CloudFormation gives up, if it is not after its default.
    pub timeout_minutes: Option<u64>,
}

/// That a type goes, or has gone, out of service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// `maintenance`, `sunset` or `shutdown`.
    pub status: String,
    /// Since, or from, when (`2026-10-30`), if that is known.
    pub date: Option<String>,
}

impl TypeFacts {
    pub(crate) fn new(name: &'static str, schema: Value) -> TypeFacts {
        let paths = |keyword: &str| pointers(&schema[keyword]);
        TypeFacts {
            name,
            create_only: paths("createOnlyProperties"),
            conditional_create_only: paths("conditionalCreateOnlyProperties"),
            read_only: paths("readOnlyProperties"),
            write_only: paths("writeOnlyProperties"),
            deprecated: paths("deprecatedProperties"),
            primary_identifier: paths("primaryIdentifier"),
            additional_identifiers: schema["additionalIdentifiers"]
                .as_array()
                .into_iter()
                .flatten()
                .map(pointers)
                .collect(),
            replacement_strategy: replacement_strategy(&schema),
            tagging: tagging(&schema),
            handlers: schema["handlers"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.clone(), handler(value)))
                .collect(),
            lifecycle: lifecycle(&schema["lifecycle"]),
            schema: Arc::new(schema),
            validator: OnceLock::new(),
            partial: Mutex::default(),
            parts: Mutex::default(),
            attribute_names: OnceLock::new(),
        }
    }

    /// Whether a region has the type (`schemas/regions/`). True for a region that is not known: nothing says that it has
    /// not. Of a region that is not [surveyed](super::Region::surveyed) the answer is a guess.
    pub fn available_in(&self, region: &str) -> bool {
        find_region(region).is_none_or(|known| known.has(self.name))
    }

    /// The names of the properties that must be set (`required`), at the top.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        self.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// The names of the properties, at the top, read-only ones too.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        self.schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// The schema of a property, with `$ref` followed: its path below `Properties`, as names, with an index or `*` for the
    /// element of a list and any key for a map's. Looks into the alternatives of `anyOf`, `oneOf` and `allOf`.
    pub fn property<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Value> {
        path.into_iter().try_fold(&*self.schema, |schema, segment| member(&self.schema, schema, segment))
    }

    /// The schema of what one of this type's schemas says of a member: a name, an index, `*` or any key.
    pub fn member<'a>(&'a self, schema: &'a Value, segment: &str) -> Option<&'a Value> {
        member(&self.schema, schema, segment)
    }

    /// `$ref` followed.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        resolve(&self.schema, schema)
    }

    /// What is first wrong with one value, by the schema of the property where it stands: one of this type's schemas, as
    /// [`TypeFacts::property`] and [`TypeFacts::member`] give it. `place` is a pointer to it below `Properties`, by which
    /// a value that may be a secret is known and not shown. Of a format that names what a text identifies, its form is
    /// checked too. The checks of a schema are built when first asked for, and kept.
    pub fn fault(&self, schema: &Value, place: &str, value: &Value) -> Option<Violation> {
        let part = {
            let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
            let address = std::ptr::from_ref(schema).addr();
            Arc::clone(parts.entry(address).or_insert_with(|| Arc::new(Validator::of_part(self, schema))))
        };
        part.fault(place, value).or_else(|| part.misidentified(self.resolve(schema), place, value))
    }

    /// Checks properties of this type; built when first asked for, and kept.
    pub fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| Validator::new(self))
    }

    /// Checks properties among which are no others than these, and names that the type does not have. To build the checks
    /// of a whole type costs more than to check a template with them, and few of its properties are used.
    pub(crate) fn validator_for<'n>(&self, names: impl Iterator<Item = &'n str>) -> Arc<Validator> {
        let mut partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.schema["properties"].as_object();
        let missing =
            |name: &&str| known.is_some_and(|known| known.contains_key(*name)) && !partial.names.contains(*name);
        let missing: Vec<String> = names.filter(missing).map(str::to_owned).collect();
        if let Some(validator) = partial.validator.as_ref().filter(|_| missing.is_empty()) {
            return Arc::clone(validator);
        }
        partial.names.extend(missing);
        partial.built += 1;
        if partial.built > MOST_PARTIAL {
            partial.names.extend(known.into_iter().flat_map(|known| known.keys().cloned()));
        }
        let validator = Arc::new(Validator::for_properties(self, &partial.names));
        partial.validator = Some(Arc::clone(&validator));
        validator
    }
}

/// The checks of some of a type's properties.
#[derive(Debug, Default)]
struct Partial {
    names: BTreeSet<String>,
    validator: Option<Arc<Validator>>,
    /// How often they were built, for more properties each time.
    built: usize,
}

/// Who reads many templates has the checks of all properties, after building those of more and more so often.
const MOST_PARTIAL: usize = 3;

fn pointers(list: &Value) -> Vec<PropertyPath> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(PropertyPath::from_pointer).collect()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn replacement_strategy(schema: &Value) -> ReplacementStrategy {
    match schema["replacementStrategy"].as_str() {
        Some("delete_then_create") => ReplacementStrategy::DeleteThenCreate,
        _ => ReplacementStrategy::CreateThenDelete,
    }
}

fn tagging(schema: &Value) -> Tagging {
    let facts = &schema["tagging"];
    // The defaults are those of the resource type definition schema.
    let flag = |key: &str, default: bool| facts[key].as_bool().unwrap_or(default && facts.is_object());
    let taggable = facts["taggable"].as_bool().or(schema["taggable"].as_bool()).unwrap_or(facts.is_object());
    let property = facts["tagProperty"].as_str().unwrap_or("/properties/Tags");
    Tagging {
        taggable,
        on_create: taggable && flag("tagOnCreate", true),
        updatable: taggable && flag("tagUpdatable", true),
        system_tags: taggable && flag("cloudFormationSystemTags", true),
        property: taggable.then(|| PropertyPath::from_pointer(property)),
        permissions: strings(&facts["permissions"]),
    }
}

fn handler(value: &Value) -> Handler {
    Handler { permissions: strings(&value["permissions"]), timeout_minutes: value["timeoutInMinutes"].as_u64() }
}

fn lifecycle(value: &Value) -> Option<Lifecycle> {
    let status = value["status"].as_str()?.to_owned();
    Some(Lifecycle { status, date: value["date"].as_str().map(str::to_owned) })
}

/// `$ref` followed within `root`; a reference to nowhere, or a circle of nothing but references, is left as it is.
pub(crate) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..8 {
        let pointer = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        match pointer.and_then(|pointer| root.pointer(pointer)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

pub(crate) fn member<'a>(root: &'a Value, schema: &'a Value, segment: &str) -> Option<&'a Value> {
    let schema = resolve(root, schema);
    let direct =
        schema["properties"].get(segment).or_else(|| element(schema, segment)).map(|found| resolve(root, found));
    let branches = || ["anyOf", "oneOf", "allOf"].iter().filter_map(|keyword| schema[keyword].as_array()).flatten();
    direct.or_else(|| branches().find_map(|branch| member(root, branch, segment)))
}

/// The schema of what a list, or a map of free keys, holds.
fn element<'a>(schema: &'a Value, segment: &str) -> Option<&'a Value> {
    let is_index = segment == "*" || segment.bytes().all(|digit| digit.is_ascii_digit());
    let items = schema.get("items").filter(|items| is_index && items.is_object());
    let patterns = || schema["patternProperties"].as_object()?.values().next();
    items.or_else(patterns).or_else(|| schema.get("additionalProperties").filter(|schema| schema.is_object()))
}
