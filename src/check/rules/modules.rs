//! Modules: what they are replaced by has its own policies.

use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve;

pub(super) const RULES: &[Rule] = &[MODULE];

const MODULE: Rule = Rule {
    code: Code::new("E5001", "attribute-of-a-module"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html",
    explanation: "A module is replaced by the resources in it, so it has no creation or update policy and no tags of its own, and the metadata `AWS::CloudFormation::Module` is CloudFormation's.",
    bad: &[
        "Resources: { Mine: { Type: My::S3::Bucket::MODULE, UpdatePolicy: { EnableVersionUpgrade: true } } }",
        "Resources: { Mine: { Type: My::S3::Bucket::MODULE, Properties: { Tags: [] } } }",
        "Resources: { Mine: { Type: My::S3::Bucket::MODULE, Metadata: { 'AWS::CloudFormation::Module': {} } } }",
    ],
    good: &["Resources: { Mine: { Type: My::S3::Bucket::MODULE, Properties: { Name: a } } }"],
    find: |context, report| {
        if resolve::is_rewritten(context.template) {
            return;
        }
        for (id, resource) in context.template.resources.iter().filter(|(_, r)| r.kind.ends_with("::MODULE")) {
            let attributes = [
                ("CreationPolicy", "/CreationPolicy", resource.creation_policy.is_some()),
                ("UpdatePolicy", "/UpdatePolicy", resource.update_policy.is_some()),
                ("Tags", "/Properties/Tags", resource.properties.contains_key("Tags")),
            ];
            for (name, path, _) in attributes.into_iter().filter(|(.., is_given)| *is_given) {
                let found = report.resource(id, path, format!("a module has no `{name}` of its own"));
                found.help = Some("override it on a resource of the module".into());
            }
            if resource.metadata.contains_key("AWS::CloudFormation::Module") {
                let message = "`AWS::CloudFormation::Module` is written by CloudFormation only";
                report.resource(id, "/Metadata", message).help = Some("give it another name".into());
            }
        }
    },
};
