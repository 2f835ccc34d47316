//! What functions give, once parameters have their defaults and allowed values, against what the property takes.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use super::formats;
use crate::check::calls::{Kinds, Placed, each_placed, function_of};
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::registry::ViolationKind;
use crate::resolve::{Case, Formula, ParameterKind, Piece, Resolution, Symbol};
use crate::template::{Function, Parameter, Value, pointer};

/// The schemas of the types, which say what a property takes.
const SOURCE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html";

macro_rules! given { ($($id:literal $name:literal $explanation:literal bad $bad:expr, good $good:expr;)*) => {
    pub(super) const RULES: &[Rule] = &[$(Rule {
        code: Code::new($id, $name),
        severity: Severity::Warning,
        source: SOURCE,
        explanation: $explanation,
        bad: $bad,
        good: $good,
        find: |context, report| report.misfits(context),
    },)*];
} }

given! {
    "W1030" "unfit-parameter"
        "A parameter may have any of its allowed values, or its default where nobody gives another. Each must be one that the property \
         takes, in the worlds in which the property is there."
        bad &[
            "Parameters: { Class: { Type: String, Default: CHEAP } }\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Ref Class } } }",
            "Parameters: { Class: { Type: String, AllowedValues: [STANDARD, CHEAP] } }\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Ref Class } } }",
            "Parameters: { Vpc: { Type: String, Default: none } }\nResources: { Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 } } }",
        ],
        good &[
            "Parameters: { Class: { Type: String, AllowedValues: [STANDARD, INFREQUENT_ACCESS] } }\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Ref Class } } }",
            "Parameters: { Subnets: { Type: CommaDelimitedList, Default: '' }, Given: { Type: String, Default: 'no' } }\nConditions: { IsGiven: !Equals [!Ref Given, 'yes'] }\nResources: { Group: { Type: AWS::RDS::DBSubnetGroup, Condition: IsGiven, Properties: { DBSubnetGroupDescription: g, SubnetIds: !Ref Subnets } } }",
            "Parameters: { Class: { Type: String, Default: '' } }\nConditions: { Chosen: !Not [!Equals [!Ref Class, '']] }\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !If [Chosen, !Ref Class, STANDARD] } } }",
        ];
    "W1031" "unfit-substitution"
        "The text that `Fn::Sub` makes must be one that the property takes."
        bad &[
            "Parameters: { Class: { Type: String, Default: X } }\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Sub 'STANDARD${Class}' } } }",
            "Resources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub '${AWS::StackName} logs' } } }",
        ],
        good &[
            "Parameters: { Class: { Type: String, Default: ARD } }\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Sub 'STAND${Class}' } } }",
            "Resources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: !Sub '/${AWS::StackName}/logs' } } }",
        ];
    "W1032" "unfit-join"
        "The text that `Fn::Join` makes must be one that the property takes."
        bad &["Resources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Join ['-', [STAND, ARD]] } } }"],
        good &["Resources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Join [_, [INFREQUENT, ACCESS]] } } }"];
    "W1033" "unfit-split"
        "The list that `Fn::Split` makes must be one that the property takes."
        bad &["Resources: { Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: !Split [',', 'a,b'] } } }"],
        good &["Resources: { Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: !Split [',', 'subnet-00000000,subnet-11111111'] } } }"];
    "W1034" "unfit-lookup"
        "What a mapping holds must be what the property takes."
        bad &["Mappings: { Classes: { prod: { Logs: CHEAP } } }\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !FindInMap [Classes, prod, Logs] } } }"],
        good &["Mappings: { Classes: { prod: { Logs: STANDARD } } }\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !FindInMap [Classes, prod, Logs] } } }"];
    "W1035" "unfit-selection"
        "The element that `Fn::Select` gives must be one that the property takes."
        bad &["Resources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Select [1, [STANDARD, CHEAP]] } } }"],
        good &["Resources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !Select [0, [STANDARD, CHEAP]] } } }"];
    "W1036" "unfit-zones"
        "`Fn::GetAZs` gives a list of the names of zones."
        bad &["Resources: { Group: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: mine, SecurityGroupIngress: !GetAZs '' } } }"],
        good &["Resources: { Group: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { MinSize: '1', MaxSize: '1', InstanceId: i-00000000, AvailabilityZones: !GetAZs '' } } }"];
    "W1040" "unfit-json-text"
        "The text that `Fn::ToJsonString` makes must be one that the property takes."
        bad &["Transform: AWS::LanguageExtensions\nResources: { Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupClass: !ToJsonString [a] } } }"],
        good &["Transform: AWS::LanguageExtensions\nResources: { Note: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !ToJsonString [a] } } }"];
}

