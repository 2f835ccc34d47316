//! Metadata that somebody reads: the console, `cfn-init`, cfn-lint.

use crate::check::rule::Rule;
use crate::check::shape::{Key, Shape, key};
use crate::diagnostic::{Code, Severity, suggest};
use crate::resolve;
use crate::template::{Map, Path, Value};

pub(super) const RULES: &[Rule] = &[INTERFACE, GROUPED, LINT, INIT];

const INTERFACE_SOURCE: &str =
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html";
const INTERFACE_KEY: &str = "AWS::CloudFormation::Interface";

const INTERFACE: Rule = Rule {
    code: Code::new("E4001", "malformed-interface"),
    severity: Severity::Error,
    source: INTERFACE_SOURCE,
    explanation: "`AWS::CloudFormation::Interface` groups parameters and gives them labels for the console.",
    bad: &[
        "Metadata: { 'AWS::CloudFormation::Interface': { Groups: [] } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
        "Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: [{ Label: Network, Parameters: [] }] } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    good: &[
        "Metadata: { 'AWS::CloudFormation::Interface': { ParameterGroups: [{ Label: { default: Names }, Parameters: [Name] }] } }\nParameters: { Name: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } } }",
    ],
    find: |context, report| {
        if let Some(value) = context.template.metadata.get(INTERFACE_KEY) {
            let section = Path::Start.key("Metadata");
            Shape::Map(INTERFACE_SHAPE).check(
                value,
                INTERFACE_KEY,
                &section.key(INTERFACE_KEY),
                &mut |at, message, help| {
                    report.at(at, message).help = help;
                },
            );
        }
    },
};

const LABEL: Shape = Shape::Map(&[key("default", Shape::Text)]);
const INTERFACE_SHAPE: &[Key] = &[
    key(
        "ParameterGroups",
        Shape::List(&Shape::Map(&[key("Label", LABEL), key("Parameters", Shape::List(&Shape::Text))])),
    ),
    key("ParameterLabels", Shape::Named(&LABEL)),
];

const GROUPED: Rule = Rule {
    code: Code::new("W4001", "interface-of-no-parameter"),
    severity: Severity::Warning,
    source: INTERFACE_SOURCE,
    explanation: "What `AWS::CloudFormation::Interface` groups and labels are parameters of the template.",
    bad: &[
        "Metadata: { 'AWS::CloudFormation::Interface': { ParameterLabels: { Nam: { default: Name } } } }\nParameters: { Name: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } } }",
    ],
    good: &[
        "Metadata: { 'AWS::CloudFormation::Interface': { ParameterLabels: { Name: { default: Name } } } }\nParameters: { Name: { Type: String } }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !Ref Name } } }",
    ],
    find: |context, report| {
        let template = context.template;
        let Some(interface) = template.metadata.get(INTERFACE_KEY).and_then(Value::as_map) else { return };
        if resolve::is_rewritten(template) {
            return;
        }
        let mut look = |name: &str, path: &Path<'_>| {
            if !template.parameters.contains_key(name) {
                let found = report.at(path, format!("there is no parameter `{name}`"));
                found.help = suggest(name, template.parameters.keys().map(String::as_str));
            }
        };
        let section = Path::Start.key("Metadata");
        let path = section.key(INTERFACE_KEY);
        let groups = path.key("ParameterGroups");
        for (index, group) in list(interface, "ParameterGroups").iter().enumerate() {
            let group_path = groups.index(index);
            let names = group_path.key("Parameters");
            let listed = group.as_map().map_or(&[][..], |group| list(group, "Parameters"));
            let listed = listed.iter().enumerate().filter_map(|(at, name)| Some((at, name.as_str()?)));
            listed.for_each(|(at, name)| look(name, &names.index(at)));
        }
        let labels = path.key("ParameterLabels");
        let names = interface.get("ParameterLabels").and_then(Value::as_map).into_iter().flat_map(Map::keys);
        names.for_each(|name| look(name, &labels.key(name)));
    },
};

fn list<'m>(map: &'m Map, key: &str) -> &'m [Value] {
    map.get(key).and_then(Value::as_list).unwrap_or_default()
}

const LINT: Rule = Rule {
    code: Code::new("W4005", "malformed-lint-settings"),
    severity: Severity::Warning,
    source: "https://github.com/aws-cloudformation/cfn-lint#template-based-metadata",
    explanation: "`Metadata.cfn-lint.config` has the keys that cfn-lint reads; `ignore_checks`, which is obeyed here too, is a list of codes.",
    bad: &[
        "Metadata: { cfn-lint: { config: { ignore_checks: E3002 } } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
        "Metadata: { cfn-lint: { config: { ignores: [E3002] } } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    good: &[
        "Metadata: { cfn-lint: { config: { ignore_checks: [E3002] } } }\nResources: { Queue: { Type: AWS::SQS::Queue } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Metadata");
        let value = context.template.metadata.get("cfn-lint");
        if let Some(value) = value {
            LINT_SHAPE.check(value, "cfn-lint", &section.key("cfn-lint"), &mut |at, message, help| {
                report.at(at, message).help = help;
            });
        }
    },
};

