//! What a template means: values in worlds, conditions, references.

use formwork::resolve::{Environment, Formula, Resolved};
use formwork::template::parse::parse;

mod expand;
mod worlds;

/// What every value below is resolved against.
const AROUND: &str = "
Parameters:
  Stage: { Type: String, AllowedValues: [dev, prod] }
  Size: { Type: String }
  Ids: { Type: 'List<AWS::EC2::Subnet::Id>' }
  Given: { Type: CommaDelimitedList }
  Name: { Type: String, Default: x }
  Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b }
Mappings:
  Sizes: { dev: { Memory: 128, Zones: [a, b] }, prod: { Memory: 1024, Zones: [c, d] } }
  Places: { eu-west-1: { Ami: ami-1 }, us-east-1: { Ami: ami-2 } }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsLarge: !Equals [!Ref Size, large]
  Never: !And [!Condition IsProd, !Equals [!Ref Stage, dev]]
";

/// `value` in YAML, and each case of it, `value` and where it is so, one a line.
#[track_caller]
fn check(value: &str, expect: &str) {
    check_in(&Environment::unknown(), value, expect);
}

#[track_caller]
fn check_in(environment: &Environment, value: &str, expect: &str) {
    let resources =
        "Resources:\n  Queue: { Type: AWS::SQS::Queue }\n  Topic: { Type: AWS::SNS::Topic, Condition: IsProd }\n";
    let text = format!("{AROUND}{resources}Outputs:\n  It:\n    Value: {value}\n");
    let (template, _, findings) = parse(&text, "t.yaml");
    assert!(findings.is_empty(), "{findings:#?}");
    let resolved = Resolved::new(&template, environment);
    let cases = resolved.value(&template.outputs["It"].value, Formula::TRUE);
    let told: Vec<_> = cases.iter().map(|case| format!("{}{}", case.value, resolved.place_where(case.when))).collect();
    assert_eq!(told.join("\n"), expect, "{value}");
    let all = cases.iter().fold(Formula::FALSE, |all, case| {
        assert_eq!(resolved.and(all, case.when), Formula::FALSE, "cases exclude each other");
        resolved.or(all, case.when)
    });
    assert!(resolved.always(all), "cases are all there is");
}

#[test]
fn scalars_and_references() {
    check("5", "5");
    check("true", "true");
    check("!Ref Queue", "${Queue}");
    check("!GetAtt Queue.Arn", "${Queue.Arn}");
    check("!Ref AWS::Region", "${AWS::Region}");
    check("!Ref Stage", "${Stage}");
    check("!Ref Nothing", "${?Undeclared}");
    check("!Ref AWS::NoValue", "${AWS::NoValue}");
    let here = Environment::unknown().in_region("cn-north-1").in_account("111122223333").with_parameter("Stage", "dev");
    check_in(
        &here,
        "!Sub '${AWS::Region} ${AWS::Partition} ${AWS::URLSuffix} ${AWS::AccountId} ${Stage} ${AWS::StackName}'",
        "cn-north-1 aws-cn amazonaws.com.cn 111122223333 dev ${AWS::StackName}",
    );
    check_in(&here.with_parameter("Stored", "/c"), "!Ref Stored", "${Stored}");
}

#[test]
fn substitutions() {
    check("!Sub 'arn:${AWS::Partition}:sqs:x/${Queue.Arn}'", "arn:${AWS::Partition}:sqs:x/${Queue.Arn}");
    check("!Sub '${Queue}'", "${Queue}");
    check(
        "!Sub ['${a}-${b}', { a: 1, b: !If [IsProd, p, d] }]",
        "1-p where `IsProd` is true and `Stage` is `prod`\n1-d where `IsProd` is false and `Stage` is `dev`",
    );
    check("!Sub ['${a}', { a: !Ref AWS::NoValue }]", "${?IllFormed}");
    check("'a{{resolve:ssm:/x:1}}b'", "a{{resolve:ssm:/x:1}}b");
    check(
        "!Sub '{{resolve:secretsmanager:${Queue}:SecretString:password}}'",
        "{{resolve:secretsmanager:${Queue}:SecretString:password}}",
    );
}

