//! Quotas of a template.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::pointer;

pub(super) const RULES: &[Rule] = &[
    RESOURCES,
    PARAMETERS,
    OUTPUTS,
    MAPPINGS,
    DESCRIPTION,
    MANY_RESOURCES,
    MANY_PARAMETERS,
    MANY_OUTPUTS,
    MANY_MAPPINGS,
];

const SOURCE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html";

/// The most bytes of a description.
const DESCRIPTION_BYTES: usize = 1024;

macro_rules! counts { ($($name:ident $id:literal $rule:literal $section:literal $field:ident $most:literal;)*) => { $(
    const $name: Rule = Rule {
        code: Code::new($id, $rule),
        severity: Severity::Error,
        source: SOURCE,
        explanation: concat!("A template has at most ", $most, " entries under `", $section, "`."),
        bad: &[],
        good: &[],
        find: |context: &Context<'_>, report: &mut Report| {
            let count = context.template.$field.len();
            if count > $most {
                let message = format!("{count} entries under `{}`: a template has at most {}", $section, $most);
                report.at(concat!("/", $section), message).help = Some("split the stack".into());
            }
        },
    };
)* } }

counts! {
    RESOURCES "E3010" "too-many-resources" "Resources" resources 500;
    PARAMETERS "E2010" "too-many-parameters" "Parameters" parameters 200;
    OUTPUTS "E6010" "too-many-outputs" "Outputs" outputs 200;
}

macro_rules! approaches { ($($name:ident $id:literal $rule:literal $section:literal $field:ident $many:literal $most:literal;)*) => { $(
    const $name: Rule = Rule {
        code: Code::new($id, $rule),
        severity: Severity::Info,
        source: SOURCE,
        explanation: concat!("A template with more than ", $many, " entries under `", $section, "` is near the most, ", $most, "."),
        bad: &[],
        good: &[],
        find: |context: &Context<'_>, report: &mut Report| {
            let count = context.template.$field.len();
            if count > $many && count <= $most {
                let message = format!("{count} entries under `{}`, and a template has at most {}", $section, $most);
                report.at(concat!("/", $section), message).help = Some("plan where to split the stack".into());
            }
        },
    };
)* } }

approaches! {
    MANY_RESOURCES "I3010" "many-resources" "Resources" resources 450 500;
    MANY_PARAMETERS "I2010" "many-parameters" "Parameters" parameters 180 200;
    MANY_OUTPUTS "I6010" "many-outputs" "Outputs" outputs 180 200;
    MANY_MAPPINGS "I7010" "many-mappings" "Mappings" mappings 180 200;
}

const DESCRIPTION: Rule = Rule {
    code: Code::new("E1003", "long-description"),
    severity: Severity::Error,
    source: SOURCE,
    explanation: "The description of a template has at most 1,024 bytes.",
    bad: &[],
    good: &["Description: short\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
    find: |context: &Context<'_>, report: &mut Report| {
        let length = context.template.description.as_ref().map_or(0, String::len);
        if length > DESCRIPTION_BYTES {
            report.at(
                "/Description",
                format!("the description has {length} bytes: a template's has at most {DESCRIPTION_BYTES}"),
            );
        }
    },
};

/// The most mappings of a template, and the most keys of a mapping.
const MOST_MAPPINGS: usize = 200;

const MAPPINGS: Rule = Rule {
    code: Code::new("E7010", "too-many-mappings"),
    severity: Severity::Error,
    source: SOURCE,
    explanation: "A template has at most 200 mappings, each of which has at most 200 keys.",
    bad: &[],
    good: &[],
    find: |context: &Context<'_>, report: &mut Report| {
        let mappings = &context.template.mappings;
        if mappings.len() > MOST_MAPPINGS {
            let message =
                format!("{} entries under `Mappings`: a template has at most {MOST_MAPPINGS}", mappings.len());
            report.at("/Mappings", message).help = Some("split the stack".into());
        }
        for (name, mapping) in mappings.iter().filter(|(_, mapping)| mapping.len() > MOST_MAPPINGS) {
            let message = format!("`{name}` has {} keys: a mapping has at most {MOST_MAPPINGS}", mapping.len());
            report.at(pointer(["Mappings", name]), message).help = Some("split the mapping".into());
        }
    },
};
