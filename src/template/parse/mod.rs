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

use saphyr_parser::Parser;

use super::{Function, Places, Template, Value};
use crate::diagnostic::{Diagnostic, Span};
use compose::Composer;
pub use finding::*;

/// Reads a template. `file` is the name that the places bear.
pub fn parse(text: &str, file: &str) -> (Template, Places, Vec<Diagnostic>) {
    let (value, places, mut diagnostics) = parse_value(text, file);
    let template = value.map(|value| structure::template(value, &mut diagnostics)).unwrap_or_default();
    for diagnostic in &mut diagnostics {
        point(diagnostic, &places);
    }
    (template, places, diagnostics)
}

/// Reads any document with CloudFormation's functions in it. None: nothing could be made of it, and a finding says why.
pub fn parse_value(text: &str, file: &str) -> (Option<Value>, Places, Vec<Diagnostic>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MOST_BYTES {
        let message = format!("the text has {} bytes, and at most {MOST_BYTES} are read", text.len());
        let finding = Diagnostic::error(TOO_LARGE, message).span(Span::new(file, 1, 1, 0));
        return (None, Places::default(), vec![finding]);
    }
    match json::fault(text) {
        None => Composer::new(json::Reader::new(text).map(Ok), file, None).document(),
        Some(fault) => {
            let unended = (!text.ends_with('\n')).then(|| text.chars().count());
            let (value, places, mut diagnostics) = Composer::new(Parser::new_from_str(text), file, unended).document();
            prefer_fault_of_json(text, &fault, file, &mut diagnostics);
            diagnostics.iter_mut().for_each(|finding| explain_tag_behind_tag(text, finding));
            (value, places, diagnostics)
        }
    }
}

/// A text is read in memory, so it has a bound; CloudFormation's own is 1 MB.
const MOST_BYTES: usize = 16 << 20;

/// Who wrote braces meant JSON: then it says better what is wrong.
fn prefer_fault_of_json(text: &str, fault: &serde_json::Error, file: &str, diagnostics: &mut [Diagnostic]) {
    let unreadable = diagnostics.iter_mut().find(|diagnostic| diagnostic.code == UNREADABLE);
    if let Some(diagnostic) = unreadable.filter(|_| text.trim_start().starts_with('{')) {
        let (line, column) = json::place(text, fault);
        diagnostic.message = format!("the template is no JSON: {}", json::message(fault));
        diagnostic.span = Some(Span::new(file, line, column, 0));
    }
}

/// `!Base64 !Sub x` looks right, but YAML has one tag a value.
fn explain_tag_behind_tag(text: &str, finding: &mut Diagnostic) {
    let line = finding.span.as_ref().filter(|_| finding.code == UNREADABLE).map(|span| span.line);
    let words = line.and_then(|line| text.lines().nth(line - 1)).unwrap_or_default().split([' ', '[', ',']);
    let functions: Vec<_> = words.map(|word| word.strip_prefix('!').and_then(Function::from_tag)).collect();
    if let Some([Some(outer), Some(inner)]) = functions.windows(2).find(|pair| pair.iter().all(Option::is_some)) {
        let help = format!("a tag may not follow a tag: write `{}: !{} …`", outer.long_name(), inner.tag());
        finding.help = Some(help);
    }
}

fn point(diagnostic: &mut Diagnostic, places: &Places) {
    if let (None, Some(path)) = (&diagnostic.span, &diagnostic.path) {
        diagnostic.span = places.nearest(path).cloned();
    }
}
