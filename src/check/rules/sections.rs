//! The sections of a template.

use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::check::shape::{Key, Shape, key, required};
use crate::diagnostic::{Code, Severity, suggest};
use crate::resolve;
use crate::template::parse::TEMPLATE_SHAPE;
use crate::template::{FORMAT_VERSION, Path, Value, pointer};

pub(super) const RULES: &[Rule] = &[SECTION, TRANSFORM];

const SECTION: Rule = Rule {
    code: TEMPLATE_SHAPE,
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html",
    explanation: "A template has the sections that CloudFormation knows, and the one version that there is.",
    bad: &[
        "Parameter: { Stage: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
        "AWSTemplateFormatVersion: '2010-09-10'\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    good: &["AWSTemplateFormatVersion: '2010-09-09'\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
    find: |context, report| {
        let template = context.template;
        if let Some(version) = template.format_version.as_deref().filter(|version| *version != FORMAT_VERSION) {
            let found = report.at("/AWSTemplateFormatVersion", format!("there is no version `{version}`"));
            found.help = Some(format!("write `{FORMAT_VERSION}`, the only one"));
        }
        // A macro may read a section of its own.
        if resolve::is_rewritten(template) {
            return;
        }
        for section in template.other.keys().filter(|section| !FOR_MACROS.contains(&section.as_str())) {
            let found = report.at(pointer([section]), format!("a template has no section `{section}`"));
            found.help = suggest(section, SECTIONS.iter().copied())
                .or_else(|| Some("put what only people and tools read under `Metadata`".into()));
        }
    },
};

/// Sections beside the model's own: of SAM, and of blue-green deployments.
const FOR_MACROS: &[&str] = &["Globals", "Hooks"];
const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Resources",
    "Outputs",
];

const TRANSFORM: Rule = Rule {
    code: Code::new("E1005", "malformed-transform"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html",
    explanation: "`Transform` is the name of a macro, a macro with its parameters, or a list of them.",
    bad: &["Transform: { Macro: AWS::Include }\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
    good: &[
        "Transform: { Name: AWS::Include, Parameters: { Location: 's3://snippets/a.yaml' } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Transform");
        for (index, value) in context.template.transform.iter().enumerate() {
            let inner = section.index(index);
            let path = if context.template.transform.len() == 1 { &section } else { &inner };
            macro_name(value, path, report);
        }
    },
};

const MACRO: &[Key] = &[required("Name", Shape::Text), key("Parameters", Shape::Named(&Shape::Any))];

fn macro_name(value: &Value, path: &Path<'_>, report: &mut Report) {
    if matches!(value, Value::String(_)) {
        return;
    }
    Shape::Map(MACRO).check(value, "Transform", path, &mut |at, message, help| {
        report.at(at, message).help = help;
    });
}
