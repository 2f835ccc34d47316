//! Interface endpoints: DNS of their VPC, zones of their subnets, services that have none.

use super::endpoints::services;
use super::known::{absent, is, on, targets, tell};
use super::networks::zones;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[WITHOUT_DNS, TWO_IN_ONE_ZONE, OF_NO_SERVICE, MISSPELLED];

const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";

/// An endpoint with private DNS in a VPC with these flags.
macro_rules! private {
    ($flags:literal) => {
        concat!(
            "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16",
            $flags,
            " } }\n",
            "  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/20 } }\n",
            "  Group: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: g } }\n",
            "  Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: !Ref Vpc, VpcEndpointType: Interface, PrivateDnsEnabled: true, ",
            "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.sqs', SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group] } }\n",
        )
    };
}

const WITHOUT_DNS: Rule = Rule {
    code: Code::new("E3923", "private-dns-without-dns-of-vpc"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    explanation: "Private DNS of an endpoint needs a VPC with `EnableDnsHostnames` and `EnableDnsSupport`. CloudFormation's VPC has \
                  the second unless said otherwise, and the first only if said.",
    bad: &[private!(""), private!(", EnableDnsHostnames: true, EnableDnsSupport: false")],
    good: &[private!(", EnableDnsHostnames: true"), private!(", EnableDnsHostnames: 'true', EnableDnsSupport: true")],
    find: |context, report| {
        for (id, _) in context.resources(ENDPOINT) {
            let private = on(context, id, "PrivateDnsEnabled");
            if private == Formula::FALSE {
                continue;
            }
            for vpc in targets(context, id, "VpcId", &["AWS::EC2::VPC"]) {
                let resolved = context.resolved;
                let is_false = |path: &str| is(context, vpc.id, path, &|text| text.eq_ignore_ascii_case("false"));
                let hostnames =
                    resolved.or(is_false("EnableDnsHostnames"), absent(context, vpc.id, "EnableDnsHostnames"));
                let off = resolved.or(hostnames, is_false("EnableDnsSupport"));
                let message = format!("`{id}` has private DNS, for which `{}` lacks its own", vpc.id);
                let when = resolved.and(private, resolved.and(vpc.when, off));
                let at = (id, "/Properties/PrivateDnsEnabled", None);
                if let Some(found) = tell(context, report, at, when, message) {
                    let vpc = vpc.id;
                    found.help = Some(format!("give `{vpc}` `EnableDnsSupport: true` and `EnableDnsHostnames: true`"));
                }
            }
        }
    },
};

/// An endpoint in two subnets of these zones.
macro_rules! zoned {
    ($first:literal, $second:literal) => {
        concat!(
            "Resources:\n",
            "  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.0.0/20, AvailabilityZone: ",
            $first,
            " } }\n",
            "  B: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-00000001, CidrBlock: 10.0.16.0/20, AvailabilityZone: ",
            $second,
            " } }\n",
            "  Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ",
            "ServiceName: !Sub 'com.amazonaws.${AWS::Region}.sqs', SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [sg-00000001] } }\n",
        )
    };
}

const TWO_IN_ONE_ZONE: Rule = Rule {
    code: Code::new("E3924", "endpoint-twice-in-a-zone"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    explanation: "An interface endpoint has one subnet in each Availability Zone at most.",
    bad: &[
        zoned!("!Select [0, !GetAZs '']", "!Select ['0', !GetAZs '']"),
        zoned!("!Select [1, !GetAZs '']", "!Select [1, !GetAZs {Ref: 'AWS::Region'}]"),
    ],
    good: &[zoned!("!Select [0, !GetAZs '']", "!Select [1, !GetAZs '']")],
    find: |context, report| {
        for (id, _) in context.resources(ENDPOINT) {
            let subnets = targets(context, id, "SubnetIds", &["AWS::EC2::Subnet"]);
            let zones: Vec<_> = subnets.iter().map(|subnet| zones(context, subnet.id)).collect();
            for (n, one) in subnets.iter().enumerate() {
                for (m, other) in subnets[..n].iter().enumerate().filter(|(_, other)| other.id != one.id) {
                    let resolved = context.resolved;
                    for a in zones[n].iter().filter(|zone| !zone.value.is_absent()) {
                        for b in zones[m].iter().filter(|b| resolved.same(&a.value, &b.value) == Some(true)) {
                            let both = resolved.and(one.when, other.when);
                            let when = resolved.and(both, resolved.and(a.when, b.when));
                            let message = format!("`{}` and `{}`, of `{id}`, are in one zone", other.id, one.id);
                            let at = (id, "/Properties/SubnetIds", Some(one.source));
                            if let Some(found) = tell(context, report, at, when, message) {
                                found.help = Some("name one of them".into());
                            }
                        }
                    }
                }
            }
        }
    },
};

const OF_NO_SERVICE: Rule = Rule {
    code: Code::new("E3925", "endpoint-of-no-service"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    explanation: "RDS Proxy has no interface endpoint: a proxy is itself an address in the VPC. `rds` is that of the RDS API, `rds-data` \
                  that of the Data API.",
    bad: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: !Join ['.', [com.amazonaws, !Ref AWS::Region, rds-proxy]], SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] } } }",
    ],
    good: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: !Join ['.', [com.amazonaws, !Ref AWS::Region, rds-data]], SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] } } }",
    ],
    find: |context, report| {
        for (id, _) in context.resources(ENDPOINT) {
            for (_, when) in services(context, id).into_iter().filter(|(name, _)| name.ends_with(".rds-proxy")) {
                let message = format!("`{id}` is of `rds-proxy`, which is no service with endpoints");
                if let Some(found) = tell(context, report, (id, "/Properties/ServiceName", None), when, message) {
                    found.help = Some("leave it out: a proxy is reached in its VPC".into());
                }
            }
        }
    },
};

