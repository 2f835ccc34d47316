//! Target groups and their databases: what is registered, in what order, and how much of it.

use super::known::{absent, is, numbers_or, targets, tell};
use super::targets::{Pair, pairs};
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[WITHOUT_TARGETS, BY_NAME, OVERSUBSCRIBED, SERVERLESS, WITHOUT_IPV6];

const PROXY: &str = "AWS::RDS::DBProxy";
const TARGETS: &str = "AWS::RDS::DBProxyTargetGroup";
const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";

/// An example of a proxy with these properties, a target group with these, a second one, and a database with these.
macro_rules! pool {
    ($proxy:literal, $targets:literal, $more:literal, $database:literal) => {
        concat!(
            "Resources:\n  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, ",
            $proxy,
            "DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } }\n",
            "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { TargetGroupName: default, ",
            $targets,
            " } }\n",
            $more,
            "  Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
            "DBInstanceClass: db.t3.medium, AllocatedStorage: '20', Engine: mysql, EnableIAMDatabaseAuthentication: true, ",
            $database,
            "MasterUsername: app, ManageMasterUserPassword: true } }\n",
        )
    };
}

const WITHOUT_TARGETS: Rule = Rule {
    code: Code::new("I3909", "proxy-without-target-group"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbproxytargetgroup.html",
    explanation: "A proxy without a target group has no database: its clients wait, and hear that no connection could be had. Unless \
                  another stack registers its database, this one does with an `AWS::RDS::DBProxyTargetGroup`.",
    bad: &[
        "Resources: { Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } } }",
    ],
    good: &[pool!("", "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Database]", "", "")],
    find: |context, report| {
        let mut served: Vec<(&str, Formula)> = Vec::new();
        for (id, _) in context.resources(TARGETS) {
            let found = targets(context, id, "DBProxyName", &[PROXY]);
            if found.is_empty() && context.resolved.elements(id, "DBProxyName").iter().any(|it| !it.value.is_literal())
            {
                return;
            }
            served.extend(found.into_iter().map(|target| (target.id, target.when)));
        }
        for (id, _) in context.resources(PROXY) {
            let served = served.iter().filter(|(proxy, _)| *proxy == id);
            let served = served.fold(Formula::FALSE, |any, (_, when)| context.resolved.or(any, *when));
            let when = context.resolved.and(context.resolved.exists(id), context.resolved.not(served));
            let message = format!("`{id}` has no target group, and so no database");
            if let Some(found) = tell(context, report, (id, "", None), when, message) {
                found.help = Some("register its database: `AWS::RDS::DBProxyTargetGroup`".into());
            }
        }
    },
};

const BY_NAME: Rule = Rule {
    code: Code::new("W3912", "target-group-by-name"),
    severity: Severity::Warning,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html",
    explanation: "A target group that names its proxy or its database as text waits for neither: CloudFormation may create it first, \
                  and it fails. A `Ref` orders them, and follows a replacement.",
    bad: &[
        pool!("", "DBProxyName: p, DBInstanceIdentifiers: [!Ref Database]", "", ""),
        pool!("", "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [app-db]", "", "DBInstanceIdentifier: App-Db, "),
        pool!(
            "",
            "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Sub '${AWS::StackName}-db']",
            "",
            "DBInstanceIdentifier: !Sub '${AWS::StackName}-db', "
        ),
    ],
    good: &[pool!(
        "",
        "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Database]",
        "",
        "DBInstanceIdentifier: app-db, "
    )],
    find: |context, report| {
        const NAMED: [(&str, &str); 3] =
            [("DBProxyName", PROXY), ("DBInstanceIdentifiers", INSTANCE), ("DBClusterIdentifiers", CLUSTER)];
        for (id, _) in context.resources(TARGETS) {
            for (property, kind) in NAMED {
                let named = targets(context, id, property, &[kind]).into_iter();
                for named in named.filter(|named| !named.referred && !context.resolved.waits(id, named.id, named.when))
                {
                    let message = format!("`{id}` names `{}` as text, and may be created before it", named.id);
                    let path = format!("/Properties/{property}");
                    if let Some(found) = tell(context, report, (id, &path, Some(named.source)), named.when, message) {
                        found.help = Some(format!("write `!Ref {}`", named.id));
                    }
                }
            }
        }
    },
};

const OVERSUBSCRIBED: Rule = Rule {
    code: Code::new("I3913", "pools-above-their-database"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html",
    explanation: "`MaxConnectionsPercent`, 100 unless said (10 for SQL Server), is a share of the connections that the database \
                  takes. Where several proxies stand before one and their shares are more than 100 together, one is refused what the \
                  other has taken.",
    bad: &[pool!(
        "",
        "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Database], ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 60 }",
        "  Proxy2: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: q, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } }\n  Targets2: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { TargetGroupName: default, DBProxyName: !Ref Proxy2, DBInstanceIdentifiers: [!Ref Database], ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 50 } } }\n",
        ""
    )],
    good: &[pool!(
        "",
        "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Database], ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 60 }",
        "  Proxy2: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: q, EngineFamily: MYSQL, RequireTLS: true, DefaultAuthScheme: IAM_AUTH, RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } }\n  Targets2: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { TargetGroupName: default, DBProxyName: !Ref Proxy2, DBInstanceIdentifiers: [!Ref Database], ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 40 } } }\n",
        ""
    )],
    find: |context, report| {
        const MOST: &str = "ConnectionPoolConfigurationInfo/MaxConnectionsPercent";
        let pairs = pairs(context);
        for (n, pair) in pairs.iter().enumerate() {
            let resolved = context.resolved;
            let server = is(context, pair.proxy, "EngineFamily", &|family| family == "SQLSERVER");
            let unsaid = if server == Formula::FALSE { 100 } else { 10 };
            let others = pairs[..n].iter().filter(|other| other.database.id == pair.database.id);
            for other in others.filter(|other| other.proxy != pair.proxy) {
                for one in numbers_or(context, pair.targets, MOST, unsaid) {
                    for two in numbers_or(context, other.targets, MOST, unsaid) {
                        let sum = one.value + two.value;
                        let both = resolved.and(pair.when, other.when);
                        let when = resolved.and(both, resolved.and(one.when, two.when));
                        let when = if sum > 100 { when } else { Formula::FALSE };
                        let (proxy, second, database) = (other.proxy, pair.proxy, pair.database.id);
                        let message = format!(
                            "`{proxy}` and `{second}` may take {sum} percent of the connections of `{database}`"
                        );
                        let path = format!("/Properties/{MOST}");
                        if let Some(found) = tell(context, report, (pair.targets, &path, None), when, message) {
                            found.help = Some("let their `MaxConnectionsPercent` be 100 at most together".into());
                        }
                    }
                }
            }
        }
    },
};

/// A cluster of this mode behind a proxy.
macro_rules! cluster {
    ($mode:literal) => {
        concat!(
            "Resources:\n  Proxy: { Type: AWS::RDS::DBProxy, Properties: { DBProxyName: p, EngineFamily: MYSQL, RequireTLS: true, ",
            "Auth: [{ AuthScheme: SECRETS, SecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:s-abcdef' }], ",
            "RoleArn: 'arn:aws:iam::111122223333:role/r', VpcSubnetIds: [subnet-00000001, subnet-00000002] } }\n",
            "  Targets: { Type: AWS::RDS::DBProxyTargetGroup, Properties: { DBProxyName: !Ref Proxy, TargetGroupName: default, ",
            "DBClusterIdentifiers: [!Ref Cluster] } }\n",
            "  Cluster: { Type: AWS::RDS::DBCluster, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, Properties: { ",
            "Engine: aurora-mysql, MasterUsername: app, ManageMasterUserPassword: true, EngineMode: ",
            $mode,
            " } }\n",
        )
    };
}

const SERVERLESS: Rule = Rule {
    code: Code::new("E3956", "proxy-before-old-serverless"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.html",
    explanation: "A proxy stands before Aurora with instances, those of Serverless v2 among them, not before Aurora Serverless v1, \
                  which is `EngineMode: serverless`.",
    bad: &[cluster!("serverless")],
    good: &[cluster!("provisioned")],
    find: |context, report| {
        for Pair { proxy, targets, database, when } in pairs(context) {
            let v1 = is(context, database.id, "EngineMode", &|mode| mode == "serverless");
            let message = format!("`{}` is Aurora Serverless v1, and `{proxy}` would stand before it", database.id);
            let at = (targets, "/Properties/DBClusterIdentifiers", None);
            if let Some(found) = tell(context, report, at, context.resolved.and(when, v1), message) {
                found.help = Some("make it a cluster with `ServerlessV2ScalingConfiguration`".into());
            }
        }
    },
};

const WITHOUT_IPV6: Rule = Rule {
    code: Code::new("E3960", "proxy-of-other-address-family"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html",
    explanation: "With `TargetConnectionNetworkType: IPV6` a proxy reaches its database by IPv6, which a database takes only with \
                  `NetworkType: DUAL`.",
    bad: &[
        pool!(
            "TargetConnectionNetworkType: IPV6, ",
            "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Database]",
            "",
            ""
        ),
        pool!(
            "TargetConnectionNetworkType: IPV6, ",
            "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Database]",
            "",
            "NetworkType: IPV4, "
        ),
    ],
    good: &[pool!(
        "TargetConnectionNetworkType: IPV6, ",
        "DBProxyName: !Ref Proxy, DBInstanceIdentifiers: [!Ref Database]",
        "",
        "NetworkType: DUAL, "
    )],
    find: |context, report| {
        for Pair { proxy, database, when, .. } in pairs(context) {
            let resolved = context.resolved;
            let by_ipv6 = is(context, proxy, "TargetConnectionNetworkType", &|kind| kind == "IPV6");
            let ipv4 = is(context, database.id, "NetworkType", &|kind| kind == "IPV4");
            let ipv4 = resolved.or(ipv4, absent(context, database.id, "NetworkType"));
            let when = resolved.and(when, resolved.and(by_ipv6, ipv4));
            let message = format!("`{proxy}` would reach `{}` by IPv6, which it does not have", database.id);
            if let Some(found) = tell(context, report, (database.id, "/Properties", None), when, message) {
                found.help = Some("set `NetworkType: DUAL`, in subnets with IPv6 ranges".into());
            }
        }
    },
};
