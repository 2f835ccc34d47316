//! What stays when a stack goes, and what it needs.

use super::known::{targets, tell};
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};

pub(super) const RULES: &[Rule] = &[NEEDS_WHAT_GOES];

/// A database with this policy, and a subnet group with these further keys.
macro_rules! kept {
    ($policy:literal, $group:literal) => {
        concat!(
            "Resources:\n  Group: { Type: AWS::RDS::DBSubnetGroup, ",
            $group,
            "Properties: { DBSubnetGroupDescription: g, SubnetIds: [subnet-00000001, subnet-00000002] } }\n",
            "  Database: { Type: AWS::RDS::DBInstance, DeletionPolicy: ",
            $policy,
            ", UpdateReplacePolicy: Snapshot, Properties: { DBInstanceClass: db.t3.medium, AllocatedStorage: '20', ",
            "Engine: mysql, DBSubnetGroupName: !Ref Group, MasterUsername: app, ManageMasterUserPassword: true } }\n",
        )
    };
}

const NEEDS_WHAT_GOES: Rule = Rule {
    code: Code::new("W3976", "kept-database-without-its-network"),
    severity: Severity::Warning,
    source: "https://github.com/aws/aws-cdk/issues/5282",
    explanation: "A database that is retained uses its subnet group and its security groups, which then cannot be deleted: the \
                  deletion of the stack fails. What stays keeps what it needs.",
    bad: &[kept!("Retain", ""), kept!("RetainExceptOnCreate", "DeletionPolicy: Delete, ")],
    good: &[kept!("Snapshot", ""), kept!("Retain", "DeletionPolicy: Retain, UpdateReplacePolicy: Retain, ")],
    find: |context, report| {
        const NEEDS: [(&str, &[&str]); 3] = [
            ("DBSubnetGroupName", &["AWS::RDS::DBSubnetGroup"]),
            ("VPCSecurityGroups", &["AWS::EC2::SecurityGroup"]),
            ("VpcSecurityGroupIds", &["AWS::EC2::SecurityGroup"]),
        ];
        let stays = |policy: Option<&crate::template::Value>| {
            policy.and_then(|policy| policy.as_str()).is_some_and(|policy| policy.starts_with("Retain"))
        };
        for kind in ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"] {
            for (id, resource) in context.resources(kind).filter(|(_, it)| stays(it.deletion_policy.as_ref())) {
                let needed = NEEDS.iter().filter(|(property, _)| resource.properties.contains_key(*property));
                for (property, kinds) in needed {
                    let goes = targets(context, id, property, kinds).into_iter();
                    for goes in goes.filter(|it| !stays(it.resource.deletion_policy.as_ref())) {
                        let message =
                            format!("`{id}` stays when the stack goes, and `{}`, which it uses, does not", goes.id);
                        let path = format!("/Properties/{property}");
                        if let Some(found) = tell(context, report, (id, &path, Some(goes.source)), goes.when, message) {
                            found.help = Some(format!("give `{}` `DeletionPolicy: Retain` too", goes.id));
                        }
                    }
                }
            }
        }
    },
};
