//! Grants to connect that name the wrong thing.

use super::known::tell;
use super::permissions::{each_allowed, each_connect};
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::registry;
use crate::resolve::{Element, Piece, Symbol};
use crate::template::Path;

pub(super) const RULES: &[Rule] = &[BY_PROXY_NAME, BY_RDS_ARN, OF_RDS, LITERAL_PROXY, THROUGH_OTHER_REGION];

/// A role whose one statement allows this action on this resource, and a proxy.
macro_rules! granted {
    ($action:literal, $resource:literal) => {
        concat!(
            "Resources:\n",
            "  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } }\n",
            "  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: 'sts:AssumeRole' }] }, ",
            "Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: '",
            $action,
            "', Resource: ",
            $resource,
            " }] } }] } }\n"
        )
    };
}

pub(super) use granted;

const CONNECT_POLICY: &str =
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html";

const BY_PROXY_NAME: Rule = Rule {
    code: Code::new("P1003", "connect-by-name-of-proxy"),
    severity: Severity::Error,
    source: CONNECT_POLICY,
    explanation: "The ARN of a database user behind a proxy has the proxy's id, `prx-…`. `!Ref` of a proxy returns its name: the \
                  grant is of something that does not exist. The id is the last part of `DBProxyArn`.",
    bad: &[
        granted!(
            "rds-db:connect",
            "!Sub 'arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Proxy}/app'"
        ),
        granted!(
            "rds-db:connect",
            "!Join [':', [!Sub 'arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}', dbuser, !Join ['/', [!Ref Proxy, app]]]]"
        ),
    ],
    good: &[granted!(
        "rds-db:connect",
        "!Sub ['arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Id}/app', { Id: !Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]] }]"
    )],
    find: |context, report| {
        each_connect(context, &mut |_, path, pieces| {
            for pair in pieces.windows(2) {
                let [Piece::Text(before), Piece::Symbol(Symbol::Reference { resource, attribute: None })] = pair else {
                    continue;
                };
                let is_proxy = context.resources("AWS::RDS::DBProxy").any(|(id, _)| id == *resource);
                if before.ends_with("dbuser:") && is_proxy {
                    let message = format!("the grant to connect names `{resource}` by its name, not by its id");
                    report.at(path, message).help =
                        Some(format!("take the id: `!Select [6, !Split [':', !GetAtt {resource}.DBProxyArn]]`"));
                }
            }
        });
    },
};

const BY_RDS_ARN: Rule = Rule {
    code: Code::new("P1004", "connect-by-arn-of-rds"),
    severity: Severity::Error,
    source: CONNECT_POLICY,
    explanation: "`rds-db:connect` is granted on a database user, `arn:<partition>:rds-db:<region>:<account>:dbuser:<id>/<user>`. The \
                  ARN of a proxy or a database is one of the service `rds`, and grants no connection.",
    bad: &[
        granted!("rds-db:connect", "!GetAtt Proxy.DBProxyArn"),
        granted!("rds-db:connect", "[!Sub '${Proxy.DBProxyArn}/app']"),
        granted!("rds-db:connect", "'arn:aws:rds:us-east-1:111122223333:db-proxy:prx-0123456789abcdef0'"),
    ],
    good: &[granted!("rds-db:connect", "'arn:aws:rds-db:us-east-1:111122223333:dbuser:prx-0123456789abcdef0/app'")],
    find: |context, report| {
        each_allowed(context, "rds-db:connect", &mut |id, element| {
            let pieces = element.value.pieces();
            let is_rds = match pieces.as_deref() {
                Some([Piece::Symbol(Symbol::Reference { attribute: Some(attribute), .. }), ..]) => {
                    matches!(*attribute, "DBProxyArn" | "DBInstanceArn" | "DBClusterArn")
                }
                Some([Piece::Text(text), ..]) => text.split(':').nth(2) == Some("rds"),
                _ => false,
            };
            let message = "`rds-db:connect` is granted on an ARN of `rds`, not on a database user".to_owned();
            if is_rds && let Some(found) = tell(context, report, (id, "", Some(element.source)), element.when, message)
            {
                found.help = Some(
                    "write `arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:<id>/<user>`".into(),
                );
            }
        });
    },
};

