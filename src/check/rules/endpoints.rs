//! Interface endpoints, and functions in a VPC.

use super::known::{absent, empty, functions, is, on, tell};
use super::networks::{same_vpc, vpcs};
use crate::check::context::{Context, MOST_COMPARED};
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Formula, Piece};
use crate::template::{Intrinsic, Resource, Value};

pub(super) const RULES: &[Rule] = &[ENDPOINT_WITHOUT_TYPE, SAME_NAMES, HALF_VPC_CONFIG, RDS_ENDPOINT_WITHOUT_CALLER];

const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";

const ENDPOINT_WITHOUT_TYPE: Rule = Rule {
    code: Code::new("E3921", "endpoint-without-interface-type"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html",
    explanation: "An endpoint is of type `Gateway` unless said otherwise, and that type has neither subnets, security groups nor \
                  private DNS.",
    bad: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, SubnetIds: [subnet-00000001] } } }",
    ],
    good: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, SubnetIds: [subnet-00000001] } } }",
    ],
    find: |context, report| {
        for (id, _) in context.resources(ENDPOINT) {
            let gateway = is(context, id, "VpcEndpointType", &|kind| kind == "Gateway");
            let gateway = context.resolved.or(gateway, absent(context, id, "VpcEndpointType"));
            for property in ["SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"] {
                let cases = context.resolved.property(id, property).into_iter();
                let has = cases.filter(|case| !case.value.is_absent() && case.value.flag() != Some(false));
                let has = has.fold(Formula::FALSE, |any, case| context.resolved.or(any, case.when));
                let message = format!("`{id}` is a gateway endpoint, and has `{property}`");
                let at = format!("/Properties/{property}");
                let when = context.resolved.and(gateway, has);
                if let Some(found) = tell(context, report, (id, &at, None), when, message) {
                    found.help = Some("set `VpcEndpointType: Interface`".into());
                    break;
                }
            }
        }
    },
};

const SAME_NAMES: Rule = Rule {
    code: Code::new("E3064", "private-dns-twice"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html",
    explanation: "With private DNS the names of a service lead to its endpoint throughout the VPC, so that one endpoint of a service in a \
                  VPC can have it: a second one is refused, `private-dns-enabled cannot be set because there is already a conflicting \
                  DNS domain`.",
    bad: &[
        "Resources: { A: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, PrivateDnsEnabled: true } }, B: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, PrivateDnsEnabled: true } } }",
        "Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true, EnableDnsSupport: true } }, A: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: !Ref Vpc, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.sqs', VpcEndpointType: Interface, PrivateDnsEnabled: true } }, B: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: !GetAtt Vpc.VpcId, ServiceName: !Join ['.', [com.amazonaws, !Ref AWS::Region, sqs]], VpcEndpointType: Interface, PrivateDnsEnabled: 'true' } } }",
    ],
    good: &[
        "Resources: { A: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, PrivateDnsEnabled: true } }, B: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, PrivateDnsEnabled: false } } }",
        "Resources: { A: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, PrivateDnsEnabled: true } }, B: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000002, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, PrivateDnsEnabled: true } } }",
    ],
    find: |context, report| {
        let endpoints: Vec<&str> = context.resources(ENDPOINT).take(MOST_COMPARED).map(|(id, _)| id).collect();
        for (n, id) in endpoints.iter().enumerate() {
            let other = endpoints[..n].iter().find_map(|other| Some((*other, same_names(context, id, other)?)));
            if let Some((other, when)) = other {
                let message = format!("`{id}` and `{other}` both take the names of one service in one VPC");
                let at = (*id, "/Properties/PrivateDnsEnabled", None);
                if let Some(found) = tell(context, report, at, when, message) {
                    let help = format!("let everyone use `{other}`, or set `PrivateDnsEnabled: false` of one of them");
                    found.help = Some(help);
                }
            }
        }
    },
};

/// Where two endpoints are of one service in one VPC, and both have private DNS.
fn same_names(context: &Context<'_>, one: &str, other: &str) -> Option<Formula> {
    let resolved = context.resolved;
    let has = |id: &str| {
        let interface = is(context, id, "VpcEndpointType", &|kind| kind == "Interface");
        resolved.and(interface, on(context, id, "PrivateDnsEnabled"))
    };
    let both = resolved.and(has(one), has(other));
    if !resolved.is_possible(both) {
        return None;
    }
    let mut any = Formula::FALSE;
    for service in resolved.property(one, "ServiceName") {
        for same in resolved.property(other, "ServiceName") {
            if resolved.same(&service.value, &same.value) != Some(true) {
                continue;
            }
            for (vpc, here) in vpcs(context, one) {
                let there = vpcs(context, other)
                    .into_iter()
                    .filter(|(vpc_of, _)| same_vpc(context, &vpc, vpc_of) == Some(true));
                for (_, there) in there {
                    let when =
                        [service.when, same.when, here, there].into_iter().fold(both, |all, it| resolved.and(all, it));
                    any = resolved.or(any, when);
                }
            }
        }
    }
    resolved.is_certainly_possible(any).then_some(any)
}

const HALF_VPC_CONFIG: Rule = Rule {
    code: Code::new("E3922", "half-a-vpc-config"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html",
    explanation: "A function in a VPC has both subnets and security groups.",
    bad: &[
        "Resources: { F: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Runtime: python3.13, Handler: index.handler, Code: { ZipFile: x }, VpcConfig: { SubnetIds: [subnet-00000000] } } } }",
    ],
    good: &[
        "Resources: { F: { Type: AWS::Lambda::Function, Properties: { Role: 'arn:aws:iam::111122223333:role/r', Runtime: python3.13, Handler: index.handler, Code: { ZipFile: x }, VpcConfig: { SubnetIds: [subnet-00000000], SecurityGroupIds: [sg-00000000] } } } }",
    ],
    find: |context, report| {
        for (id, _) in functions(context) {
            let resolved = context.resolved;
            let [subnets, groups] =
                ["VpcConfig/SubnetIds", "VpcConfig/SecurityGroupIds"].map(|list| empty(context, id, list));
            let wrong = [
                (resolved.and(groups, resolved.not(subnets)), "subnets", "security group"),
                (resolved.and(subnets, resolved.not(groups)), "security groups", "subnet"),
            ];
            for (when, has, lacks) in wrong {
                let message = format!("`{id}` has {has} and no {lacks}");
                let at = (id, "/Properties/VpcConfig", None);
                if let Some(found) = tell(context, report, at, resolved.and(resolved.exists(id), when), message) {
                    found.help = Some("give it both, or neither".into());
                }
            }
        }
    },
};

const RDS_ENDPOINT_WITHOUT_CALLER: Rule = Rule {
    code: Code::new("N1001", "rds-endpoint-without-caller"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/vpc-interface-endpoints.html",
    explanation: "An interface endpoint for `rds` serves the RDS API, such as DescribeDBProxies. It carries no SQL: databases and \
                  proxies are reached in the VPC without any endpoint. Where nothing calls the API, it only costs.",
    bad: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.rds', VpcEndpointType: Interface, SubnetIds: [subnet-00000001] } } }",
    ],
    good: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.rds', VpcEndpointType: Interface, SubnetIds: [subnet-00000001] } }, Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: 'sts:AssumeRole' }] }, Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: 'rds:DescribeDBProxies', Resource: '*' }] } }] } } }",
    ],
    find: |context: &Context<'_>, report: &mut Report| {
        let calls = context.template.resources.values().any(|resource| calls_rds(context, resource));
        for (id, _) in context.resources(ENDPOINT).filter(|_| !calls) {
            for (_, when) in services(context, id).into_iter().filter(|(name, _)| name.ends_with(".rds")) {
                let message = format!("`{id}` serves the RDS API, and nothing here is granted an action of it");
                let at = (id, "/Properties/ServiceName", None);
                if let Some(found) = tell(context, report, at, when, message) {
                    found.help = Some("leave it out: SQL does not go through it".into());
                }
            }
        }
    },
};

