//! What stays when a stack goes, and what it needs.

use super::known::{targets, tell};
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;
use crate::template::Value;

pub(super) const RULES: &[Rule] = &[NEEDS_WHAT_GOES, INTERFACES_STAY];

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

/// Whether something is kept by this `DeletionPolicy`.
fn stays(policy: Option<&Value>) -> bool {
    policy.and_then(|policy| policy.as_str()).is_some_and(|policy| policy.starts_with("Retain"))
}

/// A function in a VPC with this policy, and a security group with these further keys.
macro_rules! function {
    ($policy:literal, $group:literal) => {
        concat!(
            "Resources:\n  Group: { Type: AWS::EC2::SecurityGroup, ",
            $group,
            "Properties: { GroupDescription: g, VpcId: vpc-00000001 } }\n",
            "  Fn: { Type: AWS::Lambda::Function, ",
            $policy,
            "Properties: { Runtime: python3.13, Handler: index.handler, Role: 'arn:aws:iam::111122223333:role/r', Code: { ZipFile: x }, ",
            "VpcConfig: { SubnetIds: [subnet-00000001], SecurityGroupIds: [!Ref Group] } } }\n",
        )
    };
}

const INTERFACES_STAY: Rule = Rule {
    code: Code::new("I3979", "kept-function-without-its-network"),
    severity: Severity::Info,
    source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    explanation: "Lambda keeps the network interfaces of a function as long as there is the function, and deletes them by its role. A \
                  function that stays when the stack goes keeps its security groups and subnets from being deleted, and without its \
                  role its interfaces are never taken back: `resource sg-… has a dependent object`.",
    bad: &[function!("DeletionPolicy: Retain, UpdateReplacePolicy: Retain, ", "")],
    good: &[
        function!("", ""),
        function!(
            "DeletionPolicy: Retain, UpdateReplacePolicy: Retain, ",
            "DeletionPolicy: Retain, UpdateReplacePolicy: Retain, "
        ),
    ],
    find: |context, report| {
        const NEEDS: [(&str, &str); 3] = [
            ("VpcConfig/SecurityGroupIds", "AWS::EC2::SecurityGroup"),
            ("VpcConfig/SubnetIds", "AWS::EC2::Subnet"),
            ("Role", "AWS::IAM::Role"),
        ];
        let functions = context.resources("AWS::Lambda::Function");
        for (id, _) in functions.filter(|(_, it)| stays(it.deletion_policy.as_ref())) {
            let inside = targets(context, id, "VpcConfig/SubnetIds", &["AWS::EC2::Subnet"]).into_iter();
            let groups = targets(context, id, "VpcConfig/SecurityGroupIds", &["AWS::EC2::SecurityGroup"]);
            let inside = inside.chain(groups).fold(Formula::FALSE, |any, to| context.resolved.or(any, to.when));
            for (property, kind) in NEEDS {
                let goes = targets(context, id, property, &[kind]).into_iter();
                for goes in goes.filter(|it| !stays(it.resource.deletion_policy.as_ref())) {
                    let message = format!(
                        "`{id}` stays when the stack goes, and `{}`, which its interfaces need, does not",
                        goes.id
                    );
                    let path = format!("/Properties/{property}");
                    let when = context.resolved.and(goes.when, inside);
                    if let Some(found) = tell(context, report, (id, &path, Some(goes.source)), when, message) {
                        found.help = Some(format!("give `{}` `DeletionPolicy: Retain` too", goes.id));
                    }
                }
            }
        }
    },
};