const OF_RDS: Rule = Rule {
    code: Code::new("P1005", "connect-of-rds"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrdsiamauthentication.html",
    explanation: "The action that lets a client log in is `rds-db:connect`. The service `rds` has no `connect`: the grant does nothing.",
    bad: &[granted!("rds:connect", "'*'")],
    good: &[granted!("rds-db:connect", "'arn:aws:rds-db:us-east-1:111122223333:dbuser:prx-0123456789abcdef0/app'")],
    find: |context, report| {
        each_allowed(context, "rds:connect", &mut |id, element| {
            let message = "`rds:connect` is no action: nobody can connect by it".to_owned();
            if let Some(found) = tell(context, report, (id, "", Some(element.source)), element.when, message) {
                found.help = Some("write `rds-db:connect`".into());
            }
        });
    },
};

const LITERAL_PROXY: Rule = Rule {
    code: Code::new("P1006", "connect-to-literal-proxy"),
    severity: Severity::Info,
    source: CONNECT_POLICY,
    explanation: "The id of a proxy, `prx-…`, changes when the proxy is replaced. A grant that has it as a literal then grants \
                  nothing; one that takes it from `DBProxyArn` follows.",
    bad: &[granted!("rds-db:connect", "'arn:aws:rds-db:us-east-1:111122223333:dbuser:prx-0123456789abcdef0/app'")],
    good: &[granted!(
        "rds-db:connect",
        "!Sub ['arn:${AWS::Partition}:rds-db:${AWS::Region}:${AWS::AccountId}:dbuser:${Id}/app', { Id: !Select [6, !Split [':', !GetAtt Proxy.DBProxyArn]] }]"
    )],
    find: |context, report| {
        each_connect(context, &mut |_, path, pieces| {
            let is_literal = |piece: &Piece<'_>| matches!(piece, Piece::Text(text) if text.contains("dbuser:prx-"));
            if pieces.iter().any(is_literal) {
                let message = "the grant to connect names a proxy by its id, which is another after a replacement";
                report.at(path, message).help = Some(
                    "take the id of a proxy of the stack from `DBProxyArn`, that of another from a parameter".into(),
                );
            }
        });
    },
};

/// A role that may decrypt through this service.
macro_rules! through {
    ($service:literal) => {
        concat!(
            "Resources:\n  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: rds.amazonaws.com }, Action: 'sts:AssumeRole' }] }, ",
            "Policies: [{ PolicyName: p, PolicyDocument: { Statement: [{ Effect: Allow, Action: 'kms:Decrypt', ",
            "Resource: '*', Condition: { StringEquals: { 'kms:ViaService': ",
            $service,
            " } } }] } }] } }\n"
        )
    };
}

const THROUGH_OTHER_REGION: Rule = Rule {
    code: Code::new("P1007", "key-through-other-region"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service",
    explanation: "`kms:ViaService` names a service in a region. Through the service in the region of the stack the key is not used \
                  then, and what was granted is refused.",
    bad: &[through!("secretsmanager.ap-southeast-2.amazonaws.com")],
    good: &[
        through!("!Sub 'secretsmanager.${AWS::Region}.amazonaws.com'"),
        through!("[secretsmanager.ap-southeast-2.amazonaws.com, secretsmanager.us-east-1.amazonaws.com]"),
    ],
    find: |context, report| {
        let Some(region) = context.region else { return };
        for (id, resource) in &context.template.resources {
            let exists = context.resolved.exists(id);
            resource.walk(&Path::Start, &mut |_, value| {
                let Some(services) = value.as_map().and_then(|keys| keys.get("kms:ViaService")) else { return };
                let services = context.resolved.elements_in(services, &[], exists);
                let other = |service: &Element<'_>| service.value.text().is_some_and(|text| is_elsewhere(text, region));
                let Some(first) = services.first().filter(|_| services.iter().all(other)) else { return };
                let message = format!("the key is used through another region than {region}, where the stack is");
                if let Some(found) = tell(context, report, (id, "", Some(first.source)), first.when, message) {
                    found.help = Some("write `!Sub <service>.${AWS::Region}.amazonaws.com`".into());
                }
            });
        }
    },
};

/// Whether a service's name is of another region.
fn is_elsewhere(service: &str, region: &str) -> bool {
    let of = service.split('.').nth(1).filter(|of| registry::region(of).is_some());
    of.is_some_and(|of| of != region)
}
