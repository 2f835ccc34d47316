//! Facts of CloudFormation resource types: what a type's properties are, what changing them costs, where it exists, and
//! whether given properties are allowed.
//!
//! Source: the schemas that AWS publishes, with cfn-lint's patches and our corrections (`schemas/SOURCES.md`). They are
//! packed into the binary; the facts of a type are unpacked when first asked for, and kept.

mod attribute;
mod lazy_pattern;
mod pack;
mod property_path;
mod region;
mod reserved;
mod runtime;
mod type_facts;
mod uploaded;
mod validator;

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

pub(crate) use lazy_pattern::LazyPattern;

pub use attribute::{Attribute, Attributes, RefFormat, is_open};
pub use property_path::PropertyPath;
pub use region::{Region, region, regions};
pub use reserved::is_reserved_master_user;
pub use runtime::{LambdaRuntime, lambda_runtime};
pub use type_facts::{Handler, Lifecycle, ReplacementStrategy, Tagging, TypeFacts};
pub use uploaded::UPLOADED;
pub use validator::{Decisions, Demand, Form, Validator, Violation, ViolationKind, World, conditions, worlds};

/// The type of which every custom resource is.
pub(crate) const CUSTOM_RESOURCE: &str = "AWS::CloudFormation::CustomResource";

/// The facts of a resource type, as `AWS::RDS::DBProxy`; none if there is no such type. Those of a custom resource
/// (`Custom::…`) are those of `AWS::CloudFormation::CustomResource`; of a module nothing is known.
pub fn facts(type_name: &str) -> Option<&'static TypeFacts> {
    let type_name = if type_name.starts_with("Custom::") { CUSTOM_RESOURCE } else { type_name };
    static KNOWN: RwLock<BTreeMap<&str, &TypeFacts>> = RwLock::new(BTreeMap::new());
    if let Some(facts) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(type_name) {
        return Some(facts);
    }
    let (name, schema) = pack::type_schema(type_name)?;
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    Some(known.entry(name).or_insert_with(|| Box::leak(Box::new(TypeFacts::new(name, schema)))))
}

/// The names of all resource types, sorted. Unpacks nothing.
pub fn type_names() -> impl ExactSizeIterator<Item = &'static str> {
    pack::type_names()
}
