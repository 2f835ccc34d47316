//! What waits for the attachment of an internet gateway.

use std::collections::HashSet;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Intrinsic, Reference, Resource, Template, Value};

pub(super) const RULES: &[Rule] = &[BEFORE_ATTACHMENT];

const BEFORE_ATTACHMENT: Rule = Rule {
    code: Code::new("W3935", "gateway-use-before-attachment"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html#gatewayattachment",
    explanation: "A route to an internet gateway, and a public NAT gateway, want the gateway attached to the VPC. Nothing in them \
                  refers to the attachment, so `DependsOn` has to; without it they may be created first, and fail, and on \
                  deletion the attachment may go first, and fail.",
    bad: &[
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  Gateway: { Type: AWS::EC2::InternetGateway }\n  Attachment: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway } }\n  Table: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }\n  Route: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway } }",
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  Gateway: { Type: AWS::EC2::InternetGateway }\n  Attachment: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway } }\n  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/20 } }\n  Nat: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Subnet, AllocationId: eipalloc-1 } }",
    ],
    good: &[
        "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n  Gateway: { Type: AWS::EC2::InternetGateway }\n  Attachment: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway } }\n  Table: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }\n  Route: { Type: AWS::EC2::Route, DependsOn: Attachment, Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway } }\n  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/20 } }\n  Address: { Type: AWS::EC2::EIP, DependsOn: Attachment, Properties: { Domain: vpc } }\n  Nat: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Subnet, AllocationId: !GetAtt Address.AllocationId } }\n  Inner: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Subnet, ConnectivityType: private } }",
    ],
    find: |context, report| {
        for (attachment, resource) in context.resources("AWS::EC2::VPCGatewayAttachment") {
            let Some(gateway) = named(resource, "InternetGatewayId") else { continue };
            let routes =
                context.resources("AWS::EC2::Route").filter(|(_, route)| named(route, "GatewayId") == Some(gateway));
            let vpc = named(resource, "VpcId");
            let nats = context.resources("AWS::EC2::NatGateway").filter(|(_, nat)| is_public(nat));
            let nats = nats.filter(|(_, nat)| vpc.is_some() && vpc_of_subnet(context.template, nat) == vpc);
            for (id, _) in routes.chain(nats) {
                report_early(context, report, id, attachment);
            }
        }
    },
};

fn report_early(context: &Context<'_>, report: &mut Report, id: &str, attachment: &str) {
    if !waits_for(context.template, id, attachment) {
        let message =
            format!("`{id}` may be created before `{attachment}` attaches the internet gateway that it needs");
        report.resource(id, "", message).help = Some(format!("add `DependsOn: {attachment}`"));
    }
}

fn is_public(nat: &Resource) -> bool {
    nat.properties.get("ConnectivityType").and_then(Value::as_str).is_none_or(|kind| kind == "public")
}

/// The VPC of the subnet that a NAT gateway is in.
fn vpc_of_subnet<'a>(template: &'a Template, nat: &Resource) -> Option<&'a str> {
    named(template.resources.get(named(nat, "SubnetId")?)?, "VpcId")
}

/// What a property refers to.
fn named<'a>(resource: &'a Resource, property: &str) -> Option<&'a str> {
    match resource.properties.get(property)? {
        Value::Intrinsic(Intrinsic::Reference(reference)) => Some(Reference::name(reference)),
        _ => None,
    }
}

/// Whether a resource is created after another, for whatever reason.
fn waits_for(template: &Template, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (HashSet::new(), vec![from]);
    while let Some(id) = open.pop() {
        if id == to {
            return true;
        }
        let Some(resource) = template.resources.get(id).filter(|_| seen.insert(id)) else { continue };
        open.extend(resource.depends_on.iter().map(String::as_str));
        resource.each_reference(&mut |reference| open.push(reference.name()));
    }
    false
}
