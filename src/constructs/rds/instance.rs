//! A database instance that the stack makes.

use super::database::{DatabaseInstance, TargetKind};
use super::engine::{AnyEngine, Edition, Engine};
use super::master::MasterUser;
use crate::aws::rds::{DbInstance, DbParameterGroup};
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::diagnostic::{Code, Diagnostic};
use crate::stack::{AnyHandle, Construct, Handle, IntoValue, Lowering, Stack, Value};

/// An edition of an engine that has none.
const EDITION: Code = Code::new("S1302", "edition-of-this-engine");

impl DatabaseInstance {
    /// A new instance in private subnets, behind `group`, not reachable from outside the VPC. Its master user is that of
    /// a secret, which then gets its host and port, or one whose password RDS manages: [`MasterUser::managed`].
    ///
    /// Unless said otherwise, its storage is encrypted, it refuses connections without TLS, backups are kept for seven
    /// days, and it cannot be deleted while `deletion_protection` is on. Where it is removed or replaced, a snapshot
    /// stays, and with it the key and the secret that it needs; with [`retain`](Construct::retain) the database itself
    /// does, and all that it refers to, down to the VPC.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
    #[track_caller]
    pub fn new(
        engine: Engine,
        master: impl Into<MasterUser>,
        subnets: Handle<PrivateSubnets>,
        group: Handle<SecurityGroup>,
    ) -> Self {
        Self::made(engine, master.into(), subnets, group)
    }

    /// The edition of SQL Server; Express unless said. Express and Web have no standby in another zone.
    #[track_caller]
    pub fn edition(mut self, edition: Edition) -> Self {
        if let AnyEngine::Instance(engine, _) = self.engine {
            self.engine = AnyEngine::Instance(engine, edition);
        }
        self
    }

    /// Its class; `db.t3.medium` unless said, `db.t3.xlarge` for SQL Server Standard and Enterprise, which start there.
    #[track_caller]
    pub fn class(mut self, class: impl IntoValue<String>) -> Self {
        self.database = self.database.db_instance_class(class);
        self
    }

    /// Its storage in gibibytes; 20 unless said, the least that every engine takes.
    #[track_caller]
    pub fn storage(mut self, gibibytes: impl IntoValue<String>) -> Self {
        self.database = self.database.allocated_storage(gibibytes);
        self
    }

    /// The gibibytes up to which its storage grows by itself; it does not unless said.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html>
    #[track_caller]
    pub fn storage_up_to(mut self, gibibytes: impl IntoValue<i64>) -> Self {
        self.database = self.database.max_allocated_storage(gibibytes);
        self
    }

    /// Its storage's type: `gp3` unless said; `gp2`, `io1`, `io2`.
    #[track_caller]
    pub fn storage_type(mut self, name: impl IntoValue<String>) -> Self {
        self.database = self.database.storage_type(name);
        self
    }

    /// Whether a second one stands by in another zone.
    #[track_caller]
    pub fn multi_az(mut self, on: impl IntoValue<bool>) -> Self {
        self.database = self.database.multi_az(on);
        self
    }

    /// The port that it listens on; its engine's default unless said. A proxy before it listens on that all the same.
    #[track_caller]
    pub fn port(mut self, port: impl IntoValue<i64>) -> Self {
        self.port = port.into_value();
        self
    }

    pub(super) fn after(&self, stack: &Stack, own: AnyHandle) -> Vec<String> {
        let suffixes = self.made.as_ref().map(|made| made.after(stack)).unwrap_or_default();
        suffixes.iter().map(|suffix| format!("{}{suffix}", stack.name_of(own))).collect()
    }

    pub(super) fn lower_made(&self, lowering: &mut Lowering<'_>) {
        let Some(made) = &self.made else { return lowering.main_resource() };
        self.check_edition(lowering);
        let mut rest = DbInstance::new()
            .allocated_storage(LEAST_STORAGE)
            .db_instance_class(self.engine.class())
            .db_parameter_group_name(lowering.own::<String>(PARAMETERS, "Ref"))
            .license_model(self.engine.license())
            .port(self.port.clone().retype(|port| port.to_string()))
            .publicly_accessible(false)
            .storage_type("gp3")
            .vpc_security_groups(self.group().only());
        rest = made.master.told(rest, self.engine, lowering);
        made.fill(rest.bag(), TargetKind::Instance, self.engine, lowering);
        made.fill_each(rest.bag(), "EnablePerformanceInsights", lowering);
        made.add_monitoring_role(lowering);
        lowering.complete(rest);
        let family = made.family(self.engine, lowering);
        let description = format!("parameters of {}", lowering.id());
        let parameters = DbParameterGroup::new(description, family).parameters(made.parameters(self.engine));
        lowering.add(PARAMETERS, parameters);
    }

    fn check_edition(&self, lowering: &mut Lowering<'_>) {
        if let AnyEngine::Instance(Engine::SqlServer, _) | AnyEngine::Instance(_, Edition::Express) = self.engine {
            return;
        }
        let message = format!("`{}` has no editions; SQL Server has", self.engine.name());
        lowering.report(Diagnostic::error(EDITION, message).help("leave out `.edition(…)`"));
    }
}

pub(super) const PARAMETERS: &str = "Parameters";

/// Gibibytes, the least that every engine takes.
///
/// Source: `AllocatedStorage` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
const LEAST_STORAGE: &str = "20";

impl Handle<DatabaseInstance> {
    /// Its ARN.
    pub fn arn(self) -> Value<crate::stack::Arn> {
        self.attribute("DBInstanceArn")
    }
}
