//! Rotation of a database user's password.

use super::{EXCLUDED, EncryptedBy, ROTATE, Secret, statements};
use crate::aws::secretsmanager::rotation_schedule::{HostedRotationLambda, RotationRules};
use crate::aws::secretsmanager::{RotationSchedule, SecretTargetAttachment};
use crate::aws::{iam, lambda};
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::constructs::lambda::Function;
use crate::constructs::rds::{ProxyTarget, Target, made_by_migration};
use crate::iam::{PolicyDocument, Statement};
use crate::stack::{
    self, AnyHandle, Bag, Caller, Construct, Handle, IntoValue, Json, Link, Lowering, Stack, Term, Value,
};
use crate::template::Function as Intrinsic;

/// The macro that makes the function of a hosted rotation.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-secretsmanager.html>
const TRANSFORM: &str = "AWS::SecretsManager-2024-09-16";

/// Every how many days a password is rotated unless said.
const DAYS: i64 = 30;

/// What every rotation has.
struct Common {
    schedule: RotationSchedule,
    days: Value<i64>,
    secret: Handle<Secret>,
    database: AnyHandle,
    target: fn(&Stack, AnyHandle) -> Option<Target>,
}

/// Rotation of a database user's password, by a function that AWS writes.
///
/// The function needs a driver for the database, which no Lambda runtime has; so it cannot stand in a template, and the
/// one with nothing to package and to keep up to date is AWS's own. CloudFormation puts it into a nested stack, through
/// the macro `AWS::SecretsManager-2024-09-16`: the deployment needs `CAPABILITY_AUTO_EXPAND`, and a stack set cannot
/// have it. Its role is made there too, and may rotate this secret and use its key. What it must reach is said here,
/// since it stands behind this stack's group: the database, and the API of Secrets Manager, by an interface endpoint or
/// a NAT gateway. With a function of one's own there is no macro: see [`by`](Self::by).
///
/// One user keeps its name and gets a new password. That two users alternate is not offered: RDS Proxy reads the
/// current version of a secret only, and has no credentials for the other user then.
/// Source: <https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas/issues/108>
///
/// ```
/// use formwork::prelude::*;
///
/// let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Data", &environment);
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let private = stack.add("Private", PrivateSubnets::new(vpc));
/// let database_sg = stack.add("DatabaseSg", SecurityGroup::new(vpc, "database"));
/// let rotation_sg = stack.add("RotationSg", SecurityGroup::new(vpc, "rotation"));
/// let api_sg = stack.add("SecretsSg", SecurityGroup::new(vpc, "Secrets Manager API"));
/// let secret = stack.add("Secret", Secret::new(user("billie"), EncryptedBy::AwsManagedKey));
/// let database = DatabaseInstance::new(Engine::Postgres, secret, private, database_sg);
/// let database = stack.add("Database", database);
/// let api = InterfaceEndpoint::new(Service::SecretsManager, private, api_sg).private_dns(true);
/// let api = stack.add("SecretsApi", api);
///
/// let rotation = stack.add("Rotation", Rotation::new(secret, database, private, rotation_sg).every(7));
/// stack.allow(rotation, database);
/// stack.allow(rotation, api);
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Rotation {
    common: Common,
    subnets: Handle<PrivateSubnets>,
    group: Handle<SecurityGroup>,
}

/// Rotation of a database user's password, by a function of one's own: what [`Rotation::by`] returns.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct FunctionRotation {
    common: Common,
    function: Handle<Function>,
}

impl Rotation {
    /// Rotates the password of the user of `secret` in `database`, by a function in private subnets behind `group`.
    ///
    /// A master user's password is rotated at once, and then every 30 days. Another user's is not rotated before its
    /// time comes, since the user has to be made first.
    #[track_caller]
    pub fn new<D: ProxyTarget>(
        secret: Handle<Secret>,
        database: Handle<D>,
        subnets: Handle<PrivateSubnets>,
        group: Handle<SecurityGroup>,
    ) -> Self {
        Self { common: Common::new(secret, database), subnets, group }
    }

    /// Rotates it by a function of the stack, which follows the protocol of Secrets Manager. Secrets Manager may invoke
    /// it, and its role may rotate the secret and use its key; traffic is allowed from the function.
    ///
    /// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html>
    #[track_caller]
    pub fn by<D: ProxyTarget>(
        secret: Handle<Secret>,
        database: Handle<D>,
        function: Handle<Function>,
    ) -> FunctionRotation {
        FunctionRotation { common: Common::new(secret, database), function }
    }

    /// Every how many days: 1 to 1,000; 30 unless said.
    pub fn every(mut self, days: impl IntoValue<i64>) -> Self {
        self.common.days = days.into_value();
        self
    }

    fn hosted(&self, target: &Target, lowering: &mut Lowering<'_>) -> HostedRotationLambda {
        let key = match lowering.noun::<Secret>(self.common.secret.any()).map(Secret::encrypted_by) {
            Some(EncryptedBy::Key(key)) => Some(key.arn()),
            _ => None,
        };
        HostedRotationLambda::new(target.rotation)
            .exclude_characters(EXCLUDED)
            .kms_key_arn(key)
            .vpc_security_group_ids(Value::<String>::from_term(self.group.any().term("GroupId")))
            .vpc_subnet_ids(joined(self.subnets))
    }
}

impl FunctionRotation {
    /// Every how many days: 1 to 1,000; 30 unless said.
    pub fn every(mut self, days: impl IntoValue<i64>) -> Self {
        self.common.days = days.into_value();
        self
    }
}

