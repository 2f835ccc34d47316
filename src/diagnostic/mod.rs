//! What Formwork has to say about an input: plain data, rendered once, at the edge.
//!
//! Whoever finds something builds a [`Diagnostic`]; only [`render`] turns it into text.

pub mod render;
mod secret;
mod suggest;

use std::fmt;
use std::panic::Location;

use serde::Serialize;

pub use secret::holds_secret_text;
pub use suggest::{closest, did_you_mean, suggest};

/// A kind of finding: its code, and its name, which reads after "allow".
///
/// Codes keep cfn-lint's families where they mean the same (E error, W warning, I advice; 1xxx functions, 2xxx
/// parameters, 3xxx resources, 6xxx outputs, 7xxx mappings, 8xxx conditions); `N` is network, `P` permission, `D` data
/// and change, `S` settings and the stack that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// The code, such as `E3002`.
    pub id: &'static str,
    /// The name, such as `unknown-property`.
    pub name: &'static str,
}

impl Code {
    /// A code and its name.
    pub const fn new(id: &'static str, name: &'static str) -> Self {
        Self { id, name }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// How much a finding counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It will fail, or a goal is refuted.
    Error,
    /// It probably fails, or fails in a region, account or parameter value that the template allows.
    Warning,
    /// Advice: hardening, cost, style, a choice worth knowing.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// A place in a text: a template, a settings file, or the Rust source that built the stack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file, as the user named it (or as rustc names a source file).
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Length in characters on that line; 0 means "the word that starts here".
    pub length: usize,
}

impl Span {
    /// A span of `length` characters.
    pub fn new(file: impl Into<String>, line: usize, column: usize, length: usize) -> Self {
        Self { file: file.into(), line, column, length }
    }
}

impl From<&Location<'_>> for Span {
    fn from(location: &Location<'_>) -> Self {
        Self::new(location.file(), location.line() as usize, location.column() as usize, 0)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A second place that a finding speaks of, with what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of finding.
    pub code: Code,
    /// How much it counts.
    pub severity: Severity,
    /// What is, then what follows: lower case, no full stop, names in backticks.
    pub message: String,
    /// The logical id of the resource that it is about.
    pub resource: Option<String>,
    /// A JSON pointer into the template (or the settings), such as `/Resources/Proxy/Properties/RoleArn`.
    pub path: Option<String>,
    /// The place in the template or settings file.
    pub span: Option<Span>,
    /// The place in the Rust source that built it.
    pub source: Option<Span>,
    /// What is to be seen at the main place.
    pub label: Option<String>,
    /// Other places that it speaks of.
    pub labels: Vec<Label>,
    /// Further sentences, such as the public source of a fact.
    pub notes: Vec<String>,
    /// The cure.
    pub help: Option<String>,
    /// Whether the text at its places may hold a secret: then no excerpt is shown.
    pub secret: bool,
}

impl Diagnostic {
    /// A finding of `severity`.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            resource: None,
            path: None,
            span: None,
            source: None,
            label: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            secret: false,
        }
    }

    /// A finding that must be mended.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A finding that probably must be mended.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// Advice.
    pub fn info(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Info, message)
    }

    /// Names the resource.
    #[must_use]
    pub fn resource(mut self, logical_id: impl Into<String>) -> Self {
        self.resource = Some(logical_id.into());
        self
    }

    /// Names the place inside the template.
    #[must_use]
    pub fn path(mut self, pointer: impl Into<String>) -> Self {
        self.path = Some(pointer.into());
        self
    }

    /// Points into the file, where the place is known.
    #[must_use]
    pub fn span(mut self, span: impl Into<Option<Span>>) -> Self {
        self.span = span.into().or(self.span);
        self
    }

    /// Points into the Rust source.
    #[must_use]
    pub fn source(mut self, source: Span) -> Self {
        self.source = Some(source);
        self
    }

    /// Says what is to be seen at the main place.
    #[must_use]
    pub fn label(mut self, message: impl Into<String>) -> Self {
        self.label = Some(message.into());
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn and_at(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds a sentence.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that the text at its places may hold a secret, so that no excerpt is shown.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The place to show: in the file if there is one, else in the Rust source.
    pub fn place(&self) -> Option<&Span> {
        self.span.as_ref().or(self.source.as_ref())
    }
}

/// Whether any of `diagnostics` is an error.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