/// What a function gives that a property does not take.
#[derive(Clone, Debug)]
pub(in crate::check) struct Misfit {
    /// The code of the rule that tells it.
    pub code: &'static str,
    /// Where, as a pointer into the template.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// A way out.
    pub help: Option<String>,
}

/// Everything that functions give and properties do not take.
pub(in crate::check) fn misfits(context: &Context<'_>) -> Vec<Misfit> {
    let mut found = Vec::new();
    each_placed(context, &mut |placed| {
        found.extend(formats::mismatch(context, placed));
        if let Some((function, code)) = function_of(placed.value).and_then(|function| Some((function, code(function)?)))
        {
            found.extend(misfit(context, placed, function, code));
        }
    });
    found
}

/// The code of the rule about what a function gives.
fn code(function: Function) -> Option<&'static str> {
    Some(match function {
        Function::Ref => "W1030",
        Function::Sub => "W1031",
        Function::Join => "W1032",
        Function::Split => "W1033",
        Function::FindInMap => "W1034",
        Function::Select => "W1035",
        Function::GetAzs => "W1036",
        Function::ToJsonString => "W1040",
        _ => return None,
    })
}

/// Keywords that say something of a value beyond its type.
const TELLING: &[&str] = &[
    "$ref",
    "enum",
    "const",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "format",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "enumCaseInsensitive",
    "items",
];

fn misfit<'a>(
    context: &Context<'a>,
    placed: &Placed<'_, 'a>,
    function: Function,
    code: &'static str,
) -> Option<Misfit> {
    let schema = placed.schema;
    let is_typed = function == Function::FindInMap && schema["type"].is_string();
    if !is_typed && !TELLING.iter().any(|keyword| schema.get(*keyword).is_some()) {
        return None;
    }
    let found = |path, message, help| Some(Misfit { code, path, message, help });
    let here = || placed.path.to_string();
    if function == Function::GetAzs {
        let items = placed.facts.member(schema, "*").map(|items| Kinds::of_property(placed.facts.resolve(items)));
        let is_misfit = items.is_some_and(|items| !items.meets(Kinds::TEXT));
        return is_misfit.then(|| {
            found(here(), "`Fn::GetAZs` gives the names of zones, and the list holds no text".into(), None)
        })?;
    }
    for case in context.resolved.value(placed.value, placed.under) {
        for given in values(context, &case) {
            if !context.resolved.is_possible(given.when) {
                continue;
            }
            let fault = |value: &Json| placed.facts.fault(schema, &placed.place(), value);
            if given.or.as_ref().is_some_and(|other| fault(other).is_none()) {
                continue;
            }
            if let Some(fault) = fault(&given.value) {
                let message = match given.hidden {
                    true => "is not what the property takes".to_owned(),
                    false => fault.message,
                };
                let help = fault.help.filter(|_| !given.hidden);
                // What the declaration could have excluded is to be mended there.
                let declared = given.declared.filter(|_| is_of_declaration(fault.kind));
                return match declared {
                    Some(declared) => found(declared, format!("{message}, where `{}` takes it", placed.owner()), help),
                    None => found(here(), format!("{}: {message}", given.origin), help),
                };
            }
        }
    }
    None
}

/// Whether a parameter's declaration can say as much: by allowed values, a pattern, bounds.
fn is_of_declaration(kind: ViolationKind) -> bool {
    matches!(kind, ViolationKind::NotInEnum | ViolationKind::Pattern | ViolationKind::NumberRange)
}

/// A value that a function may give.
struct Given {
    when: Formula,
    value: Json,
    /// What it may be as well: it is wrong only if that is, too.
    or: Option<Json>,
    /// Where it comes from, in words.
    origin: String,
    /// Where a parameter declares it.
    declared: Option<String>,
    /// Whether it must not be shown.
    hidden: bool,
}

/// What a case may be once parameters have values.
fn values<'a>(context: &Context<'a>, case: &Case<'a>) -> Vec<Given> {
    match &case.value {
        Resolution::Symbol(Symbol::Parameter { name, parameter }) => of_parameter(context, name, parameter, case),
        Resolution::Mixed(pieces) => {
            let text: Option<Vec<Cow<'_, str>>> = pieces.iter().map(|piece| default_of(piece, 0)).collect();
            let other: Option<Vec<Cow<'_, str>>> = pieces.iter().map(|piece| default_of(piece, 1)).collect();
            let by_default = pieces.iter().any(|piece| matches!(piece, Piece::Symbol(Symbol::Parameter { .. })));
            let hidden = pieces.iter().any(
                |piece| matches!(piece, Piece::Symbol(Symbol::Parameter { parameter, .. }) if is_hidden(parameter)),
            );
            let given = |text: Vec<Cow<'_, str>>| Given {
                when: case.when,
                value: Json::String(text.concat()),
                or: other.clone().map(|text| Json::String(text.concat())),
                origin: match by_default {
                    true => "with the defaults of the parameters".to_owned(),
                    false => "whatever the stack is called, and wherever it is".to_owned(),
                },
                declared: None,
                hidden,
            };
            text.map(given).into_iter().collect()
        }
        resolution => {
            let origin = "what the function gives".to_owned();
            let given = |value| Given { when: case.when, value, or: None, origin, declared: None, hidden: false };
            literal(resolution).map(given).into_iter().collect()
        }
    }
}

