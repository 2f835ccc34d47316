//! Parameters are declared as CloudFormation declares them, and their defaults keep what they declare.

use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::check::shape::{INTEGER, Key, Shape, key};
use crate::diagnostic::{Code, Severity, suggest};
use crate::resolve::{ParameterKind, matches_pattern};
use crate::template::parse::PARAMETER_SHAPE;
use crate::template::{LogicalId, Parameter, Path, Value, is_macro, pointer};

pub(super) const RULES: &[Rule] = &[DECLARATION, TYPE, UNCHECKED_TYPE, LENGTH, DEFAULT];

const SOURCE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html";
const TYPES: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html";

/// The most bytes of a parameter's value.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const VALUE_BYTES: usize = 4096;
/// The most characters of a parameter's description.
const DESCRIPTION_CHARACTERS: usize = 4000;

const DECLARATION: Rule = Rule {
    code: PARAMETER_SHAPE,
    severity: Severity::Error,
    source: SOURCE,
    explanation: "A parameter has a name of letters and digits, and keys that its type knows: bounds of a value for numbers, bounds of a length and a pattern for text.",
    bad: &[
        "Parameters: { Stage: { Type: String, Pattern: a } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Stage } } }",
        "Parameters: { Delay: { Type: Number, MaxLength: 2 } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Ref Delay } } }",
        "Parameters: { Stage: { Type: String, NoEcho: 3 } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Stage } } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String, MaxLength: 5, AllowedPattern: '[a-z]+' } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Stage } } }",
    ],
    find: |context, report| {
        for (name, parameter) in &context.template.parameters {
            declaration(name, parameter, report);
        }
    },
};

/// The keys that a parameter has by its type, beside those that every one has.
const OF_NUMBERS: &[&str] = &["MinValue", "MaxValue"];
const OF_TEXT: &[&str] = &["AllowedPattern", "MinLength", "MaxLength"];
const ALWAYS: &[&str] = &["Type", "Default", "AllowedValues", "Description", "ConstraintDescription", "NoEcho"];

/// What cannot be seen from the model's own types.
const VALUES: &[Key] = &[
    key("MinLength", INTEGER),
    key("MaxLength", Shape::Integer(i64::MIN, VALUE_BYTES as i64)),
    key("NoEcho", Shape::Flag),
];

fn declaration(name: &str, parameter: &Parameter, report: &mut Report) {
    if is_macro(name) {
        return;
    }
    let section = Path::Start.key("Parameters");
    let path = section.key(name);
    if let Some(fault) = LogicalId::fault(name).filter(|_| name.len() <= LogicalId::MAX_LENGTH) {
        report.at(path, fault);
    }
    keys(name, parameter, report);
    bounds(parameter, &path, report);
    let values = path.key("AllowedValues");
    for (index, value) in parameter.allowed_values.iter().enumerate() {
        literal(name, value, &values.index(index), report);
    }
    if let Some(value) = &parameter.default {
        literal(name, value, &path.key("Default"), report);
    }
    let length = parameter.description.as_ref().map_or(0, |text| text.chars().count());
    if length > DESCRIPTION_CHARACTERS {
        let message = format!("the description has {length} characters: one has at most {DESCRIPTION_CHARACTERS}");
        report.at(path.key("Description"), message);
    }
}

fn bounds(parameter: &Parameter, path: &Path<'_>, report: &mut Report) {
    let given =
        [("MinLength", &parameter.min_length), ("MaxLength", &parameter.max_length), ("NoEcho", &parameter.no_echo)];
    for (shape, (key, value)) in VALUES.iter().zip(given) {
        if let Some(value) = value {
            shape.check(value, &path.key(key), &mut |at, message, _| _ = report.at(at, message));
        }
    }
    for (key, bound) in [("MinValue", &parameter.min_value), ("MaxValue", &parameter.max_value)] {
        if bound.as_ref().is_some_and(|bound| number(bound).is_none()) {
            report.at(path.key(key), format!("`{key}` is no number"));
        }
    }
}

/// A value of a parameter is text as it stands.
fn literal(name: &str, value: &Value, path: &Path<'_>, report: &mut Report) {
    if spelled(value).is_none() && *value != Value::Null {
        let found = report.at(path, format!("a value of `{name}` is {}, and must be text", value.kind()));
        let help =
            "write the value itself: parameters are given before functions are run, and a list is text with commas";
        found.help = Some(help.into());
    }
}

