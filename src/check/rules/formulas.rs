//! Conditions and assertions are formulas, and say something.

use std::ops::RangeInclusive;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::ParameterKind;
use crate::template::{Function, Intrinsic, LogicalId, Path, Reference, Value, is_macro};

pub(super) const RULES: &[Rule] = &[CONDITION, EQUALS, AND, NOT, OR, REFERENCE, ASSERTION, RULE_CONDITION, CONSTANT];

const SECTION: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html";
const FUNCTIONS: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html";
const RULES_SECTION: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html";

/// The rule of a kind of formula. Its examples are conditions `A`, each written before a queue that goes by it.
macro_rules! formula { ($name:ident $id:literal $rule:literal $source:expr, $explanation:literal, [$($bad:literal),*], [$($good:literal),*]) => {
    const $name: Rule = Rule {
        code: Code::new($id, $rule),
        severity: Severity::Error,
        source: $source,
        explanation: $explanation,
        bad: &[$(concat!("Parameters: { Stage: { Type: String } }\nConditions: { B: !Equals [!Ref Stage, uat], A: ", $bad, " }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: A }, Other: { Type: AWS::SQS::Queue, Condition: B } }")),*],
        good: &[$(concat!("Parameters: { Stage: { Type: String } }\nConditions: { B: !Equals [!Ref Stage, uat], A: ", $good, " }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: A }, Other: { Type: AWS::SQS::Queue, Condition: B } }")),*],
        find: |context, report| find(context, $id, report),
    };
} }

formula!(CONDITION "E8001" "malformed-condition" SECTION,
    "A condition has a name of letters and digits, and is one function of conditions.",
    ["'yes, always'", "{ 'Fn::Equals': [!Ref Stage, a], 'Fn::Not': [!Condition B] }"], ["!Equals [!Ref Stage, prod]"]);
formula!(EQUALS "E8003" "malformed-equals" FUNCTIONS,
    "`Fn::Equals` compares two texts, which are literal, of parameters, or of mappings: resources and other stacks are not known when conditions are.",
    ["!Equals [!Ref Stage]", "!Equals [!Ref Stage, [prod]]", "!Equals [!Ref Stage, !ImportValue stage]"], ["!Equals [!Ref Stage, prod]"]);
formula!(AND "E8004" "malformed-and" FUNCTIONS,
    "`Fn::And` has two to ten conditions.",
    ["!And [!Condition B]", "!And [!Condition B, 'B']"], ["!And [!Condition B, !Equals [!Ref Stage, prod]]"]);
formula!(NOT "E8005" "malformed-not" FUNCTIONS,
    "`Fn::Not` has one condition, in a list.",
    ["!Not B", "!Not [!Condition B, !Condition B]"], ["!Not [!Condition B]"]);
formula!(OR "E8006" "malformed-or" FUNCTIONS,
    "`Fn::Or` has two to ten conditions.",
    ["!Or [!Condition B]"], ["!Or [!Condition B, !Equals [!Ref Stage, prod]]"]);
formula!(REFERENCE "E8007" "malformed-condition-reference" FUNCTIONS,
    "`Condition` names one other condition.",
    ["!Not [!Condition [B]]"], ["!Not [!Condition B]"]);

const ASSERTION: Rule = Rule {
    code: Code::new("E1701", "malformed-assertion"),
    severity: Severity::Error,
    source: RULES_SECTION,
    explanation: "What a rule asserts is a function of rules that is true or false.",
    bad: &["Rules: { Stages: { Assertions: [{ Assert: prod }] } }\nResources: { Queue: { Type: AWS::SQS::Queue } }"],
    good: &[
        "Parameters: { Stage: { Type: String } }\nRules: { Stages: { Assertions: [{ Assert: !Contains [[uat, prod], !Ref Stage] }] } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Rules");
        for (name, rule) in &context.template.rules {
            let path = section.key(name);
            let outer = path.key("Assertions");
            for (index, assertion) in rule.assertions.iter().enumerate() {
                let inner = outer.index(index);
                of_rule(&assertion.assert, ASSERTION.code.id, &inner.key("Assert"), report);
            }
        }
    },
};

const RULE_CONDITION: Rule = Rule {
    code: Code::new("E1702", "malformed-rule-condition"),
    severity: Severity::Error,
    source: RULES_SECTION,
    explanation: "The condition of a rule is a function of rules that is true or false.",
    bad: &[
        "Parameters: { Stage: { Type: String } }\nRules: { Stages: { RuleCondition: prod, Assertions: [{ Assert: !Contains [[uat, prod], !Ref Stage] }] } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String } }\nRules: { Stages: { RuleCondition: !Equals [!Ref AWS::Region, us-east-1], Assertions: [{ Assert: !Contains [[uat, prod], !Ref Stage] }] } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Rules");
        for (name, rule) in &context.template.rules {
            if let Some(condition) = &rule.condition {
                let path = section.key(name);
                of_rule(condition, RULE_CONDITION.code.id, &path.key("RuleCondition"), report);
            }
        }
    },
};

