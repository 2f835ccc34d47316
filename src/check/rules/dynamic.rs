//! Dynamic references: how they are written, where they may stand, and where they should.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{DynamicReference, Intrinsic, Path, Value, dynamic_references};

pub(super) const RULES: &[Rule] =
    &[MALFORMED, SECURE_ELSEWHERE, SECRET_ELSEWHERE, SECRET_FOR_ARN, SPACED, BY_PARAMETER];

const PAGE: &str = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html";
const SECURE_PAGE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html";
const SECRET_PAGE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html";

/// A proxy with this secret.
macro_rules! secret_arn {
    ($arn:literal) => {
        concat!(
            "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000000, subnet-11111111], Auth: [{ AuthScheme: SECRETS, SecretArn: ",
            $arn,
            " }] } } }"
        )
    };
}

/// A directory with this password.
macro_rules! password {
    ($password:literal) => {
        concat!(
            "Parameters: { Password: { Type: String, NoEcho: true } }\nResources: { Directory: { Type: AWS::DirectoryService::SimpleAD, Properties: { ",
            "Name: corp.example.com, Size: Small, VpcSettings: { VpcId: vpc-00000000, SubnetIds: [subnet-00000000, subnet-11111111] }, Password: ",
            $password,
            " } } }"
        )
    };
}

/// The properties that take secure strings of Systems Manager.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html>
const SECURE: &[(&str, &str)] = &[
    ("AWS::DirectoryService::MicrosoftAD", "Password"),
    ("AWS::DirectoryService::SimpleAD", "Password"),
    ("AWS::ElastiCache::ReplicationGroup", "AuthToken"),
    ("AWS::IAM::User", "LoginProfile/Password"),
    ("AWS::KinesisFirehose::DeliveryStream", "RedshiftDestinationConfiguration/Password"),
    ("AWS::OpsWorks::App", "AppSource/Password"),
    ("AWS::OpsWorks::Stack", "CustomCookbooksSource/Password"),
    ("AWS::OpsWorks::Stack", "RdsDbInstances/DbPassword"),
    ("AWS::RDS::DBCluster", "MasterUserPassword"),
    ("AWS::RDS::DBInstance", "MasterUserPassword"),
    ("AWS::Redshift::Cluster", "MasterUserPassword"),
];

/// The type of the resource that a path leads into, and the names of the properties on the way; none where a function
/// other than `Fn::If` is on it, or where it leads elsewhere.
fn property<'a>(context: &Context<'a>, path: &Path<'_>) -> Option<(&'a str, String)> {
    let mut keys: Vec<&str> = path.keys().collect();
    keys.reverse();
    let ["Resources", id, "Properties", rest @ ..] = keys.as_slice() else { return None };
    let names: Vec<&str> = rest.iter().copied().filter(|key| *key != "Fn::If").collect();
    let is_plain = !names.iter().any(|key| key.starts_with("Fn::") || *key == "Ref");
    is_plain.then_some((context.template.resources.get(*id)?.kind.as_str(), names.join("/")))
}

fn is_in_function(path: &Path<'_>) -> bool {
    path.keys().any(|key| key.starts_with("Fn::") && key != "Fn::If")
}

/// Calls `visit` on each dynamic reference that stands outside functions.
fn each<'a>(context: &Context<'a>, visit: &mut dyn FnMut(&Path<'_>, DynamicReference<'a>)) {
    context.template.walk(&mut |path, value| {
        if let Value::String(text) = value
            && text.contains("{{resolve:")
            && !is_in_function(path)
        {
            dynamic_references(text).for_each(|reference| visit(path, reference));
        }
    });
}