#[test]
fn choices() {
    check(
        "!If [IsProd, !If [IsProd, a, b], c]",
        "a where `IsProd` is true and `Stage` is `prod`\nc where `IsProd` is false and `Stage` is `dev`",
    );
    check("!If [Never, a, b]", "b");
    check(
        "!If [IsLarge, a, b]",
        "a where `IsLarge` is true and `Size` is `large`\nb where `IsLarge` is false and `Size` is not `large`",
    );
    check("!If [IsProd, a]", "${?IllFormed}");
}

#[test]
fn joins_and_splits() {
    check("!Join ['-', [a, !Ref Queue, 3]]", "a-${Queue}-3");
    check("!Join [',', !Ref Ids]", "${Join(,; ${Ids})}");
    check(
        "!Join ['-', [a, !If [IsProd, b, !Ref AWS::NoValue], c]]",
        "a-b-c where `IsProd` is true and `Stage` is `prod`\na-c where `IsProd` is false and `Stage` is `dev`",
    );
    check("!Split [',', 'a,b']", "[a, b]");
    check("!Select [1, !Split [':', !Sub 'arn:${AWS::Partition}:x']]", "${AWS::Partition}");
    check(
        "!Select [2, !Split [':', !Sub 'arn:${AWS::Partition}:${Queue}:x']]",
        "${Select(2; ${Split(:; arn:${AWS::Partition}:${Queue}:x)})}",
    );
    check("!Select [0, !Split [':', !Sub 'arn:${Queue}:x']]", "arn");
    check("!Select [6, !Split [':', !GetAtt Queue.Arn]]", "${Select(6; ${Split(:; ${Queue.Arn})})}");
    check("!Join ['.', !Split ['-', 'a-b']]", "a.b");
    check_in(&Environment::unknown().with_parameter("Given", "a, b"), "!Join ['.', !Ref Given]", "a.b");
}

#[test]
fn selections() {
    check("!Select [1, [a, b]]", "b");
    check(
        "!Select ['0', [!If [IsProd, !Ref AWS::NoValue, a], b]]",
        "a where `IsProd` is false and `Stage` is `dev`\nb where `IsProd` is true and `Stage` is `prod`",
    );
    check("!Select [2, [a, b]]", "${?NoSuchElement}");
    check("!Select [0, !GetAZs '']", "${Select(0; ${GetAZs(${AWS::Region})})}");
    check("!Select [0, !Ref Ids]", "${Select(0; ${Ids})}");
    check("!Select [1, !Cidr [10.0.0.0/16, 3, 8]]", "10.0.1.0/24");
}

#[test]
fn address_ranges() {
    // The example of the documentation.
    check(
        "!Cidr [192.168.0.0/24, 6, 5]",
        "[192.168.0.0/27, 192.168.0.32/27, 192.168.0.64/27, 192.168.0.96/27, 192.168.0.128/27, 192.168.0.160/27]",
    );
    check("!Cidr ['2001:db8:1200::/56', 2, 64]", "[2001:db8:1200::/64, 2001:db8:1200:1::/64]");
    check("!Cidr [10.0.0.0/24, 3, 7]", "${?IllFormed}");
    check("!Cidr [10.0.0.0/24, 1, 9]", "${?IllFormed}");
    check("!Cidr [!GetAtt Queue.Arn, 1, 9]", "${Cidr(${Queue.Arn}; 1; 9)}");
}

