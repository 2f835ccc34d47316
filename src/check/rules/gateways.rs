//! What waits for the attachment of an internet gateway.

use super::known::{absent, is, targets, tell};
use super::networks::{vpcs, vpcs_of_subnets};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

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
        const GATEWAY: &[&str] = &["AWS::EC2::InternetGateway"];
        let gateways = |id: &str, path: &str| targets(context, id, path, GATEWAY);
        for (attachment, _) in context.resources("AWS::EC2::VPCGatewayAttachment") {
            let attached = vpcs(context, attachment);
            for gateway in gateways(attachment, "InternetGatewayId") {
                for (id, _) in context.resources("AWS::EC2::Route") {
                    for to in gateways(id, "GatewayId").into_iter().filter(|to| to.id == gateway.id) {
                        report_early(context, report, (id, attachment), context.resolved.and(gateway.when, to.when));
                    }
                }
                for (id, _) in context.resources("AWS::EC2::NatGateway") {
                    let near = vpcs_of_subnets(context, id, "SubnetId").into_iter();
                    let near = near.filter(|(vpc, _)| attached.iter().any(|(attached, _)| attached == vpc));
                    for (_, there) in near {
                        let public = is_public(context, id);
                        let when = context.resolved.and(gateway.when, context.resolved.and(there, public));
                        report_early(context, report, (id, attachment), when);
                    }
                }
            }
        }
    },
};

fn report_early(context: &Context<'_>, report: &mut Report, (id, attachment): (&str, &str), when: Formula) {
    if !context.resolved.waits(id, attachment, when) {
        let message =
            format!("`{id}` may be created before `{attachment}` attaches the internet gateway that it needs");
        if let Some(found) = tell(context, report, (id, "", None), when, message) {
            found.help = Some(format!("add `DependsOn: {attachment}`"));
        }
    }
}

/// Where a NAT gateway is a public one.
fn is_public(context: &Context<'_>, nat: &str) -> Formula {
    let public = is(context, nat, "ConnectivityType", &|kind| kind == "public");
    context.resolved.or(public, absent(context, nat, "ConnectivityType"))
}