/// Subnets as the one text that the macro takes, with commas.
fn joined(subnets: Handle<PrivateSubnets>) -> Value<String> {
    let ids = subnets.ids().into_term_or_no_value();
    Value::from_term(Term::call_list(Intrinsic::Join, [Term::from(","), ids]))
}

impl Common {
    #[track_caller]
    fn new<D: ProxyTarget>(secret: Handle<Secret>, database: Handle<D>) -> Self {
        let schedule = RotationSchedule::new(secret.attribute::<String>("Id"));
        let target =
            |stack: &Stack, own: AnyHandle| stack.noun_of::<D>(own).map(|database| database.target(stack, own));
        Self { schedule, days: DAYS.into_value(), secret, database: database.any(), target }
    }

    fn target(&self, lowering: &mut Lowering<'_>) -> Option<Target> {
        let target = (self.target)(lowering.stack(), self.database);
        if target.is_none() || lowering.noun::<Secret>(self.secret.any()).is_none() {
            let name = lowering.stack().name().to_owned();
            lowering.report(stack::foreign(&name));
            return None;
        }
        target
    }

    /// The schedule. It waits for host and port in the secret, and for all that the database needs.
    fn schedule(&self, target: &Target, lowering: &mut Lowering<'_>) -> RotationSchedule {
        let is_master = target.is_master(lowering.stack(), self.secret);
        let rules = RotationRules::new().automatically_after_days(self.days.clone());
        let mut schedule = RotationSchedule::new(Value::<String>::Absent)
            .rotation_rules(rules)
            .rotate_immediately_on_update((!is_master).then_some(false));
        target.after.iter().for_each(|id| schedule.bag().after(id.clone()));
        if let Some(attachment) = self.attach(target, is_master, lowering) {
            schedule.bag().after(attachment);
        }
        schedule
    }

    /// Writes host and port into a new secret that is not the master user's, whose database does it. Of one that
    /// exists it is taken on trust that it has them: a secret belongs to one database at most.
    fn attach(&self, target: &Target, is_master: bool, lowering: &mut Lowering<'_>) -> Option<String> {
        made_by_migration(self.secret, target, lowering);
        let stack = lowering.stack();
        if !stack.creates(self.secret.any()) {
            let secret = stack.name_of(self.secret.any());
            lowering.assume(
                format!("{secret} has engine, host and port of its database"),
                "the secret exists outside this stack, and a rotation reads them there",
            );
            return None;
        }
        if is_master {
            return None;
        }
        let database = Value::<String>::from_term(target.database.term("Ref"));
        let secret = self.secret.attribute::<String>("Id");
        let attachment = SecretTargetAttachment::new(secret, database, target.kind.resource_type());
        lowering.add("Attachment", attachment);
        Some(format!("{}Attachment", lowering.id()))
    }
}

impl Construct for Rotation {
    fn bag(&mut self) -> &mut Bag {
        self.common.schedule.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let Some(target) = self.common.target(lowering) else { return };
        lowering.transform(TRANSFORM);
        let mut schedule = self.common.schedule(&target, lowering);
        // A master user's password is rotated at once: whatever the function needs is open by then.
        for rule in lowering.rules_from(&[self.group.any()]) {
            schedule.bag().after(rule);
        }
        let hosted = self.hosted(&target, lowering);
        lowering.complete(schedule.hosted_rotation_lambda(hosted));
    }
}

impl Caller for Rotation {
    fn security_groups(&self, _: AnyHandle) -> Vec<AnyHandle> {
        vec![self.group.any()]
    }
}

impl Construct for FunctionRotation {
    fn bag(&mut self) -> &mut Bag {
        self.common.schedule.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let Some(target) = self.common.target(lowering) else { return };
        let Some(function) = lowering.noun::<Function>(self.function.any()) else { return };
        let mut schedule = self.common.schedule(&target, lowering);
        for rule in lowering.rules_between(&function.security_groups(self.function.any()), &[target.group.any()]) {
            schedule.bag().after(rule);
        }
        lowering.add("Permission", self.permission());
        let policy = self.policy(lowering);
        lowering.add("Policy", policy);
        for suffix in ["Permission", "Policy"] {
            schedule.bag().after(format!("{}{suffix}", lowering.id()));
        }
        lowering.complete(schedule.rotation_lambda_arn(self.function.arn()));
    }
}

impl FunctionRotation {
    /// Secrets Manager may invoke the function, for secrets of this account.
    ///
    /// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html>
    fn permission(&self) -> lambda::Permission {
        let account = Value::<String>::from_term(Term::reference(Link::Name("AWS::AccountId".into())));
        lambda::Permission::new("lambda:InvokeFunction", self.function.arn(), "secretsmanager.amazonaws.com")
            .source_account(account)
    }

    /// The function's role may rotate the secret, and make up passwords.
    fn policy(&self, lowering: &Lowering<'_>) -> iam::Policy {
        let mut statements = statements(lowering.stack(), self.common.secret.any(), ROTATE);
        statements.push(Statement::allow(["secretsmanager:GetRandomPassword"], ["*".into()]));
        let document = Json(PolicyDocument::new(statements).to_value());
        let role = format!("{}Role", lowering.stack().name_of(self.function.any()));
        let role = Value::<String>::from_term(Term::reference(Link::Name(role)));
        iam::Policy::new(document, "rotation").roles([role])
    }
}