fn keys(name: &str, parameter: &Parameter, report: &mut Report) {
    let is_number = matches!(ParameterKind::of(parameter), ParameterKind::Number);
    let (own, foreign) = if is_number { (OF_NUMBERS, OF_TEXT) } else { (OF_TEXT, OF_NUMBERS) };
    for key in parameter.other.keys() {
        let found = report.at(pointer(["Parameters", name, key]), format!("`{key}` is no key of a parameter"));
        found.help = suggest(key, ALWAYS.iter().chain(own).copied());
    }
    let given = [
        ("AllowedPattern", parameter.allowed_pattern.is_some()),
        ("MinLength", parameter.min_length.is_some()),
        ("MaxLength", parameter.max_length.is_some()),
        ("MinValue", parameter.min_value.is_some()),
        ("MaxValue", parameter.max_value.is_some()),
    ];
    for (key, _) in given.iter().filter(|(key, is_given)| *is_given && foreign.contains(key)) {
        let message = format!("`{key}` is no key of a parameter of the type `{}`", parameter.kind);
        let found = report.at(pointer(["Parameters", name, key]), message);
        found.help = Some(format!("it may have `{}`", own.join("`, `")));
    }
}

const TYPE: Rule = Rule {
    code: Code::new("E2002", "unknown-parameter-type"),
    severity: Severity::Error,
    source: TYPES,
    explanation: "The type of a parameter is one that CloudFormation has: text, numbers, lists of them, and ids of what exists in the account.",
    bad: &[
        "Parameters: { Fifo: { Type: Boolean } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { FifoQueue: !Ref Fifo } } }",
    ],
    good: &[
        "Parameters: { Fifo: { Type: String, AllowedValues: ['true', 'false'] } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { FifoQueue: !Ref Fifo } } }",
    ],
    find: |context, report| {
        for (name, parameter) in &context.template.parameters {
            let kind = parameter.kind.as_str();
            if !kind.is_empty() && !is_type(kind) && !is_built(kind) {
                let path = pointer(["Parameters", name, "Type"]);
                let found = report.at(path, format!("there is no type `{kind}` of a parameter"));
                found.help = instead(kind);
            }
        }
    },
};

fn instead(kind: &str) -> Option<String> {
    match kind.to_ascii_lowercase().as_str() {
        "boolean" | "bool" => Some("write `String` with `AllowedValues: ['true', 'false']`".into()),
        "list" | "array" => Some("write `CommaDelimitedList`".into()),
        "integer" | "int" | "float" => Some("write `Number`".into()),
        _ => suggest(kind, SINGLE.iter().chain(["CommaDelimitedList"].iter()).copied()),
    }
}

const UNCHECKED_TYPE: Rule = Rule {
    code: Code::new("W2002", "unchecked-parameter-type"),
    severity: Severity::Warning,
    source: TYPES,
    explanation: "Of lists and of values in Systems Manager CloudFormation knows those of its own types; of others it checks nothing, where it takes them.",
    bad: &[
        "Parameters: { Name: { Type: 'AWS::SSM::Parameter::Value<Name>' } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } } }",
    ],
    good: &[
        "Parameters: { Name: { Type: 'AWS::SSM::Parameter::Value<String>' } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } } }",
    ],
    find: |context, report| {
        for (name, parameter) in &context.template.parameters {
            let kind = parameter.kind.as_str();
            if is_built(kind) && !is_type(kind) {
                let path = pointer(["Parameters", name, "Type"]);
                let found = report.at(path, format!("`{kind}` is built of a type that CloudFormation does not have"));
                found.help = Some("write it of `String`, or of an id such as `AWS::EC2::Subnet::Id`".into());
            }
        }
    },
};

/// The types of one value, of which lists and values in Systems Manager are made.
const SINGLE: &[&str] = &[
    "String",
    "Number",
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::Volume::Id",
    "AWS::EC2::VPC::Id",
    "AWS::Route53::HostedZone::Id",
    "AWS::SSM::Parameter::Name",
];
/// Those of which there is no list.
const NEVER_LISTED: &[&str] = &["AWS::EC2::KeyPair::KeyName", "AWS::SSM::Parameter::Name"];

fn is_type(kind: &str) -> bool {
    let kind = inside(kind, "AWS::SSM::Parameter::Value<").unwrap_or(kind);
    match inside(kind, "List<") {
        Some(inner) => SINGLE.contains(&inner) && !NEVER_LISTED.contains(&inner),
        None => kind == "CommaDelimitedList" || SINGLE.contains(&kind),
    }
}

/// Whether CloudFormation may take it all the same.
fn is_built(kind: &str) -> bool {
    ["AWS::SSM::Parameter::Value<", "List<"].iter().any(|outer| inside(kind, outer).is_some())
}

fn inside<'k>(kind: &'k str, outer: &str) -> Option<&'k str> {
    kind.strip_prefix(outer)?.strip_suffix('>')
}

