//! What is not modelled, and what it may change.

use super::{HashMap, Model, Term};

impl<'a> Model<'a> {
    /// What is not modelled and gets a resource by its name, so that it may change what holds for it: a nested stack or a
    /// custom resource may add rules to a group, routes to a table.
    pub fn toucher(&self, term: &Term<'a>) -> Option<&'a str> {
        let id = match term {
            Term::Own(id) => id,
            Term::DefaultGroup(vpc) => {
                let id = vpc.own()?;
                return self.emptied_by(id).or_else(|| self.toucher(vpc));
            }
            Term::DefaultVpc | Term::Given(_) => return None,
        };
        self.touched.get_or_init(|| self.touched_by_all()).get(id).copied()
    }

    /// Whether it is a default group whose rules are taken out.
    pub fn is_emptied(&self, group: &Term<'a>) -> bool {
        matches!(group, Term::DefaultGroup(vpc) if vpc.own().is_some_and(|id| self.emptied_by(id).is_some()))
    }

    /// What takes the rules out of the default group of a VPC.
    fn emptied_by(&self, vpc: &str) -> Option<&'a str> {
        self.of_kind(EMPTIES_DEFAULT_GROUP).find(|id| {
            let mut names = false;
            self.resolved.each_reference(id, &mut |name, _, _, _| names |= name == vpc);
            names
        })
    }

    fn touched_by_all(&self) -> HashMap<&'a str, &'a str> {
        let mut touched = HashMap::default();
        let resources = &self.resolved.template().resources;
        for (id, _) in resources.iter().filter(|(_, resource)| is_foreign(&resource.kind)) {
            self.resolved.each_reference(id, &mut |name, _, _, _| {
                touched.entry(name).or_insert(id.as_str());
            });
        }
        touched
    }

    /// A macro that may have changed anything, if there is one.
    pub fn foreign_macro(&self) -> Option<String> {
        let template = self.resolved.template();
        let names = template.transform.iter().map(|value| match value {
            crate::template::Value::Map(map) => {
                map.get("Name").and_then(|name| name.as_str()).unwrap_or("?").to_owned()
            }
            value => value.as_str().unwrap_or("?").to_owned(),
        });
        let named = names.into_iter().find(|name| !keeps_to_its_own(name));
        named.or_else(|| template.resource_macros.keys().next().cloned())
    }
}

/// Whether a macro makes resources of types of its own, and leaves the others as they are: that of SAM makes functions, roles
/// and APIs, that of Secrets Manager functions that rotate.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-serverless.html>
fn keeps_to_its_own(name: &str) -> bool {
    name == "AWS::LanguageExtensions" || name == "AWS::Serverless-2016-10-31" || name.starts_with("AWS::SecretsManager")
}

/// The custom resource that the AWS CDK makes with every VPC. It takes all rules out of the default security group.
///
/// Source: <https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.Vpc.html>, `restrictDefaultSecurityGroup`
const EMPTIES_DEFAULT_GROUP: &str = "Custom::VpcRestrictDefaultSG";

/// Whether it is code, or a template of its own, that decides what such a resource does.
fn is_foreign(kind: &str) -> bool {
    // It touches nothing of a VPC but its default group.
    if kind == EMPTIES_DEFAULT_GROUP {
        return false;
    }
    !kind.starts_with("AWS::")
        || kind.ends_with("::MODULE")
        || matches!(
            kind,
            "AWS::CloudFormation::Stack" | "AWS::CloudFormation::CustomResource" | "AWS::Serverless::Application"
        )
}
