//! Text to template: YAML in the long and the short form, or JSON.
//!
//! It never fails. What is wrong with the text becomes findings, and as much as can be understood becomes the template.
//!
//! Text is read as CloudFormation reads it, which is YAML 1.1: `yes` is a truth value
//! (<https://github.com/aws/aws-cli/pull/5257>) and `012345670123` an octal number
//! (<https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/745>); such a reading is pointed out.
//! Dates stay text, as policies have them. Aliases and merge keys are resolved, as `aws cloudformation package` does,
//! and pointed out, since CloudFormation itself refuses them.

mod compose;
mod finding;
mod json;
mod scalar;
mod section;
mod structure;
mod tree;

use super::{Function, Places, Template, Value};
use crate::diagnostic::Diagnostic;
use compose::{Composer, LONGEST_POINTER};
pub use finding::*;
pub(crate) use structure::{outputs, resources};
pub use tree::MOST_BYTES;
pub(crate) use tree::{Content, Fault, FaultKind, Node, span, tree};
use tree::{DEEPEST, MOST_VALUES};

/// Reads a template. `file` is the name that the places bear.
pub fn parse(text: &str, file: &str) -> (Template, Places, Vec<Diagnostic>) {
    let (value, places, mut diagnostics) = parse_value(text, file);
    let template = value.map(|value| structure::template(value, &mut diagnostics)).unwrap_or_default();
    diagnostics.iter_mut().for_each(|diagnostic| places.locate(diagnostic));
    (template, places, diagnostics)
}

/// Reads any document with CloudFormation's functions in it. None: nothing could be made of it, and a finding says why.
pub fn parse_value(text: &str, file: &str) -> (Option<Value>, Places, Vec<Diagnostic>) {
    match tree(text) {
        Ok(tree) => Composer::new(file).document(tree),
        Err(fault) => (None, Places::default(), vec![unreadable(text, file, &fault)]),
    }
}

fn unreadable(text: &str, file: &str, fault: &Fault) -> Diagnostic {
    let (code, message) = match &fault.kind {
        FaultKind::NoYaml(reason) => (UNREADABLE, format!("the template is no YAML: {reason}")),
        FaultKind::NoJson(reason) => (UNREADABLE, format!("the template is no JSON: {reason}")),
        FaultKind::Empty => (TEMPLATE_SHAPE, "the text is empty".to_owned()),
        FaultKind::TooManyBytes => {
            (TOO_LARGE, format!("the text has {} bytes, and at most {MOST_BYTES} are read", text.len()))
        }
        FaultKind::TooManyValues => (TOO_LARGE, too_many_values()),
        FaultKind::TooDeep => (TOO_LARGE, too_deep()),
    };
    let mut finding = Diagnostic::error(code, message).span(span(file, fault.range));
    finding.help = cure(text, fault);
    match fault.pointer() {
        pointer if pointer.len() > LONGEST_POINTER => finding,
        pointer => section::located(finding, pointer),
    }
}

fn too_many_values() -> String {
    format!("more than {MOST_VALUES} values, aliases resolved")
}

fn too_deep() -> String {
    format!("nested more than {DEEPEST} deep")
}

/// How to mend what people often write.
fn cure(text: &str, fault: &Fault) -> Option<String> {
    const CURES: &[(&str, &str)] = &[
        ("tabs", "indent with spaces"),
        ("indentation in quoted scalar", "indent every line of the text, or write it as a block behind `|`"),
        (
            "document start",
            "if a function is the argument of another one, write one of them long: `Fn::Base64: !Sub …`",
        ),
        ("unknown anchor", "quote text that starts with `*`"),
    ];
    let (FaultKind::NoYaml(reason) | FaultKind::NoJson(reason)) = &fault.kind else { return None };
    let line = text.lines().nth(fault.range.start.line().saturating_sub(1)).unwrap_or_default();
    let known = || CURES.iter().find(|(words, _)| reason.contains(words)).map(|(_, cure)| (*cure).to_owned());
    tag_behind_tag(line).or_else(known)
}

/// `!Base64 !Sub x` looks right, but YAML has one tag a value.
fn tag_behind_tag(line: &str) -> Option<String> {
    let words = line.split([' ', '[', ',']);
    let functions: Vec<_> = words.map(|word| word.strip_prefix('!').and_then(Function::from_tag)).collect();
    functions.windows(2).find_map(|pair| match pair {
        [Some(outer), Some(inner)] => {
            Some(format!("a tag may not follow a tag: write `{}: !{} …`", outer.long_name(), inner.tag()))
        }
        _ => None,
    })
}