const MISSPELLED: Rule = Rule {
    code: Code::new("W3926", "misspelled-endpoint-service"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    explanation: "The name of an AWS service with endpoints ends as the service is called there: `secretsmanager`, in one word. An endpoint \
                  of a name that there is not is refused: `The Vpc Endpoint Service '…' does not exist`.",
    bad: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.secretmanager', SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] } } }",
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: com.amazonaws.eu-west-1.secrets-manager, SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] } } }",
    ],
    good: &[
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: !Sub 'com.amazonaws.${AWS::Region}.secretsmanager', SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] } } }",
        "Resources: { Api: { Type: AWS::EC2::VPCEndpoint, Properties: { VpcId: vpc-00000001, VpcEndpointType: Interface, ServiceName: com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0, SubnetIds: [subnet-00000001], SecurityGroupIds: [sg-00000001] } } }",
    ],
    find: |context, report| {
        for (id, _) in context.resources(ENDPOINT) {
            for (name, when) in services(context, id) {
                let Some(right) = name.rsplit('.').next().and_then(meant) else { continue };
                let message = format!("`{id}` is of `{}`, and AWS calls that service `{right}`", last(&name));
                if let Some(found) = tell(context, report, (id, "/Properties/ServiceName", None), when, message) {
                    found.help = Some(format!("let the name end in `.{right}`"));
                }
            }
        }
    },
};

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The service that is meant by a name which none has: of services with long names, whose misspellings are nobody's name.
fn meant(name: &str) -> Option<&'static str> {
    const LONG: [&str; 6] =
        ["secretsmanager", "dynamodb", "elasticache", "cloudformation", "monitoring", "elasticloadbalancing"];
    let bare = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    let (word, is_known) = (bare(name), LONG.contains(&name));
    let near = |service: &&str| {
        word == *service
            || word == service.trim_end_matches('s')
            || (*service == "secretsmanager" && SECRETS.contains(&word.as_str()))
    };
    LONG.into_iter().find(near).filter(|_| !is_known)
}

/// How the name of Secrets Manager is got wrong.
const SECRETS: [&str; 6] =
    ["secretmanager", "secretsmanger", "secretmanagers", "secretsmanagers", "secretsmanagr", "secrets"];