fn is_hidden(parameter: &Parameter) -> bool {
    parameter.no_echo.as_ref().is_some_and(|value| *value != Value::Bool(false) && value.as_str() != Some("false"))
}

/// Of what stands for the stack there are two examples, as unlike each other as they can be.
fn default_of<'p>(piece: &'p Piece<'_>, example: usize) -> Option<Cow<'p, str>> {
    let pseudo = |name: &str| {
        let examples = match name {
            "AWS::AccountId" => ["111122223333", "999988887777"],
            "AWS::Partition" => ["aws", "aws-us-gov"],
            "AWS::Region" => ["us-east-1", "ap-southeast-2"],
            "AWS::StackName" => ["s", "Some-stack-of-27-characters"],
            "AWS::URLSuffix" => ["amazonaws.com", "amazonaws.com.cn"],
            _ => return None,
        };
        examples.get(example).copied().map(Cow::Borrowed)
    };
    match piece {
        Piece::Symbol(Symbol::Pseudo(name)) => pseudo(name),
        Piece::Text(text) => Some(Cow::Borrowed(text)),
        Piece::Symbol(Symbol::Parameter { parameter, .. }) if !ParameterKind::of(parameter).is_stored() => {
            spelled(parameter.default.as_ref()?).map(Cow::Owned)
        }
        Piece::Symbol(_) => None,
    }
}

fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// The values of a parameter that its declaration names: those that are allowed, or the default and the bounds.
fn of_parameter<'a>(context: &Context<'a>, name: &str, parameter: &Parameter, case: &Case<'a>) -> Vec<Given> {
    let kind = ParameterKind::of(parameter);
    if kind.is_stored() {
        return Vec::new();
    }
    let allowed = parameter.allowed_values.iter().enumerate();
    let mut named: Vec<(&Value, &str, String)> =
        allowed.map(|(index, value)| (value, "allowed value", format!("AllowedValues/{index}"))).collect();
    if named.is_empty() {
        let others = [
            (&parameter.default, "default", "Default"),
            (&parameter.min_value, "least value", "MinValue"),
            (&parameter.max_value, "greatest value", "MaxValue"),
        ];
        named
            .extend(others.iter().filter_map(|(value, words, key)| Some((value.as_ref()?, *words, (*key).to_owned()))));
    }
    let given = |(value, words, key): (&Value, &str, String)| {
        let text = spelled(value)?;
        // An empty list by default says that none is given; what goes by a condition is then not used.
        if key == "Default" && kind.is_list() && text.is_empty() && !context.resolved.always(case.when) {
            return None;
        }
        let here = match kind.is_list() {
            true => Formula::TRUE,
            false => context.resolved.equal(&case.value, &Resolution::Text(Cow::Owned(text.clone()))),
        };
        let value = match kind.is_list() {
            true => json!(text.split(',').map(str::trim).collect::<Vec<_>>()),
            false => Json::String(text),
        };
        Some(Given {
            when: context.resolved.and(case.when, here),
            value,
            or: None,
            origin: format!("the {words} of `{name}`"),
            declared: Some(format!("{}/{key}", pointer(["Parameters", name]))),
            hidden: is_hidden(parameter),
        })
    };
    named.into_iter().filter_map(given).collect()
}

/// A value that is known as a whole.
fn literal(resolution: &Resolution<'_>) -> Option<Json> {
    match resolution {
        Resolution::Bool(value) => Some(json!(value)),
        Resolution::Number(number) => Some(Json::Number(number.clone())),
        Resolution::Text(text) => Some(Json::String(text.to_string())),
        Resolution::List(elements) => {
            let is_certain = elements.windows(2).all(|pair| pair[0].index != pair[1].index);
            let values = elements.iter().map(|element| literal(&element.value)).collect::<Option<Vec<_>>>();
            values.filter(|_| is_certain).map(Json::Array)
        }
        _ => None,
    }
}
