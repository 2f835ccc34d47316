//! Security group rules, load balancers, DNS records.

use super::conditions;

const RULE_PLACES: &[&str] = &[
    "AWS::EC2::SecurityGroup/SecurityGroupIngress/*",
    "AWS::EC2::SecurityGroup/SecurityGroupEgress/*",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
];

const RECORD_PLACES: &[&str] = &["AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup/RecordSets/*"];

conditions! {
    Error "E3687" "ports-missing-for-protocol" at RULE_PLACES;
    schema r#"{
        "if": { "properties": { "IpProtocol": { "enum": ["1", "icmp", "6", "tcp", "17", "udp"] } }, "required": ["IpProtocol"] },
        "then": { "required": ["FromPort", "ToPort"] }
    }"#
    because "a rule of this protocol names its ports, or its types of ICMP" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html"
        "A rule for TCP or UDP says from which port to which, one for ICMP which type and code; `-1` in both is all."
        bad &["Resources: { Web: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: tcp, FromPort: 443, CidrIp: 10.0.0.0/8 } } }"],
        good &[
            "Resources: { Web: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8 } } }",
            "Resources: { Web: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: '-1', CidrIp: 10.0.0.0/8 } } }",
        ];

    Warning "W3687" "ports-without-effect" at RULE_PLACES;
    schema r#"{
        "if": {
            "properties": { "IpProtocol": {
                "type": ["string", "integer"],
                "not": { "enum": ["1", "icmp", "6", "tcp", "17", "udp", "58", "icmpv6", "TCP", "UDP", "ICMP", "ICMPv6", "ICMPV6"] }
            } },
            "required": ["IpProtocol"]
        },
        "then": { "properties": { "FromPort": false, "ToPort": false } }
    }"#
    because "this protocol has no ports, so the rule admits all of it" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html"
        "Only TCP, UDP and ICMP have ports or types. With any other protocol, `-1` among them, everything is admitted, whatever the ports say."
        bad &["Resources: { Web: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: '-1', FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8 } } }"],
        good &["Resources: { Web: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: '-1', CidrIp: 10.0.0.0/8 } } }"];

    Error "E3688" "half-open-ports" at RULE_PLACES;
    schema r#"{
        "if": { "properties": { "IpProtocol": { "enum": ["1", "icmp"] } }, "required": ["IpProtocol"] },
        "then": {
            "if": { "properties": { "FromPort": { "const": -1 } }, "required": ["FromPort"] },
            "then": { "properties": { "ToPort": { "const": -1 } }, "required": ["ToPort"] }
        },
        "else": { "allOf": [
            {
                "if": { "properties": { "ToPort": { "const": -1 } }, "required": ["ToPort"] },
                "then": { "properties": { "FromPort": { "const": -1 } }, "required": ["FromPort"] }
            },
            {
                "if": { "properties": { "FromPort": { "const": -1 } }, "required": ["FromPort"] },
                "then": { "properties": { "ToPort": { "const": -1 } }, "required": ["ToPort"] }
            }
        ] }
    }"#
    because "`-1` is all ports, and stands at both ends" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html"
        "`-1` is no port but stands for all of them: if one end of a range has it, so has the other."
        bad &["Resources: { Web: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: tcp, FromPort: -1, ToPort: 443, CidrIp: 10.0.0.0/8 } } }"],
        good &["Resources: { Web: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000000, IpProtocol: icmp, FromPort: 8, ToPort: -1, CidrIp: 10.0.0.0/8 } } }"];

    Error "E3676" "listener-without-certificate" at &["AWS::ElasticLoadBalancingV2::Listener"];
    schema r#"{ "if": { "properties": { "Protocol": { "enum": ["HTTPS", "TLS"] } }, "required": ["Protocol"] }, "then": { "required": ["Certificates"] } }"#
    because "a listener of HTTPS or TLS proves who it is" source "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html"
        "A listener whose protocol is HTTPS or TLS has a certificate."
        bad &["Resources: { Secure: { Type: AWS::ElasticLoadBalancingV2::Listener, Properties: { LoadBalancerArn: a, Port: 443, Protocol: HTTPS, DefaultActions: [{ Type: forward, TargetGroupArn: t }] } } }"],
        good &["Resources: { Plain: { Type: AWS::ElasticLoadBalancingV2::Listener, Properties: { LoadBalancerArn: a, Port: 80, Protocol: HTTP, DefaultActions: [{ Type: forward, TargetGroupArn: t }] } } }"];

    Error "E3679" "classic-listener-without-certificate" at &["AWS::ElasticLoadBalancing::LoadBalancer/Listeners/*"];
    schema r#"{ "if": { "properties": { "Protocol": { "enum": ["HTTPS", "SSL"] } }, "required": ["Protocol"] }, "then": { "required": ["SSLCertificateId"] } }"#
    because "a listener of HTTPS or SSL proves who it is" source "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-https-load-balancers.html"
        "A listener of a Classic Load Balancer whose protocol is HTTPS or SSL has a certificate."
        bad &["Resources: { Old: { Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: { Subnets: [subnet-00000000], Listeners: [{ InstancePort: '80', LoadBalancerPort: '443', Protocol: HTTPS }] } } }"],
        good &["Resources: { Old: { Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: { Subnets: [subnet-00000000], Listeners: [{ InstancePort: '80', LoadBalancerPort: '80', Protocol: HTTP }] } } }"];

    Error "E3680" "load-balancer-in-one-subnet" at &["AWS::ElasticLoadBalancingV2::LoadBalancer"];
    schema r#"{
        "if": { "anyOf": [{ "properties": { "Type": { "const": "application" } }, "required": ["Type"] }, { "properties": { "Type": false } }] },
        "then": { "properties": { "Subnets": { "minItems": 2 }, "SubnetMappings": { "minItems": 2 } } }
    }"#
    because "an Application Load Balancer spans two zones at least" source "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html"
        "An Application Load Balancer, which is the default type, has subnets in two Availability Zones at least."
        bad &["Resources: { Front: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [subnet-00000000] } } }"],
        good &["Resources: { Front: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Type: network, Subnets: [subnet-00000000] } } }"];

    Error "E3681" "target-type-contradicted" at &["AWS::ElasticLoadBalancingV2::TargetGroup"];
    schema r#"{
        "if": { "properties": { "TargetType": { "type": "string" } }, "required": ["TargetType"] },
        "then": {
            "if": { "properties": { "TargetType": { "const": "lambda" } }, "required": ["TargetType"] },
            "then": { "properties": { "HealthCheckPort": false, "HealthCheckProtocol": false, "Port": false, "Protocol": false, "ProtocolVersion": false, "VpcId": false } },
            "else": { "required": ["Port", "Protocol", "VpcId"] }
        }
    }"#
    because "targets other than functions have a VPC, a port and a protocol, and functions have none" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html"
        "A target group of instances, addresses or load balancers needs `VpcId`, `Port` and `Protocol`; one of a Lambda function can have none of them."
        bad &["Resources: { Group: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { TargetType: ip, Port: 80, Protocol: HTTP } } }"],
        good &["Resources: { Group: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { TargetType: lambda } } }"];

    Error "E3683" "wrong-geneve-port" at &["AWS::ElasticLoadBalancingV2::TargetGroup"];
    schema r#"{ "if": { "properties": { "Protocol": { "const": "GENEVE" } }, "required": ["Protocol"] }, "then": { "properties": { "Port": { "const": 6081 } } } }"#
    because "GENEVE is spoken on that port" source "https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/target-groups.html"
        "A target group of a Gateway Load Balancer speaks GENEVE on port 6081 and on no other."
        bad &["Resources: { Group: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { VpcId: vpc-00000000, Port: 80, Protocol: GENEVE } } }"],
        good &["Resources: { Group: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { VpcId: vpc-00000000, Port: 6081, Protocol: GENEVE } } }"];

    Error "E3684" "health-check-contradicted" at &["AWS::ElasticLoadBalancingV2::TargetGroup"];
    schema r#"{
        "if": { "properties": { "HealthCheckProtocol": { "type": "string", "not": { "enum": ["HTTP", "HTTPS"] } } }, "required": ["HealthCheckProtocol"] },
        "then": { "properties": { "Matcher": false, "ProtocolVersion": false } }
    }"#
    because "only health checks of HTTP have answers to match" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html"
        "`Matcher` and `ProtocolVersion` are of HTTP: a health check of TCP has no answer to match."
        bad &["Resources: { Group: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { VpcId: vpc-00000000, Port: 80, Protocol: TCP, HealthCheckProtocol: TCP, Matcher: { HttpCode: '200' } } } }"],
        good &["Resources: { Group: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { VpcId: vpc-00000000, Port: 80, Protocol: HTTP, HealthCheckProtocol: HTTP, Matcher: { HttpCode: '200' } } } }"];

    Error "E3023" "malformed-record" at RECORD_PLACES;
    schema r#"{ "allOf": [
        { "if": { "properties": { "Type": { "const": "A" } }, "required": ["Type"] }, "then": { "properties": { "ResourceRecords": { "items": { "format": "ipv4" } } } } },
        { "if": { "properties": { "Type": { "const": "AAAA" } }, "required": ["Type"] }, "then": { "properties": { "ResourceRecords": { "items": { "format": "ipv6" } } } } },
        { "if": { "properties": { "Type": { "const": "CAA" } }, "required": ["Type"] }, "then": { "properties": { "ResourceRecords": { "items": { "pattern": "^(0|128)\\s[a-zA-Z0-9]+\\s\".+\"$" } } } } },
        { "if": { "properties": { "Type": { "const": "CNAME" } }, "required": ["Type"] }, "then": { "properties": { "ResourceRecords": { "maxItems": 1, "items": { "pattern": "^[!-~]+$" } } } } },
        { "if": { "properties": { "Type": { "enum": ["NS", "PTR"] } }, "required": ["Type"] }, "then": { "properties": { "ResourceRecords": { "items": { "pattern": "^[!-~]+$" } } } } },
        { "if": { "properties": { "Type": { "const": "SOA" } }, "required": ["Type"] }, "then": { "properties": { "ResourceRecords": { "maxItems": 1 } } } },
        { "if": { "properties": { "Type": { "const": "MX" } }, "required": ["Type"] }, "then": { "properties": { "ResourceRecords": { "items": { "pattern": "^([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])\\s[!-~]+$" } } } } },
        { "if": { "properties": { "Type": { "const": "TXT" } }, "required": ["Type"] }, "then": { "properties": { "ResourceRecords": { "items": { "pattern": "^(\"[^\"]{1,255}\" *)*\"[^\"]{1,255}\"$" } } } } }
    ] }"#
    because "that is no value of a record of this type" source "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html"
        "The values of a DNS record have the form of its type: addresses for `A` and `AAAA`, a name for `CNAME`, quoted strings of at most 255 characters for `TXT`."
        bad &[
            "Resources: { Site: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: Z0, Name: a.example.com, Type: A, TTL: '60', ResourceRecords: [www.example.com] } } }",
            "Resources: { Site: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: Z0, Name: a.example.com, Type: TXT, TTL: '60', ResourceRecords: [unquoted] } } }",
        ],
        good &["Resources: { Site: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: Z0, Name: a.example.com, Type: A, TTL: '60', ResourceRecords: [192.0.2.1] } } }"];

    Error "E3029" "alias-with-ttl" at RECORD_PLACES;
    schema r#"{ "if": { "required": ["AliasTarget"] }, "then": { "properties": { "TTL": false } } }"#
    because "an alias has the time to live of its target" source "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html"
        "An alias record has no time to live of its own: Route 53 answers with that of the target."
        bad &["Resources: { Site: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: Z0, Name: a.example.com, Type: A, TTL: '60', AliasTarget: { HostedZoneId: Z1, DNSName: b.example.com } } } }"],
        good &["Resources: { Site: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneId: Z0, Name: a.example.com, Type: A, AliasTarget: { HostedZoneId: Z1, DNSName: b.example.com } } } }"];

    Error "E3661" "health-check-without-alarm" at &["AWS::Route53::HealthCheck/HealthCheckConfig"];
    schema r#"{ "if": { "properties": { "Type": { "const": "CLOUDWATCH_METRIC" } }, "required": ["Type"] }, "then": { "required": ["AlarmIdentifier"] } }"#
    because "it follows an alarm" source "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"
        "A health check of type `CLOUDWATCH_METRIC` names the alarm that it follows."
        bad &["Resources: { Health: { Type: AWS::Route53::HealthCheck, Properties: { HealthCheckConfig: { Type: CLOUDWATCH_METRIC } } } }"],
        good &["Resources: { Health: { Type: AWS::Route53::HealthCheck, Properties: { HealthCheckConfig: { Type: CLOUDWATCH_METRIC, AlarmIdentifier: { Name: a, Region: us-east-1 } } } } }"];

    Warning "W3703" "other-vpn-gateway-type" at &["AWS::EC2::VPNGateway/Type"];
    schema r#"{ "enum": ["ipsec.1"] }"#
    because "there is no other type of gateway" source "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpngateway.html"
        "`ipsec.1` is the one type of virtual private gateway that there is."
        bad &["Resources: { Vpn: { Type: AWS::EC2::VPNGateway, Properties: { Type: ipsec.2 } } }"],
        good &["Resources: { Vpn: { Type: AWS::EC2::VPNGateway, Properties: { Type: ipsec.1 } } }"];
}
