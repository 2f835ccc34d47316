//! Values to a template: each section, key by key.

use super::finding::{
    DEPENDS_ON_SHAPE, DESCRIPTION_SHAPE, MAPPING_SHAPE, OUTPUT_INCOMPLETE, OUTPUT_KIND, OUTPUT_SHAPE, PARAMETER_SHAPE,
};
use super::finding::{RESOURCE_SHAPE, RULE_SHAPE, TEMPLATE_SHAPE};
use super::section::{Codes, Section, into_map, located};
use crate::diagnostic::{Code, Diagnostic};
use crate::template::{Assertion, Map, Named, Output, Parameter, Resource, Rule, Template, Value, is_macro, pointer};

const OUTPUT: Codes = Codes { keys: OUTPUT_SHAPE, missing: OUTPUT_INCOMPLETE, kinds: OUTPUT_KIND };

pub(super) fn template(value: Value, diagnostics: &mut Vec<Diagnostic>) -> Template {
    let Some(entries) = into_map(value) else {
        diagnostics.push(Diagnostic::error(TEMPLATE_SHAPE, "the template is no map of sections").path(""));
        return Template::default();
    };
    Reader { entries, diagnostics }.template()
}

/// Reads resources that something else has made.
pub(crate) fn resources(entries: Map, diagnostics: &mut Vec<Diagnostic>) -> Named<Resource> {
    Reader { entries: Map::default(), diagnostics }.members("Resources", entries, RESOURCE_SHAPE, resource)
}

/// Reads outputs that something else has made.
pub(crate) fn outputs(entries: Map, diagnostics: &mut Vec<Diagnostic>) -> Named<Output> {
    Reader { entries: Map::default(), diagnostics }.members("Outputs", entries, OUTPUT, output)
}