fn of_rule(value: &Value, code: &'static str, path: &Path<'_>, report: &mut Report) {
    let mut faults = Vec::new();
    formula(value, code, true, path, &mut faults);
    // A fault in an inner function is told in the words of that function, and counts as one of the rule.
    for fault in faults {
        report.at(fault.path, fault.message).help = fault.help;
    }
}

/// What is wrong with a formula, and the code of the function that it is wrong in.
struct Fault {
    code: &'static str,
    path: String,
    message: String,
    help: Option<String>,
}

fn find(context: &Context<'_>, code: &str, report: &mut Report) {
    let section = Path::Start.key("Conditions");
    let mut faults = Vec::new();
    for (name, value) in context.template.conditions.iter().filter(|(name, _)| !is_macro(name)) {
        let path = section.key(name);
        if let Some(message) = LogicalId::fault(name).filter(|_| !name.chars().all(is_of_condition)) {
            faults.push(Fault { code: CONDITION.code.id, path: path.to_string(), message, help: None });
        }
        formula(value, CONDITION.code.id, false, &path, &mut faults);
    }
    for fault in faults.into_iter().filter(|fault| fault.code == code) {
        report.at(fault.path, fault.message).help = fault.help;
    }
}

/// Names of conditions may have two characters more than other names.
fn is_of_condition(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '&' | '_')
}

/// Checks what must be true or false; `code` is that of what it stands in.
fn formula(value: &Value, code: &'static str, in_rule: bool, path: &Path<'_>, faults: &mut Vec<Fault>) {
    let message = match value {
        Value::Null | Value::Bool(_) => return,
        Value::String(text) if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") => return,
        Value::Intrinsic(Intrinsic::Call(function, argument)) => {
            let inner = path.key(function.long_name());
            if call(*function, argument, in_rule, &inner, faults) {
                return;
            }
            format!("`{}` is neither true nor false", function.long_name())
        }
        Value::Map(map) if map.keys().any(|key| is_macro(key)) => return,
        Value::Map(map) if map.len() == 1 => {
            format!("`{}` is no function of conditions", map.keys().map(String::as_str).collect::<String>())
        }
        Value::Map(map) => {
            let keys: Vec<&str> = map.keys().map(String::as_str).collect();
            format!("a map of `{}`, which is no function", keys.join("`, `"))
        }
        other => format!("{} is neither true nor false", other.kind()),
    };
    let help = Some("write one of `Fn::Equals`, `Fn::Not`, `Fn::And`, `Fn::Or`, `Condition`".to_owned());
    faults.push(Fault { code, path: path.to_string(), message, help });
}

/// Checks a function, unless it is none that is true or false.
fn call(function: Function, argument: &Value, in_rule: bool, path: &Path<'_>, faults: &mut Vec<Fault>) -> bool {
    match function {
        Function::And => several(argument, (AND.code.id, function, 2..=10), in_rule, path, faults),
        Function::Or => several(argument, (OR.code.id, function, 2..=10), in_rule, path, faults),
        Function::Not => several(argument, (NOT.code.id, function, 1..=1), in_rule, path, faults),
        Function::Equals => equals(argument, in_rule, path, faults),
        Function::Condition if argument.as_str().is_none() => {
            let message = format!("`Condition` is {}, and must be the name of a condition", argument.kind());
            faults.push(Fault { code: REFERENCE.code.id, path: path.to_string(), message, help: None });
        }
        Function::Condition | Function::Transform => {}
        Function::Contains | Function::EachMemberEquals | Function::EachMemberIn => return in_rule,
        _ => return false,
    }
    true
}