const LINT_SHAPE: Shape = Shape::Open(&[key("config", Shape::Map(LINT_CONFIG))]);
const LINT_CONFIG: &[Key] = &[
    key("append_rules", Shape::List(&Shape::Text)),
    key("configure_rules", Shape::Named(&Shape::Any)),
    key("ignore_bad_template", Shape::Flag),
    key("ignore_checks", Shape::List(&Shape::Text)),
    key("include_experimental", Shape::Flag),
    key("merge_configs", Shape::Flag),
    key("regions", Shape::List(&Shape::Text)),
];

const INIT: Rule = Rule {
    code: Code::new("E3009", "malformed-init"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-init.html",
    explanation: "`AWS::CloudFormation::Init` has configurations, each with the packages, groups, users, sources, files, commands and services that `cfn-init` knows.",
    bad: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { 'AWS::CloudFormation::Init': { config: { files: { /etc/motd: { contents: hello } } } } } } }",
        "Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { 'AWS::CloudFormation::Init': { config: { services: { sysvinit: { nginx: { enabled: perhaps } } } } } } } }",
    ],
    good: &[
        "Resources: { Queue: { Type: AWS::SQS::Queue, Metadata: { 'AWS::CloudFormation::Init': { configSets: { all: [config] }, config: { packages: { yum: { nginx: [] } }, files: { /etc/motd: { content: hello, mode: '000644' } }, services: { systemd: { nginx: { enabled: true } } } } } } } }",
    ],
    find: |context, report| {
        let section = Path::Start.key("Resources");
        for (id, resource) in &context.template.resources {
            let Some(value) = resource.metadata.get(INIT_KEY) else { continue };
            let (resource_path, mut told) = (section.key(id), Vec::new());
            let metadata = resource_path.key("Metadata");
            let path = metadata.key(INIT_KEY);
            match value {
                Value::Map(configs) => {
                    for (name, config) in configs.iter().filter(|(name, _)| *name != "configSets") {
                        let mut tell = |at, message, help| told.push((at, message, help));
                        Shape::Open(CONFIG).check(config, name, &path.key(name), &mut tell);
                    }
                }
                other => Shape::Open(&[]).check(other, INIT_KEY, &path, &mut |at, message, help| {
                    told.push((at, message, help));
                }),
            }
            for (at, message, help) in told {
                report.at(at, message).help = help;
            }
        }
    },
};

const INIT_KEY: &str = "AWS::CloudFormation::Init";
const TEXTS: Shape = Shape::List(&Shape::Text);
/// A version, a list of versions, or where to get it.
const PACKAGES: Shape = Shape::Named(&Shape::Any);
const SERVICES: Shape = Shape::Named(&Shape::Map(&[
    key("commands", TEXTS),
    key("enabled", Shape::Flag),
    key("ensureRunning", Shape::Flag),
    key("files", TEXTS),
    key("packages", Shape::Named(&TEXTS)),
    key("sources", TEXTS),
]));
const CONFIG: &[Key] = &[
    key(
        "packages",
        Shape::Map(&[
            key("apt", PACKAGES),
            key("msi", PACKAGES),
            key("python", PACKAGES),
            key("rpm", PACKAGES),
            key("rubygems", PACKAGES),
            key("yum", PACKAGES),
            key("zypper", PACKAGES),
        ]),
    ),
    key("groups", Shape::Named(&Shape::Map(&[key("gid", Shape::Text)]))),
    key(
        "users",
        Shape::Named(&Shape::Map(&[key("groups", TEXTS), key("homeDir", Shape::Text), key("uid", Shape::Text)])),
    ),
    key("sources", Shape::Named(&Shape::Text)),
    key(
        "files",
        Shape::Named(&Shape::Map(&[
            key("authentication", Shape::Any),
            key("content", Shape::Any),
            key("context", Shape::Any),
            key("encoding", Shape::Word(&["plain", "base64"])),
            key("group", Shape::Text),
            key("mode", Shape::Text),
            key("owner", Shape::Text),
            key("source", Shape::Text),
        ])),
    ),
    key(
        "commands",
        Shape::Named(&Shape::Map(&[
            key("command", Shape::Any),
            key("cwd", Shape::Text),
            key("env", Shape::Named(&Shape::Text)),
            key("ignoreErrors", Shape::Text),
            key("test", Shape::Text),
            key("waitAfterCompletion", Shape::Text),
        ])),
    ),
    key("services", Shape::Map(&[key("systemd", SERVICES), key("sysvinit", SERVICES), key("windows", SERVICES)])),
];