#[test]
fn lookups() {
    check("!FindInMap [Sizes, prod, Memory]", "1024");
    check(
        "!FindInMap [Sizes, !Ref Stage, Memory]",
        "128 where `IsProd` is false and `Stage` is `dev`\n1024 where `IsProd` is true and `Stage` is `prod`",
    );
    check(
        "!Select [1, !FindInMap [Sizes, !Ref Stage, Zones]]",
        "b where `IsProd` is false and `Stage` is `dev`\nd where `IsProd` is true and `Stage` is `prod`",
    );
    check("!FindInMap [Sizes, uat, Memory]", "${?NoSuchKey}");
    check("!FindInMap [Sizes, uat, Memory, { DefaultValue: 3 }]", "3");
    check(
        "!FindInMap [Places, !Ref AWS::Region, Ami]",
        "ami-1 where `AWS::Region` is `eu-west-1`\nami-2 where `AWS::Region` is `us-east-1`\n${?NoSuchKey} where `AWS::Region` is not `eu-west-1` or `us-east-1`",
    );
    check_in(&Environment::unknown().in_region("us-east-1"), "!FindInMap [Places, !Ref AWS::Region, Ami]", "ami-2");
    check_in(
        &Environment::unknown().in_partition("aws-cn"),
        "!FindInMap [Places, !Ref AWS::Region, Ami]",
        "${?NoSuchKey}",
    );
}

#[test]
fn other_functions() {
    check("{ 'Fn::Length': [a, b] }", "2");
    check("{ 'Fn::Length': !Ref Ids }", "${Length(${Ids})}");
    check("{ 'Fn::ToJsonString': { a: [1, x] } }", "{\"a\":[1,\"x\"]}");
    check("!ImportValue a-b", "${ImportValue(a-b)}");
    check("!Base64 a", "${Base64(a)}");
    check("!Transform { Name: M }", "${?Macro}");
}

/// `None` if it depends or is not known.
#[track_caller]
fn same(one: &str, other: &str, expect: Option<bool>) {
    let resources = "Resources:\n  Queue: { Type: AWS::SQS::Queue }\n  Other: { Type: AWS::SQS::Queue }\n  Topic: { Type: AWS::SNS::Topic }\n";
    let text = format!("{AROUND}{resources}Outputs:\n  One:\n    Value: {one}\n  Other:\n    Value: {other}\n");
    let (template, ..) = parse(&text, "t.yaml");
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    let value = |name: &str| resolved.value(&template.outputs[name].value, Formula::TRUE).remove(0).value;
    assert_eq!(resolved.same(&value("One"), &value("Other")), expect, "{one} = {other}");
    assert_eq!(resolved.same(&value("Other"), &value("One")), expect, "{other} = {one}");
}

#[test]
fn what_is_the_same_and_what_differs() {
    same("a", "a", Some(true));
    same("a", "b", Some(false));
    same("5", "'5'", Some(true));
    same("!Ref Queue", "!Ref Queue", Some(true));
    same("!Ref Queue", "!Ref Other", Some(false));
    same("!GetAtt Queue.Arn", "!GetAtt Other.Arn", Some(false));
    same("!GetAtt Queue.QueueName", "!GetAtt Other.QueueName", None);
    same("!Ref Queue", "!Ref Topic", None);
    same("!Ref Queue", "https://sqs", None);
    same("!Sub 'a-${Queue}'", "!Join ['-', [a, !Ref Queue]]", Some(true));
    same("!Sub 'a-${Queue}'", "!Sub 'b-${Queue}'", Some(false));
    same("!Sub 'a-${Queue}'", "!Sub 'a-${Other}'", Some(false));
    same("!Sub '${Queue}-a'", "!Sub '${Topic}-b'", Some(false));
    same("!Sub '${Queue}a'", "!Sub '${Queue}'", Some(false));
    same("!Sub 'a-${Name}'", "!Sub 'ab-${Name}'", Some(false));
    same("!Sub 'a${Name}'", "!Sub 'ab${Size}'", None);
    same("!Sub 'a${Name}'", "ab", None);
    same("!Sub 'a${Name}'", "b", Some(false));
    same("!Select [0, !GetAZs '']", "!Select ['0', !GetAZs { Ref: AWS::Region }]", Some(true));
    same("!Select [0, !GetAZs '']", "!Select [1, !GetAZs '']", Some(false));
    same("!Select [0, !Ref Ids]", "!Select [1, !Ref Ids]", None);
    same("!Ref Stage", "uat", Some(false));
    same("!Ref Stage", "dev", None);
    same("!Ref Name", "!Ref Size", None);
    same("!Ref AWS::AccountId", "123", Some(false));
    same("[a, !Ref Queue]", "[a, !Ref Queue]", Some(true));
    same("[a]", "a", Some(false));
}
