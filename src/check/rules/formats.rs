//! What a reference identifies, against what the property is to identify.

use serde_json::Value as Json;

use super::given::Misfit;
use crate::check::calls::{Kinds, Placed, kind_of};
use crate::check::context::Context;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Intrinsic, Reference, Resource, Value};

pub(super) const RULES: &[Rule] = &[OF_ATTRIBUTE, OF_REFERENCE];

const OF_ATTRIBUTE: Rule = Rule {
    code: Code::new("E1040", "attribute-of-another-kind"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html",
    explanation: "Where a property takes the id, the name or the ARN of something, an attribute that identifies something else, or \
                  the same by other means, is refused by the service.",
    bad: &[
        "Resources:\n  Group: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: mine, VpcId: vpc-00000000 } }\n  Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !GetAtt Group.VpcId, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8 } }",
    ],
    good: &[
        "Resources:\n  Group: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: mine, VpcId: vpc-00000000 } }\n  Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !GetAtt Group.GroupId, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8 } }",
    ],
    find: |context, report| report.misfits(context),
};

const OF_REFERENCE: Rule = Rule {
    code: Code::new("E1041", "reference-of-another-kind"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html",
    explanation: "What `Ref` of a resource gives is told by its type: the id of a subnet, the name of a role, the ARN of a topic. A \
                  property that takes something else refuses it. A security group that names no VPC gives its name.",
    bad: &[
        "Resources:\n  Topic: { Type: AWS::SNS::Topic }\n  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Topic, CidrBlock: 10.0.0.0/24 } }",
    ],
    good: &[
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 } }",
    ],
    find: |context, report| report.misfits(context),
};

/// A reference to what a property is not to identify.
pub(super) fn mismatch(context: &Context<'_>, placed: &Placed<'_, '_>) -> Option<Misfit> {
    let wanted = one_name(placed.schema["format"].as_str()?);
    let Value::Intrinsic(Intrinsic::Reference(reference)) = placed.value else { return None };
    // What is of another kind altogether is told as that.
    if !kind_of(context, placed.value).meets(Kinds::of_property(placed.schema)) {
        return None;
    }
    let resource = context.template.resources.get(reference.name())?;
    let (code, given, name) = match reference {
        Reference::GetAtt(name, attribute) => {
            ("E1040", of_attribute(context, resource, attribute)?, format!("!GetAtt {name}.{attribute}"))
        }
        Reference::Ref(name) => ("E1041", of_ref(context, resource)?, format!("!Ref {name}")),
    };
    if given.contains(&wanted) {
        return None;
    }
    let gives = match given.as_slice() {
        [] => format!("`{name}` is not what is wanted here"),
        given => format!("`{name}` gives {}", given.join(" or ")),
    };
    let message = format!("{gives}, and the property takes {wanted}");
    let help = near(context, reference.name(), resource, wanted);
    Some(Misfit { code, path: placed.path.to_string(), message, help })
}

/// The same format has two names in the published schemas.
fn one_name(format: &str) -> &str {
    if format == "AWS::EC2::SecurityGroup.GroupId" { "AWS::EC2::SecurityGroup.Id" } else { format }
}

/// The formats that a schema says.
fn formats(schema: &Json) -> Vec<&str> {
    let others = schema["anyOf"].as_array().into_iter().flatten();
    let all = [schema].into_iter().chain(others).filter_map(|schema| schema["format"].as_str());
    all.map(one_name).collect()
}

/// What an attribute identifies; none where that is not the type's to know.
fn of_attribute(context: &Context<'_>, resource: &Resource, attribute: &str) -> Option<Vec<&'static str>> {
    /// What they give is whatever somebody put there.
    const FREE: &[&str] = &[
        "AWS::CloudFormation::CustomResource",
        "AWS::CloudFormation::Stack",
        "AWS::Serverless::Application",
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
    ];
    let facts = context.facts(resource)?;
    if FREE.contains(&facts.name) || (facts.name, attribute) == ("AWS::SSM::Parameter", "Value") {
        return None;
    }
    let schema = facts.attribute_named(attribute)?.schema?;
    Some(formats(facts.resolve(schema)))
}

/// What `Ref` identifies; none where that is not the type's to know.
fn of_ref(context: &Context<'_>, resource: &Resource) -> Option<Vec<&'static str>> {
    let facts = context.facts(resource).filter(|facts| !crate::registry::is_open(facts.name))?;
    if facts.name == "AWS::EC2::SecurityGroup" {
        let is_in_vpc = resource.properties.contains_key("VpcId");
        return Some(vec![if is_in_vpc { "AWS::EC2::SecurityGroup.Id" } else { "AWS::EC2::SecurityGroup.Name" }]);
    }
    let given = facts.ref_format();
    Some(given.schema.map(|schema| formats(facts.resolve(schema))).unwrap_or_default())
}

/// What of the same resource gives what is wanted.
fn near(context: &Context<'_>, name: &str, resource: &Resource, wanted: &str) -> Option<String> {
    let facts = context.facts(resource)?;
    if of_ref(context, resource)?.contains(&wanted) {
        return Some(format!("write `!Ref {name}`"));
    }
    let attributes = facts.attributes();
    let fits = |schema: &Json| formats(facts.resolve(schema)).contains(&wanted);
    let attribute = attributes.named.iter().find(|attribute| attribute.schema.is_some_and(fits))?;
    Some(format!("write `!GetAtt {name}.{}`", attribute.name))
}