const MALFORMED: Rule = Rule {
    code: Code::new("E1050", "malformed-dynamic-reference"),
    severity: Severity::Error,
    source: PAGE,
    explanation: "A dynamic reference is `{{resolve:ssm:name:version}}`, likewise `ssm-secure`, or \
                  `{{resolve:secretsmanager:id-or-arn:SecretString:json-key:stage:version}}`, from the right as much left out as \
                  is not needed.",
    bad: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{resolve:ssm:name:latest}}' } } }",
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{resolve:smm:name}}' } } }",
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{resolve:secretsmanager:name:password}}' } } }",
    ],
    good: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{resolve:ssm:/a/name:2}}' } } }",
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{resolve:secretsmanager:name:SecretString:display}}' } } }",
    ],
    find: |context, report| {
        each(context, &mut |path, reference| {
            if let Some(message) = fault(reference) {
                report.at(path, message).help = Some("see the forms in the explanation of this rule".into());
            }
        });
    },
};

fn fault(reference: DynamicReference<'_>) -> Option<String> {
    let parts: Vec<&str> = reference.key.split(':').collect();
    match (reference.service, parts.as_slice()) {
        ("ssm" | "ssm-secure", [name] | [name, _]) if name.is_empty() => {
            Some("the reference names no parameter".into())
        }
        ("ssm" | "ssm-secure", [_]) => None,
        ("ssm" | "ssm-secure", [_, version]) => {
            let is_version = !version.is_empty() && version.bytes().all(|digit| digit.is_ascii_digit());
            (!is_version).then(|| format!("`{version}` is no version of a parameter: versions are numbers"))
        }
        ("ssm" | "ssm-secure", _) => Some("a parameter is named by its name and its version, and nothing more".into()),
        ("secretsmanager", ["arn", arn @ ..]) => match arn {
            [_, _, _, _, "secret", _, rest @ ..] => secret_fault(rest),
            _ => Some("this is no ARN of a secret".into()),
        },
        ("secretsmanager", [_, rest @ ..]) => secret_fault(rest),
        (service, _) => Some(format!("`{service}` is none of `ssm`, `ssm-secure` and `secretsmanager`")),
    }
}

/// What stands behind the name of a secret.
fn secret_fault(rest: &[&str]) -> Option<String> {
    match rest {
        [] => None,
        [string, ..] if !matches!(*string, "SecretString" | "") => {
            Some(format!("`{string}` stands where `SecretString` is wanted"))
        }
        rest => (rest.len() > 4).then(|| "there is nothing behind the version of a secret".into()),
    }
}

const SECURE_ELSEWHERE: Rule = Rule {
    code: Code::new("E1027", "secure-string-elsewhere"),
    severity: Severity::Error,
    source: SECURE_PAGE,
    explanation: "Secure strings of Systems Manager are resolved in a few properties only, all of them passwords.",
    bad: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{resolve:ssm-secure:name:1}}' } } }",
    ],
    good: &[
        "Resources: { User: { Type: AWS::IAM::User, Properties: { LoginProfile: { Password: '{{resolve:ssm-secure:name:1}}' } } } }",
    ],
    find: |context, report| {
        each(context, &mut |path, reference| {
            let is_secure = |(kind, names): (&str, String)| SECURE.contains(&(kind, names.as_str()));
            if reference.service == "ssm-secure" && !property(context, path).is_some_and(is_secure) {
                let found = report.at(path, "a secure string cannot be resolved here");
                found.help = Some("keep it in Secrets Manager: `{{resolve:secretsmanager:…}}`".into());
            }
        });
    },
};

const SECRET_ELSEWHERE: Rule = Rule {
    code: Code::new("E1051", "secret-outside-properties"),
    severity: Severity::Error,
    source: SECRET_PAGE,
    explanation: "References to Secrets Manager are resolved in the properties of resources, and nowhere else.",
    bad: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic } }\nOutputs: { Name: { Value: '{{resolve:secretsmanager:name}}' } }",
    ],
    good: &[
        "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{resolve:secretsmanager:name}}' } } }",
    ],
    find: |context, report| {
        each(context, &mut |path, reference| {
            if reference.service == "secretsmanager" && path.keys().last() == Some("Outputs") {
                let found = report.at(path, "a secret is not resolved in an output");
                found.help = Some("let whoever needs it read the secret: output its ARN".into());
            }
        });
    },
};