struct Reader<'a> {
    entries: Map,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn template(mut self) -> Template {
        let (resources, resource_macros) = self.resources();
        let (outputs, output_macros) = self.with_macros("Outputs", OUTPUT, output);
        Template {
            format_version: self.text("AWSTemplateFormatVersion", TEMPLATE_SHAPE),
            description: self.text("Description", DESCRIPTION_SHAPE),
            transform: self.transform(),
            metadata: self.map("Metadata", TEMPLATE_SHAPE),
            parameters: self.each("Parameters", PARAMETER_SHAPE, parameter),
            rules: self.each("Rules", RULE_SHAPE, rule),
            mappings: self.each("Mappings", MAPPING_SHAPE, |section| section.rest()),
            conditions: self.conditions(),
            resources,
            resource_macros,
            outputs,
            output_macros,
            other: self.entries,
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.entries.shift_remove(key).filter(|value| *value != Value::Null)
    }

    fn text(&mut self, key: &str, code: Code) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => {
                let message = format!("`{key}` is {}, and must be text", other.kind());
                self.diagnostics.push(Diagnostic::error(code, message).path(pointer([key])));
                None
            }
        }
    }

    fn map(&mut self, key: &str, code: Code) -> Map {
        let Some(value) = self.take(key) else { return Map::default() };
        Section::new(value, pointer([key]), code, self.diagnostics).map(Section::rest).unwrap_or_default()
    }

    fn transform(&mut self) -> Vec<Value> {
        match self.take("Transform") {
            None => Vec::new(),
            Some(Value::List(values)) => values,
            Some(one) => vec![one],
        }
    }

    fn conditions(&mut self) -> Named<Value> {
        let conditions = self.map("Conditions", TEMPLATE_SHAPE);
        conditions.into_iter().map(|(name, formula)| (name, formula.as_formula())).collect()
    }

    fn resources(&mut self) -> (Named<Resource>, Map) {
        if !self.entries.contains_key("Resources") {
            let finding = Diagnostic::error(TEMPLATE_SHAPE, "the template has no `Resources`");
            self.diagnostics.push(finding.path("").help("a template has at least one resource"));
        }
        self.with_macros("Resources", RESOURCE_SHAPE, resource)
    }

    /// Members of a section, without those that a macro or a loop will put there.
    fn with_macros<T>(&mut self, key: &str, codes: impl Into<Codes>, read: fn(Section<'_>) -> T) -> (Named<T>, Map) {
        let members = self.map(key, TEMPLATE_SHAPE);
        let (macros, members): (Map, Map) = members.into_iter().partition(|(name, _)| is_macro(name));
        (self.members(key, members, codes, read), macros)
    }

    fn each<T>(&mut self, key: &str, codes: impl Into<Codes>, read: fn(Section<'_>) -> T) -> Named<T> {
        let members = self.map(key, TEMPLATE_SHAPE);
        self.members(key, members, codes, read)
    }

    fn members<T>(&mut self, key: &str, members: Map, codes: impl Into<Codes>, read: fn(Section<'_>) -> T) -> Named<T> {
        let codes = codes.into();
        let mut read_members = Named::default();
        for (name, value) in members {
            if let Some(section) = Section::new(value, pointer([key, &name]), codes, self.diagnostics) {
                read_members.insert(name, read(section));
            }
        }
        read_members
    }
}

fn parameter(mut section: Section<'_>) -> Parameter {
    Parameter {
        kind: section.required_text("Type"),
        description: section.text("Description"),
        default: section.take("Default"),
        allowed_values: section.list("AllowedValues"),
        allowed_pattern: section.text("AllowedPattern"),
        constraint_description: section.text("ConstraintDescription"),
        min_length: section.take("MinLength"),
        max_length: section.take("MaxLength"),
        min_value: section.take("MinValue"),
        max_value: section.take("MaxValue"),
        no_echo: section.take("NoEcho"),
        other: section.rest(),
    }
}

fn rule(mut section: Section<'_>) -> Rule {
    let condition = section.take("RuleCondition").map(Value::as_formula);
    let mut assertions = Vec::new();
    for value in section.required_list("Assertions") {
        match value {
            Value::Map(map) => assertions.push(assertion(map, &mut section)),
            other => section.find(RULE_SHAPE, "Assertions", &other, "a list of maps"),
        }
    }
    section.refuse_rest();
    Rule { condition, assertions }
}

fn assertion(mut map: Map, section: &mut Section<'_>) -> Assertion {
    if !map.contains_key("Assert") {
        let finding = Diagnostic::error(RULE_SHAPE, "an assertion has no `Assert`");
        section.push(located(finding, section.at("Assertions")));
    }
    let assert = map.shift_remove("Assert").unwrap_or(Value::Null).as_formula();
    let description = map.shift_remove("AssertDescription");
    Assertion { assert, description: description.and_then(|text| text.as_str().map(str::to_owned)) }
}

fn resource(mut section: Section<'_>) -> Resource {
    Resource {
        kind: section.required_text("Type"),
        condition: section.name("Condition"),
        depends_on: depends_on(&mut section),
        creation_policy: section.take("CreationPolicy"),
        update_policy: section.take("UpdatePolicy"),
        deletion_policy: section.take("DeletionPolicy"),
        update_replace_policy: section.take("UpdateReplacePolicy"),
        metadata: section.map("Metadata"),
        properties: section.map("Properties"),
        other: section.rest(),
    }
}

fn depends_on(section: &mut Section<'_>) -> Vec<String> {
    let names = match section.take("DependsOn") {
        None => return Vec::new(),
        Some(Value::List(names)) => names,
        Some(one) => vec![one],
    };
    let mut read = Vec::new();
    for name in names {
        match name {
            Value::String(name) => read.push(name),
            other => section.find(DEPENDS_ON_SHAPE, "DependsOn", &other, "a logical id or a list of them"),
        }
    }
    read
}

fn output(mut section: Section<'_>) -> Output {
    let value = section.required("Value");
    let export = export(&mut section);
    let (description, condition) = (section.text("Description"), section.name("Condition"));
    section.refuse_rest();
    Output { value, description, condition, export }
}

fn export(section: &mut Section<'_>) -> Option<Value> {
    let is_map = section.is_map("Export");
    let export = section.map("Export");
    let found = export.get("Name").cloned();
    if found.is_none() && is_map {
        let finding = Diagnostic::error(OUTPUT_INCOMPLETE, "`Export` has no `Name`");
        section.push(located(finding, section.at("Export")));
    }
    for key in export.keys().filter(|key| *key != "Name") {
        let finding = Diagnostic::error(OUTPUT_SHAPE, format!("`{key}` is no key of `Export`"));
        section.push(located(finding, section.at("Export")));
    }
    found
}