/// The ends of the names that an endpoint's service can have, and where.
pub(super) fn services<'a>(context: &Context<'a>, endpoint: &str) -> Vec<(String, Formula)> {
    let cases = context.resolved.property(endpoint, "ServiceName").into_iter();
    let end = |pieces: &[Piece<'_>]| match pieces.last() {
        Some(Piece::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    cases.filter_map(|case| Some((end(&case.value.pieces()?)?, case.when))).collect()
}

/// Whether a role or policy allows an action of RDS, or names policies whose actions are not known here.
fn calls_rds(context: &Context<'_>, resource: &Resource) -> bool {
    match resource.kind.as_str() {
        "AWS::IAM::Role" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
            resource.properties.get("ManagedPolicyArns").is_some_and(|policies| names_open_policy(context, policies))
                || resource.properties.values().any(|value| value.any(&may_call_rds))
        }
        _ => false,
    }
}

/// Whether policies are named of which it is not known that they have no action of RDS: those that AWS has for functions have
/// none, and those of the template are looked at by themselves.
fn names_open_policy(context: &Context<'_>, policies: &Value) -> bool {
    let of_functions = |policy: &Value| {
        policy.any(&|part| match part {
            Value::Intrinsic(Intrinsic::Reference(reference)) => {
                context.template.resources.contains_key(reference.name())
            }
            Value::String(text) => text.contains("policy/service-role/AWSLambda"),
            Value::Intrinsic(Intrinsic::Sub(sub)) => sub.text().contains("policy/service-role/AWSLambda"),
            _ => false,
        })
    };
    policies.as_list().is_none_or(|policies| !policies.iter().all(of_functions))
}

/// Whether this is a statement with an action of RDS.
fn may_call_rds(statement: &Value) -> bool {
    let Some(statement) = statement.as_map() else { return false };
    let of_rds = |action: &Value| action.as_str().is_some_and(|name| name.starts_with("rds:") || name.starts_with('*'));
    let actions = statement.get("Action");
    statement.contains_key("NotAction")
        || actions.is_some_and(|actions| actions.as_list().map_or(of_rds(actions), |list| list.iter().any(of_rds)))
}
