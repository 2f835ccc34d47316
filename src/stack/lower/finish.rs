//! Drafts become resources: references get names, and what every noun was told is applied.

use std::collections::BTreeSet;
use std::panic::Location;

use super::super::bag::Bag;
use super::super::codes;
use super::super::construct::Deletion;
use super::super::handle::AnyHandle;
use super::super::tags;
use super::super::value::{Trace, Value};
use super::context::{Draft, Lowering};
use super::{rules, services, whole};
use crate::diagnostic::Diagnostic;
use crate::template::{self, Output, Places, Resource, Template, pointer};

/// What the passes over the whole template need to know.
#[derive(Default)]
pub(super) struct Finished {
    /// Properties to fill with a derived name: the logical id and the property.
    pub(super) names_to_derive: Vec<(String, &'static str)>,
    /// Resources that were told to go with the stack.
    pub(super) told_to_go: BTreeSet<String>,
    /// Policy documents that take statements for AWS services: the logical id and the property.
    pub(super) service_policies: Vec<(String, &'static str)>,
}

/// Fills the template, but for grants, goals and what other stacks need.
pub(super) fn finish(lowering: &mut Lowering<'_>, template: &mut Template, places: &mut Places) -> Finished {
    whole::say(lowering, template, places);
    parameters(lowering, template, places);
    mappings(lowering, template, places);
    conditions(lowering, template, places);
    let finished = resources(lowering, template, places);
    outputs(lowering, template, places);
    finished
}

fn parameters(lowering: &Lowering<'_>, template: &mut Template, places: &mut Places) {
    let mut parameters: Vec<_> = lowering.stack.parameters.iter().collect();
    parameters.sort_by_key(|(name, _)| name.as_str());
    for (name, declared) in parameters {
        places.insert(pointer(["Parameters", name]), declared.location.into());
        template.parameters.insert(name.clone(), declared.parameter.clone());
    }
}

fn mappings(lowering: &Lowering<'_>, template: &mut Template, places: &mut Places) {
    for (name, (mapping, location)) in &lowering.stack.mappings {
        places.insert(pointer(["Mappings", name]), (*location).into());
        template.mappings.insert(name.clone(), mapping.clone());
    }
    template.mappings.sort_keys();
}

fn conditions(lowering: &mut Lowering<'_>, template: &mut Template, places: &mut Places) {
    let mut formulas = rules::made_up_conditions(lowering);
    formulas.extend(lowering.stack.conditions.iter().map(|(name, (formula, _))| (name.clone(), formula.clone())));
    formulas.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (name, formula) in formulas {
        let declared = lowering.stack.conditions.get(&name).map(|(_, location)| *location);
        let location = declared.unwrap_or_else(Location::caller);
        places.insert(pointer(["Conditions", &name]), location.into());
        let formula = lowering.resolve(&formula.0, location);
        template.conditions.insert(name, formula);
    }
}

fn outputs(lowering: &mut Lowering<'_>, template: &mut Template, places: &mut Places) {
    let mut outputs: Vec<_> = lowering.stack.outputs.iter().collect();
    outputs.sort_by_key(|(name, _)| name.as_str());
    for (name, output) in outputs {
        places.insert(pointer(["Outputs", name]), output.location.into());
        let value = lowering.resolve(&output.value, output.location);
        let export = output.export.as_ref().map(|name| lowering.resolve(name, output.location));
        let condition = output.condition.as_ref().map(|condition| condition.name().to_owned());
        let output = Output { value, description: output.description.clone(), condition, export };
        template.outputs.insert(name.clone(), output);
    }
}

fn resources(lowering: &mut Lowering<'_>, template: &mut Template, places: &mut Places) -> Finished {
    let mut finished = Finished::default();
    let drafts = std::mem::take(&mut lowering.drafts);
    let ends: Vec<(String, Option<AnyHandle>)> = drafts.iter().map(|(id, draft)| (id.clone(), draft.owner)).collect();
    for (id, draft) in &drafts {
        note_places(id, draft, places);
        finished.names_to_derive.extend(draft.bag.derived_name.map(|property| (id.clone(), property)));
        finished.service_policies.extend(draft.bag.service_policy.map(|property| (id.clone(), property)));
        if told(lowering, draft) == Some(Deletion::Delete) {
            finished.told_to_go.insert(id.clone());
        }
        let resource = resource(lowering, draft, &ends);
        template.resources.insert(id.clone(), resource);
    }
    apply_overrides(lowering, template);
    lowering.owners = ends;
    finished
}

fn note_places(id: &str, draft: &Draft, places: &mut Places) {
    places.insert(pointer(["Resources", id]), draft.location.into());
    for (path, location) in draft.bag.fields.places() {
        places.insert(format!("{}{path}", pointer(["Resources", id, "Properties"])), (*location).into());
    }
}

fn resource(lowering: &mut Lowering<'_>, draft: &Draft, ends: &[(String, Option<AnyHandle>)]) -> Resource {
    let Draft { bag, owner, location } = draft;
    let said = owner.and_then(|owner| lowering.stack.entry(owner)).map(|entry| &entry.bag.said);
    let mut resource = Resource::new(bag.kind());
    let used = services::elsewhere(lowering.stack, bag);
    lowering.uses.extend(used);
    let mut terms: Vec<_> = bag.terms().iter().collect();
    terms.sort_by_key(|(name, _)| name.as_str());
    for (name, term) in terms {
        let value = lowering.resolve(term, bag.fields.place(name).unwrap_or(location));
        resource.properties.insert(name.clone(), value);
    }
    let condition = bag.said.condition.as_ref().or(said.and_then(|said| said.condition.as_ref()));
    resource.condition = condition.map(|condition| condition.name().to_owned());
    let deletion = told(lowering, draft).or(bag.deletion);
    resource.deletion_policy = deletion.map(|deletion| deletion.name().into());
    resource.update_replace_policy = resource.deletion_policy.clone();
    let on = said.map_or(&[][..], |said| said.depends_on.as_slice());
    on.iter().for_each(|on| lowering.check_known(*on, location));
    resource.depends_on = depends_on(bag, on, ends);
    add_tags(lowering, &mut resource, draft);
    resource
}

/// What becomes of a resource as it, or its construct, was told.
fn told(lowering: &Lowering<'_>, draft: &Draft) -> Option<Deletion> {
    let said = draft.owner.and_then(|owner| lowering.stack.entry(owner)).and_then(|entry| entry.bag.said.deletion);
    let inherited = said.filter(|deletion| *deletion != Deletion::Snapshot || has_snapshots(&draft.bag));
    draft.bag.said.deletion.or(inherited)
}

/// Whether a resource can leave a snapshot behind. What belongs to such a resource often cannot: of a cluster and its
/// instances, the cluster can.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
fn has_snapshots(bag: &Bag) -> bool {
    let of_cluster = bag.terms().contains_key("DBClusterIdentifier");
    !of_cluster
        && matches!(
            bag.kind(),
            "AWS::DocDB::DBCluster"
                | "AWS::EC2::Volume"
                | "AWS::ElastiCache::CacheCluster"
                | "AWS::ElastiCache::ReplicationGroup"
                | "AWS::Neptune::DBCluster"
                | "AWS::RDS::DBCluster"
                | "AWS::RDS::DBInstance"
                | "AWS::Redshift::Cluster"
        )
}

/// The ids that a resource waits for: those it names, and every resource of a construct that it names.
fn depends_on(bag: &Bag, on: &[AnyHandle], ends: &[(String, Option<AnyHandle>)]) -> Vec<String> {
    let of_constructs =
        ends.iter().filter(|(_, owner)| owner.is_some_and(|owner| on.contains(&owner))).map(|(id, _)| id.clone());
    let mut ids: Vec<String> = bag.after.iter().cloned().chain(of_constructs).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn add_tags(lowering: &mut Lowering<'_>, resource: &mut Resource, draft: &Draft) {
    let own = draft.owner.and_then(|owner| lowering.stack.entry(owner)).map(|entry| &entry.bag.said.tags);
    let mut wanted = lowering.tags.clone();
    wanted.extend(lowering.stack.tags.clone());
    wanted.extend(own.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
    wanted.sort_unstable_keys();
    let resolved: Vec<(String, template::Value)> = wanted
        .into_iter()
        .filter_map(|(key, value): (String, Value<String>)| {
            let term = value.into_term(&mut Trace::default())?;
            Some((key, lowering.resolve(&term, draft.location)))
        })
        .collect();
    tags::add(resource, &resolved);
}

fn apply_overrides(lowering: &mut Lowering<'_>, template: &mut Template) {
    for entry in lowering.stack.entries.iter().filter(|entry| entry.is_created()) {
        for (path, term, location) in &entry.bag.said.overrides {
            let value = lowering.resolve(term, location);
            let set = match template.resources.get_mut(&entry.name) {
                Some(resource) => set_at(&mut resource.properties, path, value),
                None => Err(format!("`{}` has no main resource whose property could be set", entry.name)),
            };
            if let Err(fault) = set {
                let diagnostic = Diagnostic::error(codes::OVERRIDE, fault)
                    .resource(&entry.name)
                    .source((*location).into())
                    .help("a path is written like `/LoggingConfig/LogFormat`, from the resource's properties");
                lowering.diagnostics.push(diagnostic);
            }
        }
    }
}

/// Sets what stands at a path below `properties`, making maps on the way.
fn set_at(properties: &mut template::Map, path: &str, value: template::Value) -> Result<(), String> {
    let Some(steps) = path.strip_prefix('/').filter(|rest| !rest.is_empty()) else {
        return Err(format!("`{path}` is no path to a property"));
    };
    let (first, rest) = steps.split_once('/').map_or((steps, None), |(first, rest)| (first, Some(rest)));
    let Some(rest) = rest else {
        properties.insert(first.to_owned(), value);
        return Ok(());
    };
    let slot = properties.entry(first.to_owned()).or_insert_with(|| template::Value::Map(template::Map::default()));
    set_below(slot, first, rest, value)
}

fn set_below(slot: &mut template::Value, name: &str, rest: &str, value: template::Value) -> Result<(), String> {
    match slot {
        template::Value::Map(map) => set_at(map, &format!("/{rest}"), value),
        template::Value::List(values) => {
            let (index, rest) = rest.split_once('/').map_or((rest, None), |(index, rest)| (index, Some(rest)));
            let element = index.parse().ok().and_then(|n: usize| values.get_mut(n));
            let element = element.ok_or_else(|| format!("`{name}` has no element `{index}`"))?;
            match rest {
                Some(rest) => set_below(element, index, rest, value),
                None => {
                    *element = value;
                    Ok(())
                }
            }
        }
        _ => Err(format!("`{name}` is neither a map nor a list, so nothing stands below it")),
    }
}
