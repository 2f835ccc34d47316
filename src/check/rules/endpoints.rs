//! Interface endpoints, and functions in a VPC.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Intrinsic, Resource, SubPart, Value};

pub(super) const RULES: &[Rule] = &[ENDPOINT_WITHOUT_TYPE, HALF_VPC_CONFIG, RDS_ENDPOINT_WITHOUT_CALLER];

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
        for (id, endpoint) in context.resources(ENDPOINT) {
            let kind = endpoint.properties.get("VpcEndpointType");
            let gateway = kind.is_none_or(|kind| kind.as_str() == Some("Gateway"));
            let of_interfaces = ["SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"];
            let has = of_interfaces
                .iter()
                .find(|name| endpoint.properties.get(**name).is_some_and(|value| *value != Value::Bool(false)));
            if let (true, Some(property)) = (gateway, has) {
                let message = format!("`{id}` is a gateway endpoint, and has `{property}`");
                let found = report.resource(id, &format!("/Properties/{property}"), message);
                found.help = Some("set `VpcEndpointType: Interface`".into());
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
        for (id, function) in context.resources("AWS::Lambda::Function") {
            let Some(config) = function.properties.get("VpcConfig").and_then(Value::as_map) else { continue };
            let [subnets, groups] = ["SubnetIds", "SecurityGroupIds"]
                .map(|name| config.get(name).is_some_and(|value| value.as_list().is_none_or(|list| !list.is_empty())));
            if subnets != groups {
                let (has, lacks) = if subnets { ("subnets", "security group") } else { ("security groups", "subnet") };
                let found = report.resource(id, "/Properties/VpcConfig", format!("`{id}` has {has} and no {lacks}"));
                found.help = Some("give it both, or neither".into());
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
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.rds', VpcEndpointType: Interface, SubnetIds: [subnet-00000001] } }, Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {}, Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: 'rds:DescribeDBProxies', Resource: '*' }] } }] } } }",
    ],
    find: |context: &Context<'_>, report: &mut Report| {
        let calls = context.template.resources.values().any(calls_rds);
        for (id, endpoint) in context.resources(ENDPOINT).filter(|_| !calls) {
            if service(endpoint).is_some_and(|name| name.ends_with(".rds")) {
                let message = format!("`{id}` serves the RDS API, and nothing here is granted an action of it");
                let found = report.resource(id, "/Properties/ServiceName", message);
                found.help = Some("leave it out: SQL does not go through it".into());
            }
        }
    },
};

/// The end of a service's name, where that is literal.
fn service(endpoint: &Resource) -> Option<&str> {
    match endpoint.properties.get("ServiceName")? {
        Value::String(name) => Some(name),
        Value::Intrinsic(Intrinsic::Sub(sub)) => match sub.parts.last()? {
            SubPart::Text(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
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
