//! Interface endpoints, and functions in a VPC.

use super::known::{absent, empty, is, on, tell};
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Formula, Piece};
use crate::template::{Resource, Value};

pub(super) const RULES: &[Rule] =
    &[ENDPOINT_WITHOUT_TYPE, HALF_VPC_CONFIG, PRIVATE_DNS_TWICE, RDS_ENDPOINT_WITHOUT_CALLER];

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
        for (id, _) in context.resources("AWS::Lambda::Function") {
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

/// Two endpoints of one service in one VPC, the second one with private DNS or not.
macro_rules! endpoints {
    ($private:literal) => {
        concat!(
            "Resources: { A: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, ",
            "VpcEndpointType: Interface, SubnetIds: [subnet-00000001], PrivateDnsEnabled: true } }, B: { Type: AWS::EC2::VPCEndpoint, ",
            "Properties: { VpcId: vpc-00000001, ServiceName: com.amazonaws.us-east-1.sqs, VpcEndpointType: Interface, ",
            "SubnetIds: [subnet-00000002], PrivateDnsEnabled: ",
            $private,
            " } } }"
        )
    };
}

const PRIVATE_DNS_TWICE: Rule = Rule {
    code: Code::new("E3926", "private-dns-twice"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
    explanation: "With private DNS the name of a service leads to its endpoint in the whole VPC, so one endpoint of a service in a \
                  VPC can have it.",
    bad: &[endpoints!("true")],
    good: &[endpoints!("false")],
    find: |context, report| {
        let ids: Vec<&str> = context.resources(ENDPOINT).map(|(id, _)| id).collect();
        for (at, id) in ids.iter().enumerate() {
            for other in &ids[..at] {
                let private = |id: &str| on(context, id, "PrivateDnsEnabled");
                let same = ["VpcId", "ServiceName"].map(|path| same(context, id, other, path));
                let both = context.resolved.and(private(id), private(other));
                let when = same.into_iter().fold(both, |all, one| context.resolved.and(all, one));
                let message = format!("`{id}` has private DNS, as `{other}` has for the same service in the same VPC");
                let at = (*id, "/Properties/PrivateDnsEnabled", None);
                if let Some(found) = tell(context, report, at, when, message) {
                    found.help = Some("give one endpoint the subnets of both".into());
                }
            }
        }
    },
};

/// In which worlds a property of two resources is certainly the same.
fn same(context: &Context<'_>, one: &str, other: &str, path: &str) -> Formula {
    let resolved = context.resolved;
    let others = resolved.property(other, path);
    let mut found = Formula::FALSE;
    for case in resolved.property(one, path) {
        for that in others.iter().filter(|that| resolved.same(&case.value, &that.value) == Some(true)) {
            found = resolved.or(found, resolved.and(case.when, that.when));
        }
    }
    found
}

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
        let calls = context.template.resources.values().any(calls_rds);
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
fn calls_rds(resource: &Resource) -> bool {
    match resource.kind.as_str() {
        "AWS::IAM::Role" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => {
            resource.properties.contains_key("ManagedPolicyArns")
                || resource.properties.values().any(|value| value.any(&may_call_rds))
        }
        _ => false,
    }
}

/// Whether this is a statement with an action of RDS.
fn may_call_rds(statement: &Value) -> bool {
    let Some(statement) = statement.as_map() else { return false };
    let of_rds = |action: &Value| action.as_str().is_some_and(|name| name.starts_with("rds:") || name.starts_with('*'));
    let actions = statement.get("Action");
    statement.contains_key("NotAction")
        || actions.is_some_and(|actions| actions.as_list().map_or(of_rds(actions), |list| list.iter().any(of_rds)))
}
