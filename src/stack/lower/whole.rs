//! What concerns the template as a whole: transforms, metadata, aspects.

use indexmap::{IndexMap, IndexSet};

use super::super::mapping::needs_extensions;
use super::super::stack::Stack;
use super::World;
use super::context::Lowering;
use crate::template::{Places, Template, Value, pointer};

/// What the console reads of the parameters.
const INTERFACE: &str = "AWS::CloudFormation::Interface";

/// The transform that knows defaults in mappings.
const EXTENSIONS: &str = "AWS::LanguageExtensions";

/// Lets the aspects have the resources, the app's first, and adds the transform that the template turns out to need.
pub(super) fn finish(stack: &Stack, world: &World<'_>, template: &mut Template) {
    for aspect in world.aspects.iter().chain(&stack.aspects) {
        template.resources.iter_mut().for_each(|(id, resource)| aspect(id, resource));
    }
    let resources = template.resources.values().flat_map(|resource| resource.properties.values());
    let outputs = template.outputs.values().map(|output| &output.value);
    let extended = resources.chain(outputs).chain(template.conditions.values()).any(needs_extensions);
    if extended && !template.transform.iter().any(|name| name.as_str() == Some(EXTENSIONS)) {
        template.transform.insert(0, EXTENSIONS.into());
    }
}

/// Adds what was said of the whole stack, and what the console shows of its parameters.
pub(super) fn say(lowering: &mut Lowering<'_>, template: &mut Template, places: &mut Places) {
    let stack = lowering.stack;
    template.description = stack.description.clone();
    let mut transforms: IndexSet<&str> = lowering.transforms.iter().copied().collect();
    for (name, location) in &stack.transforms {
        transforms.insert(name);
        places.insert(pointer(["Transform"]), (*location).into());
    }
    template.transform = transforms.into_iter().map(Value::from).collect();
    for (key, (term, location)) in &stack.metadata {
        places.insert(pointer(["Metadata", key]), (*location).into());
        let value = lowering.resolve(term, location);
        template.metadata.insert(key.clone(), value);
    }
    if let Some(interface) = interface(stack) {
        template.metadata.entry(INTERFACE.into()).or_insert(interface);
    }
    template.metadata.sort_keys();
}

/// Groups and labels of parameters.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html>
fn interface(stack: &Stack) -> Option<Value> {
    let mut groups: IndexMap<&str, Vec<Value>> = IndexMap::new();
    let mut labels = Vec::new();
    for (name, declared) in &stack.parameters {
        if let Some(group) = &declared.group {
            groups.entry(group).or_default().push(name.as_str().into());
        }
        labels.extend(declared.label.iter().map(|label| (name.as_str(), titled(label))));
    }
    labels.sort_by_key(|(name, _)| *name);
    let groups = groups.into_iter();
    let groups =
        groups.map(|(heading, names)| Value::map([("Label", titled(heading)), ("Parameters", Value::List(names))]));
    let parts = [("ParameterGroups", Value::list(groups)), ("ParameterLabels", Value::map(labels))];
    let said = parts
        .into_iter()
        .filter(|(_, part)| *part != Value::List(Vec::new()) && *part != Value::Map(Default::default()));
    let said: Vec<_> = said.collect();
    (!said.is_empty()).then(|| Value::map(said))
}

fn titled(text: &str) -> Value {
    Value::map([("default", Value::from(text))])
}
