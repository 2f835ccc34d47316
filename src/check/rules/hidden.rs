//! Secrets are not written down, and parameters that hold them are hidden.

use std::collections::BTreeMap;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Case;
use crate::template::{
    Function, Intrinsic, Map, Parameter, Path, Reference, Template, Value, dynamic_references, pointer,
};

pub(super) const RULES: &[Rule] = &[PASSWORD, SHOWN];

const PASSWORD: Rule = Rule {
    code: Code::new("W2501", "password-in-the-open"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds",
    explanation: "A password is not written into a template, which everybody reads who may describe the stack: it comes from Secrets Manager, from a secure string, or from a parameter with `NoEcho`.",
    bad: &[
        "Resources: { User: { Type: AWS::IAM::User, Properties: { LoginProfile: { Password: Correct-1-horse } } } }",
        "Resources: { Login: { Type: AWS::SecretsManager::Secret, Properties: { SecretString: '{\"username\": \"app\", \"password\": \"correct-horse\"}' } } }",
        "Parameters: { Password: { Type: String } }\nResources: { User: { Type: AWS::IAM::User, Properties: { LoginProfile: { Password: !Sub '${Password}' } } } }",
    ],
    good: &[
        "Resources: { User: { Type: AWS::IAM::User, Properties: { LoginProfile: { Password: '{{resolve:secretsmanager:console:SecretString:password}}' } } } }",
    ],
    find: |context, report| {
        let template = context.template;
        let mut shown = BTreeMap::new();
        let section = Path::Start.key("Resources");
        for (id, resource) in &template.resources {
            let resource_path = section.key(id);
            let path = resource_path.key("Properties");
            passwords(template, &path, &resource.properties, &mut shown, report);
            for (name, value) in &resource.properties {
                value.walk(&path.key(name), &mut |path, value| {
                    if let Value::Map(map) = value {
                        passwords(template, path, map, &mut shown, report);
                    }
                });
            }
        }
        for (id, _) in context.resources("AWS::SecretsManager::Secret") {
            written_secret(context, id, report);
        }
        for (parameter, property) in shown {
            let message = format!("the parameter `{parameter}` is a `{property}`, and is shown to everybody");
            report.at(pointer(["Parameters", parameter]), message).help = Some("give it `NoEcho: true`".into());
        }
    },
};

/// A secret whose JSON has a password that is known to everybody who reads the template.
fn written_secret(context: &Context<'_>, id: &str, report: &mut Report) {
    let is_written = |case: &Case<'_>| {
        let json = case.value.text().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
        let password = json.as_ref().and_then(|json| json.get("password")?.as_str());
        password.is_some_and(|password| !password.is_empty() && !password.contains("{{resolve:"))
    };
    if let Some(case) = context.resolved.property(id, "SecretString").iter().find(|case| is_written(case)) {
        let place = context.resolved.place(id, case.source);
        let found = report.at(place, "the password in `SecretString` is written in the template");
        found.help = Some("let Secrets Manager make it up: `GenerateSecretString`".into());
        found.secret = true;
    }
}

/// Properties that are passwords in whatever type has them.
const PASSWORDS: &[&str] = &[
    "AccountPassword",
    "AdminPassword",
    "ADDomainJoinPassword",
    "CrossRealmTrustPrincipalPassword",
    "KdcAdminPassword",
    "Password",
    "DbPassword",
    "MasterUserPassword",
    "PasswordParam",
];

fn passwords<'t>(
    template: &'t Template,
    path: &Path<'_>,
    map: &'t Map,
    shown: &mut BTreeMap<&'t str, &'t str>,
    report: &mut Report,
) {
    for (name, value) in map.iter().filter(|(name, _)| PASSWORDS.contains(&name.as_str())) {
        password(template, name, value, &path.key(name), shown, report);
    }
}