/// Properties that want the ARN of a secret.
const ARN_WANTED: &[&str] = &[
    "SecretArn",
    "SecretARN",
    "SecretsManagerSecretId",
    "SecretsManagerOracleAsmSecretId",
    "SecretsManagerSecurityDbEncryptionSecretId",
    "SecretsManagerConfiguration",
];

const SECRET_FOR_ARN: Rule = Rule {
    code: Code::new("W1051", "secret-for-its-arn"),
    severity: Severity::Warning,
    source: SECRET_PAGE,
    explanation: "Where a property wants the ARN of a secret, a dynamic reference puts what the secret holds in its place.",
    bad: &[secret_arn!("'{{resolve:secretsmanager:name}}'")],
    good: &[secret_arn!("'arn:aws:secretsmanager:us-east-1:111122223333:secret:name-AbCdEf'")],
    find: |context, report| {
        context.template.walk(&mut |path, value| {
            let text = match value {
                Value::String(text) => Some(text.as_str().into()),
                Value::Intrinsic(Intrinsic::Sub(sub)) => Some(std::borrow::Cow::Owned(sub.text())),
                _ => None,
            };
            let is_secret = text.is_some_and(|text: std::borrow::Cow<'_, str>| {
                dynamic_references(&text).any(|reference| reference.service == "secretsmanager")
            });
            if is_secret && property(context, path).is_some() && path.keys().any(|key| ARN_WANTED.contains(&key)) {
                let found = report.at(path, "the ARN of a secret is wanted here, and its content is given");
                found.help = Some("give the ARN: `!Ref` of the secret, or its ARN as text".into());
            }
        });
    },
};

const SPACED: Rule = Rule {
    code: Code::new("W1053", "spaces-in-dynamic-reference"),
    severity: Severity::Warning,
    source: PAGE,
    explanation: "With a space before `resolve` CloudFormation takes a dynamic reference for plain text.",
    bad: &["Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{ resolve:ssm:name }}' } } }"],
    good: &["Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: '{{resolve:ssm:name}}' } } }"],
    find: |context, report| {
        static SPACES: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"\{\{\s+resolve\s*:\s*(?:ssm|ssm-secure|secretsmanager)\s*:")
                .unwrap_or_else(|error| unreachable!("{error}"))
        });
        context.template.walk(&mut |path, value| {
            if value.as_str().is_some_and(|text| text.contains("{{") && SPACES.is_match(text)) {
                let found = report.at(path, "a dynamic reference has spaces, and is taken for plain text");
                found.help = Some("write `{{resolve:` without spaces".into());
            }
        });
    },
};

const BY_PARAMETER: Rule = Rule {
    code: Code::new("W1011", "password-by-parameter"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds",
    explanation: "A password that is given as a parameter passes through the hands and the files of whoever deploys. A dynamic reference \
                  leaves it where it is kept.",
    bad: &[password!("!Ref Password")],
    good: &[password!("!Sub '{{resolve:secretsmanager:${Password}:SecretString:password}}'")],
    find: by_parameter,
};

fn by_parameter(context: &Context<'_>, report: &mut Report) {
    context.template.walk(&mut |path, value| {
        let Value::Intrinsic(Intrinsic::Reference(crate::template::Reference::Ref(name))) = value else { return };
        if !context.template.parameters.contains_key(name) {
            return;
        }
        let Some((kind, names)) = property(context, path) else { return };
        if SECURE.contains(&(kind, names.as_str())) {
            let found = report.at(path, format!("the password is the parameter `{name}`"));
            found.help =
                Some("keep it in Secrets Manager: `{{resolve:secretsmanager:name:SecretString:password}}`".into());
        }
    });
}