fn several(
    argument: &Value,
    (code, function, count): (&'static str, Function, RangeInclusive<usize>),
    in_rule: bool,
    path: &Path<'_>,
    faults: &mut Vec<Fault>,
) {
    let many = match (*count.start(), *count.end()) {
        (1, 1) => "one condition".to_owned(),
        (least, most) => format!("{least} to {most} conditions"),
    };
    let name = function.long_name();
    let mut wrong = |message: String| {
        let help = Some(format!("write `{name}: […]` with {many}"));
        faults.push(Fault { code, path: path.to_string(), message, help });
    };
    match argument {
        Value::Null => {}
        Value::List(values) => {
            if !count.contains(&values.len()) {
                wrong(format!("`{name}` has {}, and must have {many}", values.len()));
            }
            let each = values.iter().enumerate();
            each.for_each(|(index, value)| formula(value, code, in_rule, &path.index(index), faults));
        }
        other => wrong(format!("`{name}` is {}, and must be a list of {many}", other.kind())),
    }
}

fn equals(argument: &Value, in_rule: bool, path: &Path<'_>, faults: &mut Vec<Fault>) {
    let code = EQUALS.code.id;
    let mut wrong = |message: String| {
        let help = Some("write `Fn::Equals: [one, other]`".to_owned());
        faults.push(Fault { code, path: path.to_string(), message, help });
    };
    match argument {
        Value::Null => {}
        Value::List(values) => {
            if values.len() != 2 {
                wrong(format!("`Fn::Equals` has {} values, and must have two", values.len()));
            }
            for (index, value) in values.iter().enumerate() {
                if let Some(message) = incomparable(value, in_rule) {
                    faults.push(Fault { code, path: path.index(index).to_string(), message, help: None });
                }
            }
        }
        other => wrong(format!("`Fn::Equals` is {}, and must be a list of two", other.kind())),
    }
}

/// Why a value cannot be compared.
fn incomparable(value: &Value, in_rule: bool) -> Option<String> {
    let unknown = |name: &str| Some(format!("`{name}` is not known when conditions are"));
    match value {
        Value::List(_) | Value::Map(_) => Some(format!("{}, and `Fn::Equals` compares texts", value.kind())),
        Value::Intrinsic(Intrinsic::Call(function, _)) if !is_comparable(*function, in_rule) => {
            unknown(function.long_name())
        }
        Value::Intrinsic(Intrinsic::Reference(Reference::GetAtt(..))) => unknown(Function::GetAtt.long_name()),
        _ => None,
    }
}

fn is_comparable(function: Function, in_rule: bool) -> bool {
    matches!(
        function,
        Function::Ref
            | Function::FindInMap
            | Function::Sub
            | Function::Join
            | Function::Select
            | Function::Split
            | Function::Length
            | Function::ToJsonString
            | Function::Transform
    ) || in_rule && matches!(function, Function::ValueOf | Function::ValueOfAll | Function::RefAll)
}

const CONSTANT: Rule = Rule {
    code: Code::new("W8003", "condition-that-never-changes"),
    severity: Severity::Warning,
    source: FUNCTIONS,
    explanation: "A comparison of two literals, of a value with itself, or of a parameter with what it cannot be, has the same answer in every deployment.",
    bad: &[
        "Conditions: { A: !Equals ['true', 'true'] }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: A } }",
        "Parameters: { Stage: { Type: String, AllowedValues: [uat, prod] } }\nConditions: { A: !Equals [!Ref Stage, production] }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: A } }",
    ],
    good: &[
        "Parameters: { Stage: { Type: String, AllowedValues: [uat, prod] } }\nConditions: { A: !Equals [!Ref Stage, prod] }\nResources: { Queue: { Type: AWS::SQS::Queue, Condition: A } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Conditions");
        for (name, value) in &context.template.conditions {
            value.walk(&section.key(name), &mut |path, value| {
                if let Value::Intrinsic(Intrinsic::Call(Function::Equals, argument)) = value
                    && let Some([one, other]) = argument.as_list()
                    && let Some(message) = constant(context, one, other)
                {
                    let found = report.at(path.key(Function::Equals.long_name()), message);
                    found.help = Some("compare a parameter with a value that it can have".into());
                }
            });
        }
    },
};

fn constant(context: &Context<'_>, one: &Value, other: &Value) -> Option<String> {
    if let (Some(one), Some(other)) = (literal(one), literal(other)) {
        return Some(if one == other { always(&one) } else { format!("`{one}` is never `{other}`") });
    }
    if one == other {
        return Some("a value is always equal to itself".to_owned());
    }
    let (name, text) = parameter(one, other).or_else(|| parameter(other, one))?;
    let declared = context.template.parameters.get(name)?;
    let kind = ParameterKind::of(declared);
    let allowed: Option<Vec<String>> = declared.allowed_values.iter().map(literal).collect();
    let allowed = allowed.filter(|allowed| !allowed.is_empty() && !kind.is_list() && !kind.is_stored())?;
    let is_never = !allowed.contains(&text);
    is_never.then(|| format!("the parameter `{name}` is never `{text}`: that is none of its allowed values"))
}

fn always(text: &str) -> String {
    format!("`{text}` is always equal to itself")
}

/// A parameter's name, and the text that it is compared with.
fn parameter<'v>(one: &'v Value, other: &Value) -> Option<(&'v str, String)> {
    match one {
        Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => Some((name, literal(other)?)),
        _ => None,
    }
}

fn literal(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
