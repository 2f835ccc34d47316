//! What a template says of itself under `Metadata`: to Formwork, and to cfn-lint.

use super::suppress::Ignored;
use crate::diagnostic::{Diagnostic, Span};
use crate::goal::{self, Goals, Read};
use crate::template::{Map, Places, Template, Value, pointer};

/// What is stated inside a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stated {
    /// Goals, assumptions and suppressions, under `Metadata.Formwork` of the template and of its resources.
    pub goals: Goals,
    /// What cfn-lint is told to ignore, under `Metadata.cfn-lint`.
    pub ignored: Vec<Ignored>,
    /// What of it could not be understood.
    pub findings: Vec<Diagnostic>,
}

impl Stated {
    /// Reads the metadata of a template. Where each suppression stands is added to `places`.
    pub fn of(template: &Template, places: &mut Places) -> Self {
        let mut stated = Self::default();
        stated.section(&template.metadata, "/Metadata", None, places);
        for (id, resource) in &template.resources {
            stated.section(&resource.metadata, &pointer(["Resources", id, "Metadata"]), Some(id), places);
        }
        stated
    }

    /// Adds what a sidecar says. `places` are those of the template, `own` those of the sidecar.
    pub fn add_sidecar(&mut self, value: &Value, own: &Places, places: &mut Places) {
        let mut read = goal::read(value, "");
        read.findings.iter_mut().for_each(|finding| own.locate(finding));
        let spans = read.suppressions_at.iter().map(|at| own.nearest(at)).collect();
        self.add(read, spans, places);
    }

    fn section(&mut self, metadata: &Map, at: &str, resource: Option<&str>, places: &mut Places) {
        if let Some(value) = metadata.get("Formwork") {
            let mut read = goal::read(value, &format!("{at}/Formwork"));
            for suppression in &mut read.goals.suppressed {
                suppression.resource = suppression.resource.take().or(resource.map(str::to_owned));
            }
            let spans = read.suppressions_at.iter().map(|at| places.nearest(at)).collect();
            self.add(read, spans, places);
        }
        let config = metadata.get("cfn-lint").and_then(Value::as_map).and_then(|lint| lint.get("config"));
        let codes = config.and_then(Value::as_map).and_then(|config| config.get("ignore_checks"));
        for code in codes.and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_str) {
            self.ignored.push(Ignored { code: code.to_owned(), resource: resource.map(str::to_owned) });
        }
    }

    /// Adds what was read; `spans` are those of its suppressions.
    fn add(&mut self, read: Read, spans: Vec<Option<Span>>, places: &mut Places) {
        for (suppression, span) in read.goals.suppressed.iter().zip(spans) {
            if let Some(span) = span {
                places.insert(suppression.pointer(), span);
            }
        }
        self.findings.extend(read.findings);
        self.goals.required.extend(read.goals.required);
        self.goals.assumed.extend(read.goals.assumed);
        self.goals.renamed.extend(read.goals.renamed);
        self.goals.suppressed.extend(read.goals.suppressed);
    }
}
