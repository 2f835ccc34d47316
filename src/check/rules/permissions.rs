//! Grants that do nothing, or more than meant; groups that let clients past a proxy.

use super::proxies::takes_no_tokens;
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::{Intrinsic, Path, Reference, Resource, Sub, SubPart, Value};

pub(super) const RULES: &[Rule] = &[IDLE_CONNECT, CONNECT_AS_ANYONE, SHARED_GROUP];

/// A role that may connect to a proxy as a user, and the proxy.
macro_rules! connecting {
    ($iam:literal, $user:literal) => {
        concat!(
            "Resources:\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002], ",
            "Auth: [{ AuthScheme: SECRETS, IAMAuth: ",
            $iam,
            ", SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }] } }\n",
            "  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {}, Policies: [{ PolicyName: p, ",
            "PolicyDocument: { Statement: [{ Effect: Allow, Action: 'rds-db:connect', Resource: !Sub ",
            "['arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Id}/",
            $user,
            "', { Id: !Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]] }] }] } }] } }\n"
        )
    };
}

const IDLE_CONNECT: Rule = Rule {
    code: Code::new("P1001", "idle-connect-grant"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html",
    explanation: "`rds-db:connect` lets a client log in with an IAM token. A proxy whose `IAMAuth` is `DISABLED` takes passwords \
                  only: the grant does nothing.",
    bad: &[connecting!("DISABLED", "app")],
    good: &[connecting!("REQUIRED", "app")],
    find: |context, report| {
        each_connect(context, &mut |id, path, sub| {
            let Some((name, _)) = proxy_of(context, sub).filter(|(_, proxy)| takes_no_tokens(proxy)) else { return };
            let message = format!("the grant to connect to `{name}` is idle: `{name}` takes passwords only");
            let found = report.resource(id, path, message);
            found.help = Some(format!("demand IAM tokens of the clients of `{name}`, or drop the grant"));
        });
    },
};

const CONNECT_AS_ANYONE: Rule = Rule {
    code: Code::new("P1002", "connect-as-any-user"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html",
    explanation: "A `dbuser` ARN that ends in `/*` lets a client log in as every user that the proxy or database knows, the master \
                  user included.",
    bad: &[connecting!("REQUIRED", "*")],
    good: &[connecting!("REQUIRED", "app")],
    find: |context, report| {
        each_connect(context, &mut |id, path, sub| {
            if matches!(sub.parts.last(), Some(SubPart::Text(text)) if text.ends_with("/*")) {
                let found = report.resource(
                    id,
                    path,
                    "the grant lets its holder log in as any database user, the master user included",
                );
                found.help = Some("name the one user: `…/app` in place of `…/*`".into());
            }
        });
    },
};

const SHARED_GROUP: Rule = Rule {
    code: Code::new("N1002", "group-shared-with-proxy"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html",
    explanation: "A proxy whose security group admits itself shares it with its database. Whoever that group admits besides then \
                  reaches the database as well as the proxy, and can pass by pool, tokens and TLS. A group for each closes that way.",
    bad: &[concat!(
        "Resources:\n",
        "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, ",
        "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002], VpcSecurityGroupIds: [sg-00000001] } }\n",
        "  Self: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000001, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: sg-00000001 } }\n",
        "  In: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000001, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: sg-00000002 } }\n",
    )],
    good: &[concat!(
        "Resources:\n",
        "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, ",
        "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002], VpcSecurityGroupIds: [sg-00000001] } }\n",
        "  Out: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000003, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: sg-00000001 } }\n",
        "  In: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-00000001, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: sg-00000002 } }\n",
    )],
    find: shared_group,
};

fn shared_group(context: &Context<'_>, report: &mut Report) {
    for (id, proxy) in context.resources("AWS::RDS::DBProxy") {
        let groups = proxy.properties.get("VpcSecurityGroupIds").and_then(Value::as_list).unwrap_or_default();
        for group in groups {
            let sources: Vec<&Value> = context
                .resources("AWS::EC2::SecurityGroupIngress")
                .filter(|(_, rule)| rule.properties.get("GroupId") == Some(group))
                .filter_map(|(_, rule)| rule.properties.get("SourceSecurityGroupId"))
                .collect();
            if sources.contains(&group) && sources.iter().any(|source| *source != group) {
                let message =
                    format!("`{id}` shares its security group with its database, so its clients can pass by the proxy");
                let found = report.resource(id, "/Properties/VpcSecurityGroupIds", message);
                found.help = Some("give the proxy a group of its own".into());
            }
        }
    }
}

/// Calls `visit` with role, place and ARN of every statement that allows `rds-db:connect`.
fn each_connect<'a>(context: &Context<'a>, visit: &mut dyn FnMut(&'a str, &str, &'a Sub)) {
    for (id, resource) in &context.template.resources {
        if matches!(resource.kind.as_str(), "AWS::IAM::Role" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy") {
            resource.walk(&Path::Start, &mut |path, value| {
                if let Some(arns) = connectable(value) {
                    each_arn(arns, &path.key("Resource"), &mut |path, arn| visit(id, &path.to_string(), arn));
                }
            });
        }
    }
}

/// What a statement allows to connect to, if it is one that does.
fn connectable(statement: &Value) -> Option<&Value> {
    let statement = statement.as_map()?;
    let allows = statement.get("Effect")?.as_str() == Some("Allow");
    (allows && names(statement.get("Action")?, "rds-db:connect")).then(|| statement.get("Resource"))?
}

fn names(action: &Value, wanted: &str) -> bool {
    match action {
        Value::String(name) => name == wanted,
        Value::List(actions) => actions.iter().any(|action| names(action, wanted)),
        _ => false,
    }
}

fn each_arn<'a>(arns: &'a Value, path: &Path<'_>, visit: &mut dyn FnMut(&Path<'_>, &'a Sub)) {
    match arns {
        Value::Intrinsic(Intrinsic::Sub(sub)) => visit(path, sub),
        Value::List(arns) => arns.iter().enumerate().for_each(|(n, arn)| each_arn(arn, &path.index(n), visit)),
        _ => {}
    }
}

/// The proxy of this template whose id an ARN takes from `DBProxyArn`.
fn proxy_of<'a>(context: &Context<'a>, sub: &'a Sub) -> Option<(&'a str, &'a Resource)> {
    let mut found = None;
    let mut look = |reference: &'a Reference| {
        if let Reference::GetAtt(name, attribute) = reference
            && attribute == "DBProxyArn"
        {
            found = context.template.resources.get_key_value(name.as_str());
        }
    };
    sub.references().for_each(&mut look);
    sub.variables.values().for_each(|value| value.each_reference(&mut look));
    found.map(|(id, resource)| (id.as_str(), resource)).filter(|(_, resource)| resource.kind == "AWS::RDS::DBProxy")
}