/// One password; parameters that are one and can be seen go to `shown`, once.
fn password<'t>(
    template: &'t Template,
    property: &'t str,
    value: &'t Value,
    path: &Path<'_>,
    shown: &mut BTreeMap<&'t str, &'t str>,
    report: &mut Report,
) {
    match value {
        Value::String(text) => {
            let references: Vec<_> = dynamic_references(text).collect();
            let message = if references.is_empty() {
                format!("`{property}` is written in the template")
            } else if references.iter().any(|reference| reference.service == "ssm") {
                format!("`{property}` comes from a Systems Manager parameter that is not encrypted")
            } else {
                return;
            };
            let found = report.at(path, message);
            found.help = Some("write `{{resolve:secretsmanager:…}}`".into());
            found.secret = true;
        }
        Value::Intrinsic(Intrinsic::Call(Function::If, argument)) => {
            let outer = path.key(Function::If.long_name());
            for (index, branch) in argument.as_list().unwrap_or_default().iter().enumerate().skip(1) {
                password(template, property, branch, &outer.index(index), shown, report);
            }
        }
        Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => {
            if let Some((name, parameter)) = template.parameters.get_key_value(name)
                && !is_hidden(parameter)
                && !parameter.kind.starts_with("AWS::SSM::")
            {
                shown.entry(name).or_insert(property);
            }
        }
        Value::Intrinsic(Intrinsic::Sub(sub)) => {
            let parameters =
                sub.references().filter_map(|reference| template.parameters.get_key_value(reference.name()));
            let open = parameters.filter(|(_, parameter)| !is_hidden(parameter) && !sub_is_dynamic(sub));
            open.for_each(|(name, _)| _ = shown.entry(name).or_insert(property));
        }
        _ => {}
    }
}

/// Whether a substitution makes a dynamic reference, so that what is put in names the secret only.
fn sub_is_dynamic(sub: &crate::template::Sub) -> bool {
    sub.text().contains("{{resolve:")
}

const SHOWN: Rule = Rule {
    code: Code::new("W2010", "hidden-parameter-in-the-open"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    explanation: "`NoEcho` masks a parameter where CloudFormation shows parameters; in outputs and in metadata its value stands for everybody to read.",
    bad: &[
        "Parameters: { Token: { Type: String, NoEcho: true } }\nResources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Token: { Value: !Ref Token } }",
        "Parameters: { Token: { Type: String, NoEcho: true } }\nResources: { Queue: { Type: AWS::SQS::Queue, Metadata: { Note: !Sub 'token=${Token}' } } }",
    ],
    good: &[
        "Parameters: { Token: { Type: String, NoEcho: true } }\nResources: { Secret: { Type: AWS::SecretsManager::Secret, Properties: { SecretString: !Ref Token } } }",
    ],
    find: |context, report| {
        let template = context.template;
        if !template.parameters.values().any(is_hidden) {
            return;
        }
        let section = Path::Start.key("Metadata");
        template.metadata.iter().for_each(|(key, value)| shown_in(template, value, &section.key(key), report));
        let section = Path::Start.key("Outputs");
        for (name, output) in &template.outputs {
            shown_in(template, &output.value, &section.key(name).key("Value"), report);
        }
        let section = Path::Start.key("Resources");
        for (id, resource) in &template.resources {
            let resource_path = section.key(id);
            let path = resource_path.key("Metadata");
            resource.metadata.iter().for_each(|(key, value)| shown_in(template, value, &path.key(key), report));
        }
    },
};

fn shown_in(template: &Template, value: &Value, path: &Path<'_>, report: &mut Report) {
    value.walk(path, &mut |path, value| {
        let mut look = |reference: &Reference| {
            let name = reference.name();
            if template.parameters.get(name).is_some_and(is_hidden) {
                let found = report.at(path, format!("`{name}` has `NoEcho`, and its value can be read here"));
                found.help = Some("put it into a secret, and name the secret here".into());
            }
        };
        match value {
            Value::Intrinsic(Intrinsic::Reference(reference)) => look(reference),
            Value::Intrinsic(Intrinsic::Sub(sub)) => sub.references().for_each(look),
            _ => {}
        }
    });
}

/// Whether a parameter has `NoEcho`.
pub(super) fn is_hidden(parameter: &Parameter) -> bool {
    match &parameter.no_echo {
        Some(Value::Bool(hidden)) => *hidden,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}
