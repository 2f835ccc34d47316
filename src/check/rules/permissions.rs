//! Grants that do nothing, or more than meant; groups that let clients past a proxy.

use super::proxies::takes_no_tokens;
use super::targets::pairs;
use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Element, Formula, Piece, Resolution, Symbol};
use crate::template::{Map, Path, Value};

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
            "  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: 'sts:AssumeRole' }] }, Policies: [{ PolicyName: p, ",
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
        each_connect(context, &mut |_, path, sub| {
            let Some(name) = proxy_of(sub) else { return };
            let is_idle = context.resources("AWS::RDS::DBProxy").any(|(id, _)| id == name)
                && context.resolved.implies(context.resolved.exists(name), takes_no_tokens(context, name));
            if !is_idle {
                return;
            }
            let message = format!("the grant to connect to `{name}` is idle: `{name}` takes passwords only");
            let found = report.at(path, message);
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
        each_connect(context, &mut |_, path, sub| {
            if matches!(sub.last(), Some(Piece::Text(text)) if text.ends_with("/*")) {
                let found =
                    report.at(path, "the grant lets its holder log in as any database user, the master user included");
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
    let resolved = context.resolved;
    for (id, _) in context.resources("AWS::RDS::DBProxy") {
        for group in resolved.elements(id, "VpcSecurityGroupIds") {
            let sources = admitted(context, &group.value);
            let itself = sources.iter().any(|source| is_same(context, source, &group.value));
            let others = sources.iter().any(|source| !is_same(context, source, &group.value));
            if others && (itself || databases_have(context, id, &group.value)) {
                let message =
                    format!("`{id}` shares its security group with its database, so its clients can pass by the proxy");
                let found = report.resource(id, "/Properties/VpcSecurityGroupIds", message);
                found.help = Some("give the proxy a group of its own".into());
                break;
            }
        }
    }
}

/// Whether two values name one group, by `Ref` or by attribute.
fn is_same<'a>(context: &Context<'a>, one: &Resolution<'a>, other: &Resolution<'a>) -> bool {
    match (one.reference(), other.reference()) {
        (Some((one, _)), Some((other, _))) => one == other,
        _ => context.resolved.same(one, other) == Some(true),
    }
}

/// Whether a database behind a proxy has a group.
fn databases_have<'a>(context: &Context<'a>, proxy: &str, group: &Resolution<'a>) -> bool {
    let databases = pairs(context).into_iter().filter(|pair| pair.proxy == proxy).map(|pair| pair.database.id);
    let of = |id: &str| {
        let properties = ["VPCSecurityGroups", "VpcSecurityGroupIds"].into_iter();
        properties.flat_map(|property| context.resolved.elements(id, property)).collect::<Vec<_>>()
    };
    databases.into_iter().any(|id| of(id).iter().any(|own| is_same(context, &own.value, group)))
}

/// The groups, and the ranges, that the rules of a group admit.
fn admitted<'a>(context: &Context<'a>, group: &Resolution<'a>) -> Vec<Resolution<'a>> {
    const SOURCES: [&str; 2] = ["SourceSecurityGroupId", "CidrIp"];
    let resolved = context.resolved;
    let mut found = Vec::new();
    for (id, _) in context.resources("AWS::EC2::SecurityGroupIngress") {
        if resolved.property(id, "GroupId").iter().any(|case| is_same(context, &case.value, group)) {
            found.extend(SOURCES.into_iter().flat_map(|name| resolved.property(id, name)));
        }
    }
    if let Some((id, _)) = group.reference() {
        for rule in resolved.elements(id, "SecurityGroupIngress") {
            found.extend(SOURCES.into_iter().flat_map(|name| resolved.look(rule.source, &[name], rule.when)));
        }
    }
    found.into_iter().map(|case| case.value).filter(|value| !value.is_absent()).collect()
}

/// Calls `visit` with role, place and the pieces of the ARN of every statement that allows `rds-db:connect`.
pub(super) fn each_connect<'a>(context: &Context<'a>, visit: &mut dyn FnMut(&'a str, &str, &[Piece<'a>])) {
    each_allowed(context, "rds-db:connect", &mut |id, element| {
        if let Some(pieces) = element.value.pieces() {
            visit(id, &context.resolved.place(id, element.source), &pieces);
        }
    });
}

/// Calls `visit` with role and each resource of every statement that allows an action by its name.
pub(super) fn each_allowed<'a>(context: &Context<'a>, action: &str, visit: &mut dyn FnMut(&'a str, &Element<'a>)) {
    let resolved = context.resolved;
    each_grant(context, &mut |id, statement, under| {
        let actions = resolved.elements_in(statement, &["Action"], under);
        if actions.iter().any(|it| it.value.text().is_some_and(|name| name.eq_ignore_ascii_case(action))) {
            resolved.elements_in(statement, &["Resource"], under).iter().for_each(|arn| visit(id, arn));
        }
    });
}

/// Calls `visit` with role or policy, and each of its statements that allows actions on resources, where that exists.
pub(super) fn each_grant<'a>(context: &Context<'a>, visit: &mut dyn FnMut(&'a str, &'a Value, Formula)) {
    let resolved = context.resolved;
    for (id, resource) in &context.template.resources {
        if !matches!(resource.kind.as_str(), "AWS::IAM::Role" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy") {
            continue;
        }
        let under = resolved.exists(id);
        resource.walk(&Path::Start, &mut |_, value| {
            let is_grant = |map: &&Map| ["Effect", "Action", "Resource"].iter().all(|key| map.contains_key(*key));
            if value.as_map().filter(is_grant).is_some()
                && resolved.look(value, &["Effect"], under).iter().any(|case| case.value.text() == Some("Allow"))
            {
                visit(id, value, under);
            }
        });
    }
}

/// The proxy whose id an ARN takes from `DBProxyArn`.
fn proxy_of<'a>(pieces: &[Piece<'a>]) -> Option<&'a str> {
    let mut found = None;
    for piece in pieces {
        let Piece::Symbol(symbol) = piece else { continue };
        symbol.each(&mut |symbol| {
            if let Symbol::Reference { resource, attribute: Some("DBProxyArn") } = symbol {
                found = Some(*resource);
            }
        });
    }
    found
}
