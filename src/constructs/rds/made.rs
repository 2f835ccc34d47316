//! What a new instance and a new cluster have in common.

use super::cluster::Members;
use super::database::TargetKind;
use super::engine::AnyEngine;
use super::master::{ATTACHMENT, MasterUser};
use super::proxy::DatabaseProxy;
use crate::aws::iam;
use crate::aws::rds::DbSubnetGroup;
use crate::constructs::ec2::PrivateSubnets;
use crate::constructs::iam::service_role;
use crate::constructs::kms::Key;
use crate::diagnostic::Diagnostic;
use crate::stack::{
    self, AnyHandle, Arn, Bag, Dictionary, Fields, Handle, IntoValue, Json, List, Lowering, PropertyType, Seconds,
    Stack, Term, Trace, Value, sub,
};
use crate::template::Intrinsic;

/// What a new database is made with, beside the properties of its main resource.
pub(super) struct Made {
    pub(super) master: MasterUser,
    pub(super) subnets: Handle<PrivateSubnets>,
    pub(super) version: Option<Value<String>>,
    pub(super) family: Option<Value<String>>,
    pub(super) parameters: Dictionary<String>,
    pub(super) tls: bool,
    pub(super) monitoring: Option<Value<Seconds>>,
    pub(super) insights: Value<bool>,
    pub(super) key: Option<Handle<Key>>,
    pub(super) minor_upgrades: Value<bool>,
    /// The instances, where it is a cluster.
    pub(super) members: Members,
}

impl Made {
    pub(super) fn new(master: MasterUser, subnets: Handle<PrivateSubnets>) -> Self {
        Self {
            master,
            subnets,
            version: None,
            family: None,
            parameters: Dictionary::new(),
            tls: true,
            monitoring: None,
            insights: Value::Absent,
            key: None,
            minor_upgrades: true.into_value(),
            members: Members::default(),
        }
    }

    /// The properties that instances and clusters name alike, unless they were said.
    pub(super) fn fill(&self, bag: &mut Bag, kind: TargetKind, engine: AnyEngine, lowering: &mut Lowering<'_>) {
        bag.set("Engine", Value::Literal(engine.name().to_owned()));
        bag.set("EngineVersion", Value::Literal(engine.version().to_owned()));
        bag.set("EnableCloudwatchLogsExports", logs(engine));
        bag.set("DBSubnetGroupName", lowering.own::<String>(SUBNETS, "Ref"));
        if takes_tokens(lowering.stack(), lowering.handle()) {
            bag.set("EnableIAMDatabaseAuthentication", Value::Literal(true));
        }
        self.master.attach(kind.resource_type(), lowering);
        let description = format!("private subnets of {}", lowering.id());
        lowering.add(SUBNETS, DbSubnetGroup::new(description, self.subnets.ids()));
    }

    /// Metrics, insights and upgrades: properties of an instance, and of each member of a cluster.
    pub(super) fn fill_each(&self, bag: &mut Bag, insights: &str, lowering: &mut Lowering<'_>) {
        bag.set("AutoMinorVersionUpgrade", self.minor_upgrades.clone());
        bag.set(insights, self.insights.clone());
        if let (Some(key), true) = (self.key, self.may_have_insights()) {
            bag.set("PerformanceInsightsKMSKeyId", key.arn());
        }
        if let Some(every) = &self.monitoring {
            bag.set("MonitoringInterval", every.clone());
            bag.set("MonitoringRoleArn", lowering.own::<Arn>(MONITORING, "Arn"));
        }
    }

    /// Whether the load may come to be recorded; the record is encrypted as the database is.
    fn may_have_insights(&self) -> bool {
        !matches!(self.insights, Value::Absent | Value::Literal(false))
    }

    /// The role that may write metrics of the operating system.
    pub(super) fn add_monitoring_role(&self, lowering: &mut Lowering<'_>) {
        if self.monitoring.is_some() {
            lowering.add(MONITORING, monitoring_role());
        }
    }

    /// The family of its parameter group.
    pub(super) fn family(&self, engine: AnyEngine, lowering: &mut Lowering<'_>) -> Value<String> {
        if let Some(family) = &self.family {
            return family.clone();
        }
        let known = match &self.version {
            None => engine.parameter_family(engine.version()),
            Some(version) => version.literal().and_then(|version| engine.parameter_family(version)),
        };
        known.map_or_else(|| unknown_family(engine, lowering), |family| family.into_value())
    }

    /// Its parameters, with the one that requires TLS unless it was set by name.
    pub(super) fn parameters(&self, engine: AnyEngine) -> Json {
        let (tls, [on, off]) = engine.tls();
        let mut parameters = Fields::new().with(tls, Value::Literal(if self.tls { on } else { off }.to_owned()));
        if let Term::Map(said) = self.parameters.clone().into_term(&mut Trace::default()) {
            for (name, value) in said {
                parameters = parameters.json(&name, Value::Literal(Json(value)));
            }
        }
        Json(parameters.into_term(&mut Trace::default()))
    }

    /// The logical ids, after that of the database, of what must exist before it is used.
    pub(super) fn after(&self, stack: &Stack) -> Vec<&'static str> {
        self.master.attached(stack).map(|_| ATTACHMENT).into_iter().collect()
    }
}

fn logs(engine: AnyEngine) -> Value<List<String>> {
    engine.logs().to_vec().into_value()
}

const SUBNETS: &str = "Subnets";
const MONITORING: &str = "MonitoringRole";

/// Whether a proxy of the stack logs in with IAM tokens.
fn takes_tokens(stack: &Stack, database: AnyHandle) -> bool {
    stack.created::<DatabaseProxy>().iter().any(|(_, proxy)| proxy.brings_tokens_to(database))
}

/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html>
fn monitoring_role() -> iam::Role {
    let policy = sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole");
    let policy: Value<Arn> = Value::Intrinsic(Intrinsic::Sub(policy));
    service_role("monitoring.rds.amazonaws.com", Vec::new()).managed_policy_arns([policy])
}

fn unknown_family(engine: AnyEngine, lowering: &mut Lowering<'_>) -> Value<String> {
    let message = "the version of the engine does not say which family its parameter group is of";
    let cure =
        format!("say it: `.parameter_family(\"{}\")`", engine.parameter_family(engine.version()).unwrap_or_default());
    lowering.report(Diagnostic::error(stack::MISSING, message).help(cure));
    Value::Absent
}