const LENGTH: Rule = Rule {
    code: Code::new("E2011", "long-parameter"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
    explanation: "The name of a parameter has at most 255 characters, a value of it at most 4,096 bytes.",
    bad: &[],
    good: &[],
    find: |context, report| {
        for (name, parameter) in &context.template.parameters {
            if name.len() > LogicalId::MAX_LENGTH {
                let message =
                    format!("the name has {} characters: one has at most {}", name.len(), LogicalId::MAX_LENGTH);
                report.at(pointer(["Parameters", name]), message);
            }
            let values = parameter.allowed_values.iter().enumerate();
            let values = values.map(|(index, value)| (format!("AllowedValues/{index}"), value));
            for (at, value) in values.chain(parameter.default.iter().map(|value| ("Default".to_owned(), value))) {
                let bytes = value.as_str().map_or(0, str::len);
                if bytes > VALUE_BYTES {
                    let message = format!("the value has {bytes} bytes: one has at most {VALUE_BYTES}");
                    report.at(format_args!("{}/{at}", pointer(["Parameters", name])), message);
                }
            }
        }
    },
};

const DEFAULT: Rule = Rule {
    code: Code::new("E2015", "default-that-is-refused"),
    severity: Severity::Error,
    source: SOURCE,
    explanation: "The default of a parameter is a value that its own constraints allow.",
    bad: &[
        "Parameters: { Stage: { Type: String, Default: prd, AllowedValues: [uat, prod] } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Stage } } }",
        "Parameters: { Delay: { Type: Number, Default: 9, MaxValue: 5 } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Ref Delay } } }",
        "Parameters: { Stage: { Type: String, Default: Prod, AllowedPattern: '[a-z]+' } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Stage } } }",
    ],
    good: &[
        "Parameters: { Stages: { Type: CommaDelimitedList, Default: 'uat, prod', AllowedValues: [uat, prod] } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Join ['-', !Ref Stages] } } }",
        "Parameters: { Delay: { Type: Number, Default: 5, MaxValue: 5 } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: !Ref Delay } } }",
    ],
    find: |context, report| {
        for (name, parameter) in &context.template.parameters {
            let Some(default) = parameter.default.as_ref().and_then(spelled) else { continue };
            if let Some(fault) = refused(parameter, &default) {
                let secret = super::hidden::is_hidden(parameter);
                let found = report.at(pointer(["Parameters", name, "Default"]), fault);
                found.help = Some("give a default that is allowed, or allow it".into());
                found.secret = secret;
            }
        }
    },
};

/// Why a default is refused. A list is looked at value by value; one that is allowed as a whole is allowed.
fn refused(parameter: &Parameter, default: &str) -> Option<String> {
    let whole = fault(parameter, default);
    if !ParameterKind::of(parameter).is_list() {
        return whole;
    }
    let inner = default.split(',').find_map(|part| fault(parameter, part.trim()));
    whole.and(inner)
}

fn fault(parameter: &Parameter, value: &str) -> Option<String> {
    let said = if super::hidden::is_hidden(parameter) { "the default".to_owned() } else { format!("`{value}`") };
    let allowed: Option<Vec<String>> = parameter.allowed_values.iter().map(spelled).collect();
    if let Some(allowed) = allowed.filter(|allowed| !allowed.is_empty() && !allowed.iter().any(|one| one == value)) {
        let near = suggest(value, allowed.iter().map(String::as_str)).map(|near| format!("; {near}"));
        return Some(format!("{said} is none of the allowed values{}", near.unwrap_or_default()));
    }
    if let Some(pattern) = parameter.allowed_pattern.as_deref().filter(|pattern| !matches_pattern(pattern, value)) {
        return Some(format!("{said} does not match the pattern `{pattern}` as a whole"));
    }
    wrong_length(parameter, value).or_else(|| wrong_number(parameter, value)).map(|fault| format!("{said} {fault}"))
}

fn wrong_length(parameter: &Parameter, value: &str) -> Option<String> {
    let length = value.chars().count();
    let bound = |bound: &Option<Value>| bound.as_ref().and_then(number);
    if let Some(least) = bound(&parameter.min_length).filter(|least| (length as f64) < *least) {
        return Some(format!("has {length} characters, and must have at least {least}"));
    }
    let most = bound(&parameter.max_length).filter(|most| (length as f64) > *most)?;
    Some(format!("has {length} characters, and may have at most {most}"))
}

fn wrong_number(parameter: &Parameter, value: &str) -> Option<String> {
    if !matches!(ParameterKind::of(parameter), ParameterKind::Number | ParameterKind::Numbers) {
        return None;
    }
    let Ok(given) = value.trim().parse::<f64>() else { return Some("is no number".into()) };
    let bound = |bound: &Option<Value>| bound.as_ref().and_then(number);
    if let Some(least) = bound(&parameter.min_value).filter(|least| given < *least) {
        return Some(format!("is less than {least}, the least that is allowed"));
    }
    let most = bound(&parameter.max_value).filter(|most| given > *most)?;
    Some(format!("is more than {most}, the most that is allowed"))
}

fn number(value: &Value) -> Option<f64> {
    spelled(value)?.trim().parse().ok()
}

fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
