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
mod mend;
mod scalar;
mod section;
mod structure;
mod tree;

use super::{Function, Places, Template, Value};
use crate::diagnostic::{Code, Diagnostic, Span};
use compose::{Composer, LONGEST_POINTER};
pub use finding::*;
use mend::MOST_FAULTS;
pub(crate) use structure::{outputs, resources};
pub use tree::MOST_BYTES;
pub(crate) use tree::{Content, Fault, FaultKind, Node, span, tree};
use tree::{DEEPEST, MOST_VALUES};

/// Reads a template. `file` is the name that the places bear.
pub fn parse(text: &str, file: &str) -> (Template, Places, Vec<Diagnostic>) {
    let (value, places, mut diagnostics) = parse_value(text, file);
    let is_read = value.is_some();
    let template = value.map(|value| structure::template(value, &mut diagnostics)).unwrap_or_default();
    if is_read && text.len() > MOST_DEPLOYED_BYTES {
        diagnostics.push(too_large(text.len()));
    }
    diagnostics.iter_mut().for_each(|diagnostic| places.locate(diagnostic));
    (template, places, diagnostics)
}

/// The most bytes of a template that lies in S3. In a request it has at most 51,200.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const MOST_DEPLOYED_BYTES: usize = 1 << 20;

fn too_large(bytes: usize) -> Diagnostic {
    let message = format!("the template has {bytes} bytes, and CloudFormation takes at most {MOST_DEPLOYED_BYTES}");
    Diagnostic::error(TOO_LARGE_TO_DEPLOY, message).path("").help("split the stack")
}

/// Reads any document with CloudFormation's functions in it. None: nothing could be made of it, and a finding says why.
pub fn parse_value(text: &str, file: &str) -> (Option<Value>, Places, Vec<Diagnostic>) {
    match tree(text) {
        Ok(tree) => Composer::new(file).document(tree),
        Err(fault) => indented(text, file, fault).unwrap_or_else(|fault| faults(text, file, fault)),
    }
}

/// What a text says if all that is wrong with it is how quoted text is indented; else what is wrong then.
fn indented(text: &str, file: &str, fault: Fault) -> Result<(Option<Value>, Places, Vec<Diagnostic>), Fault> {
    let (mut mended, mut fault) = (None::<String>, fault);
    for _ in 0..MOST_FAULTS {
        let start = fault.range.start;
        let is_indentation =
            matches!(&fault.kind, FaultKind::NoYaml(reason) if reason.contains("indentation in quoted scalar"));
        let present: &str = mended.as_deref().unwrap_or(text);
        match mend::indented(present, start.line(), start.col()).filter(|_| is_indentation) {
            Some(better) => mended = Some(better),
            None => return Err(fault),
        }
        match tree(mended.as_deref().unwrap_or(text)) {
            Ok(tree) => return Ok(Composer::new(file).document(tree)),
            Err(next) => fault = next,
        }
    }
    Err(fault)
}

/// Every fault of a text that is no template. Behind each, reading goes on without the lines that are wrong.
fn faults(text: &str, file: &str, fault: Fault) -> (Option<Value>, Places, Vec<Diagnostic>) {
    let mut found = vec![unreadable(text, file, &fault)];
    if is_tab(&fault) {
        let first = found[0].clone();
        let others = mend::tabbed(text, fault.range.start.line() + 1).take(MOST_FAULTS);
        found.extend(others.map(|(line, column)| first.clone().span(Span::new(file, line, column + 1, 1))));
        return (None, Places::default(), found);
    }
    let (mut mended, mut fault, mut last) = (text.to_owned(), fault, 0);
    while let (FaultKind::NoYaml(_), true) = (&fault.kind, found.len() < MOST_FAULTS) {
        let line = mend::culprit(&mended, &fault).0;
        // A fault above what was taken out comes of that, and so may all that follow.
        let Some((better, touched)) = mend::without(&mended, line).filter(|_| line > last) else { break };
        (mended, last) = (better, touched);
        match tree(&mended) {
            Ok(tree) => {
                let (_, _, inner) = Composer::new(file).document(tree);
                found.extend(inner.into_iter().filter(|one| OF_THE_TEXT.contains(&one.code)));
                break;
            }
            Err(next) if next.range.start.line() > last && !is_tab(&next) => {
                found.push(unreadable(text, file, &next));
                fault = next;
            }
            Err(_) => break,
        }
    }
    found.sort_by_key(|one| one.span.as_ref().map(|span| (span.line, span.column)));
    (None, Places::default(), found)
}

/// Findings that stay true of a text whatever was taken out of it.
const OF_THE_TEXT: &[Code] = &[DUPLICATE_KEY, UNKNOWN_TAG, KEY_NOT_TEXT];

fn is_tab(fault: &Fault) -> bool {
    matches!(&fault.kind, FaultKind::NoYaml(reason) if reason.contains("tabs"))
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
    let place = match mend::culprit(text, fault) {
        (line, Some(column)) => Span::new(file, line, column + 1, 0),
        (_, None) => span(file, fault.range),
    };
    let mut finding = Diagnostic::error(code, message).span(place);
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
        ("anchor or alias", "quote text that starts with `*` or `&`"),
        ("mapping values", "quote text that has `: ` in it, or indent the key as its neighbours are"),
        ("unexpected character", "quote the text"),
        ("expected key", "indent the key as its neighbours are"),
        ("simple key", "end the key with `:`, or close what was opened above it"),
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
