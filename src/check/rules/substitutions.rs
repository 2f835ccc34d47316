//! `Fn::Sub`: where it is missing, where it is not needed, and where it says better what `Fn::Join` says.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Function, Intrinsic, PSEUDO_PARAMETERS, Path, Sub, SubPart, Template, Value};

pub(super) const RULES: &[Rule] = &[MISSING, UNUSED_VALUE, NEEDLESS, BARE_PSEUDO, JOIN];

const SUB_PAGE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html";

const MISSING: Rule = Rule {
    code: Code::new("E1029", "gap-in-plain-text"),
    severity: Severity::Error,
    source: SUB_PAGE,
    explanation: "`${Name}` is replaced inside `Fn::Sub` only. Elsewhere it stays as it is written, and a name, an ARN or a policy \
                  that was to have a value has a dollar sign. Text that is itself a program has gaps of its own: there only \
                  pseudo parameters and attributes count. What `DefinitionSubstitutions` of a state machine names is replaced by it.",
    bad: &[
        "Parameters: { Stage: { Type: String } }\nResources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: 'orders ${Stage}', TopicName: !Ref Stage } } }",
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: 'orders ${AWS::Region}' } } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String } }\nResources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Sub 'orders ${Stage}' } } }",
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: 'orders ${aws:username}' } } }",
    ],
    find: missing,
};

static GAP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\$\{([A-Za-z0-9_:.]+)\}").unwrap_or_else(|error| unreachable!("{error}")));

/// Properties that are programs, or templates, with gaps of their own.
const PROGRAMS: &[&str] = &["ZipFile", "FunctionCode", "InlineCode", "UserData"];

fn missing(context: &Context<'_>, report: &mut Report) {
    context.template.walk(&mut |path, value| {
        let Value::String(text) = value else { return };
        if !text.contains("${") || path.keys().any(|key| key == "TemplateBody") {
            return;
        }
        let is_program = path.keys().any(|key| PROGRAMS.contains(&key));
        let names = GAP.captures_iter(text).filter_map(|found| found.get(1)).map(|name| name.as_str());
        if let Some(name) = names.into_iter().find(|name| is_meant(context.template, name, path, is_program)) {
            let found = report.at(path, format!("`${{{name}}}` stands in plain text, and is not replaced"));
            found.help = Some("put `!Sub` before the text".into());
        }
    });
}

fn is_meant(template: &Template, name: &str, path: &Path<'_>, is_program: bool) -> bool {
    let is_definition = path.keys().any(|key| key == "DefinitionString");
    if is_definition || path.keys().any(|key| key == "Definition") {
        let id = path.keys().collect::<Vec<_>>().into_iter().rev().nth(1);
        let resource = id.and_then(|id| template.resources.get(id));
        let given = resource.and_then(|resource| resource.properties.get("DefinitionSubstitutions")?.as_map());
        if given.is_some_and(|given| given.contains_key(name)) {
            return false;
        }
    }
    let is_name = || template.parameters.contains_key(name) || template.resources.contains_key(name);
    let is_attribute = || name.split_once('.').is_some_and(|(resource, _)| template.resources.contains_key(resource));
    is_definition || PSEUDO_PARAMETERS.contains(&name) || !is_program && is_name() || is_attribute()
}

/// Calls `visit` on each substitution.
fn each_sub<'a>(template: &'a Template, visit: &mut dyn FnMut(&Path<'_>, &'a Sub)) {
    template.walk(&mut |path, value| {
        if let Value::Intrinsic(Intrinsic::Sub(sub)) = value {
            visit(path, sub);
        }
    });
}

const UNUSED_VALUE: Rule = Rule {
    code: Code::new("W1019", "unused-substitution"),
    severity: Severity::Warning,
    source: SUB_PAGE,
    explanation: "Each value that `Fn::Sub` is given is used in its text. One that is not is left over, or its gap is misspelled.",
    bad: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Sub ['orders ${AWS::Region}', { Stage: prod }] } } }",
    ],
    good: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Sub ['orders ${Stage}', { Stage: prod }] } } }",
    ],
    find: |context, report| {
        each_sub(context.template, &mut |path, sub| {
            let is_used =
                |name: &str| sub.parts.iter().any(|part| matches!(part, SubPart::Variable(used) if used == name));
            for name in sub.variables.keys().filter(|name| !is_used(name)) {
                let at = path.key("Fn::Sub");
                let at = at.index(1);
                let found =
                    report.at(at.key(name), format!("`Fn::Sub` is given `{name}`, and its text does not use it"));
                found.help = Some(format!("use it as `${{{name}}}`, or remove it"));
            }
        });
    },
};

const NEEDLESS: Rule = Rule {
    code: Code::new("W1020", "needless-substitution"),
    severity: Severity::Warning,
    source: SUB_PAGE,
    explanation: "`Fn::Sub` of a text without a gap gives the text. Either a gap is missing, or its braces are, or `Fn::Sub` is left over.",
    bad: &["Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Sub 'orders' } } }"],
    good: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Sub 'orders ${AWS::Region}' } } }",
    ],
    find: |context, report| {
        // The Serverless Application Model replaces text of its own in such a `Fn::Sub`.
        let is_serverless = |value: &Value| value.as_str() == Some("AWS::Serverless-2016-10-31");
        if context.template.transform.iter().any(is_serverless) {
            return;
        }
        each_sub(context.template, &mut |path, sub| {
            // What a loop leaves of its text differs from turn to turn.
            let is_looped = path.keys().any(|key| key.starts_with("Fn::ForEach::"));
            if !is_looped && sub.parts.iter().all(|part| matches!(part, SubPart::Text(_))) {
                let found = report.at(path, "`Fn::Sub` has a text without a gap, and does nothing");
                found.help = Some("write the text alone".into());
            }
        });
    },
};

const BARE_PSEUDO: Rule = Rule {
    code: Code::new("W1054", "pseudo-parameter-as-text"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html",
    explanation: "A pseudo parameter has a value where `Ref` or `Fn::Sub` names it. As plain text its name is passed on.",
    bad: &["Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: 'AWS::Region' } } }"],
    good: &["Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref AWS::Region } } }"],
    find: |context, report| {
        context.template.walk(&mut |path, value| {
            let Some(name) = value.as_str().filter(|text| PSEUDO_PARAMETERS.contains(text)) else { return };
            let is_name = path.keys().next().is_some_and(|key| key == "Ref");
            let section = path.keys().last();
            let is_value = section == Some("Outputs")
                || section == Some("Resources") && path.keys().any(|key| key == "Properties");
            if is_value && !is_name {
                let found = report.at(path, format!("`{name}` stands as plain text"));
                found.help = Some(format!("write `!Ref {name}`"));
            }
        });
    },
};

const JOIN: Rule = Rule {
    code: Code::new("I1022", "join-for-substitution"),
    severity: Severity::Info,
    source: SUB_PAGE,
    explanation: "`Fn::Join` with nothing between its parts says what `Fn::Sub` says in one line.",
    bad: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Join ['', ['orders ', !Ref AWS::Region]] } } }",
    ],
    good: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Sub 'orders ${AWS::Region}' } } }",
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Join ['', ['orders ', !Select [0, [a, b]]]] } } }",
    ],
    find: |context, report| {
        if context.is_of_cdk() {
            return;
        }
        context.template.walk(&mut |path, value| {
            let Value::Intrinsic(Intrinsic::Call(Function::Join, argument)) = value else { return };
            if let Some([Value::String(between), Value::List(parts)]) = argument.as_list()
                && between.is_empty()
                && parts.iter().all(is_plain)
            {
                let found = report.at(path, "`Fn::Join` with nothing between its parts is a `Fn::Sub`");
                found.help = Some("write it as one text with `!Sub`".into());
            }
        });
    },
};

fn is_plain(part: &Value) -> bool {
    match part {
        Value::Intrinsic(Intrinsic::Reference(_)) => true,
        Value::Intrinsic(Intrinsic::Sub(sub)) => sub.variables.is_empty(),
        Value::Intrinsic(Intrinsic::Call(..)) | Value::Map(_) | Value::List(_) => false,
        _ => true,
    }
}
