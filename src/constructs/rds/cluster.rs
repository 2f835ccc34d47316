//! An Aurora cluster that the stack makes, and its instances.

use super::database::{DatabaseCluster, TargetKind};
use super::engine::AuroraEngine;
use super::instance::PARAMETERS;
use super::made::Made;
use super::master::MasterUser;
use crate::aws::rds::db_cluster::ServerlessV2ScalingConfiguration;
use crate::aws::rds::{DbCluster, DbClusterParameterGroup, DbInstance};
use crate::constructs::ec2::{PrivateSubnets, SecurityGroup};
use crate::stack::{AnyHandle, Arn, Construct, Deletion, Handle, IntoValue, Lowering, Stack, Value};

/// The class of an instance whose capacity follows the load.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.html>
const SERVERLESS: &str = "db.serverless";

/// The instances of a cluster.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    /// The class of the first one, which writes until another takes over.
    pub(super) writer: Option<Value<String>>,
    /// The classes of those that only read.
    pub(super) readers: Vec<Value<String>>,
}

impl DatabaseCluster {
    /// A new cluster in private subnets, behind `group`, not reachable from outside the VPC. Its master user is that of
    /// a secret, which then gets its host and port, or one whose password RDS manages: [`MasterUser::managed`].
    ///
    /// It has one instance unless told of others: [`writer`](Self::writer), [`reader`](Self::reader),
    /// [`serverless`](Self::serverless). What holds of an instance unless said otherwise holds of it too.
    #[track_caller]
    pub fn new(
        engine: AuroraEngine,
        master: impl Into<MasterUser>,
        subnets: Handle<PrivateSubnets>,
        group: Handle<SecurityGroup>,
    ) -> Self {
        Self::made(engine, master.into(), subnets, group)
    }

    /// The class of the instance that is made first, and writes until another takes over; `db.t3.medium` unless said.
    #[track_caller]
    pub fn writer(self, class: impl IntoValue<String>) -> Self {
        self.tell_members(|members| members.writer = Some(class.into_value()))
    }

    /// A further instance, which reads, and takes over where the writer fails.
    #[track_caller]
    pub fn reader(self, class: impl IntoValue<String>) -> Self {
        self.tell_members(|members| members.readers.push(class.into_value()))
    }

    /// The capacity of its serverless instances, in Aurora capacity units of about 2 GiB of memory each: half steps
    /// from 0 (pausing, unless a proxy keeps connections to it) or 0.5 up to 256. Unless its class is said, the writer is one of them; readers are with
    /// `.reader("db.serverless")`.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html>
    #[track_caller]
    pub fn serverless(mut self, least: f64, most: f64) -> Self {
        let capacity = ServerlessV2ScalingConfiguration::new().min_capacity(least).max_capacity(most);
        self.database = self.database.serverless_v2_scaling_configuration(capacity);
        self.tell_members(|members| {
            members.writer.get_or_insert_with(|| SERVERLESS.into_value());
        })
    }

    /// The port that it listens on; its engine's default unless said. A proxy before it listens on that all the same.
    #[track_caller]
    pub fn port(mut self, port: impl IntoValue<i64>) -> Self {
        self.port = port.into_value();
        self
    }

    /// How many instances only read, where the stack makes it.
    pub(crate) fn readers(&self) -> Option<usize> {
        self.made.as_ref().map(|made| made.members.readers.len())
    }

    fn tell_members(mut self, tell: impl FnOnce(&mut Members)) -> Self {
        if let Some(made) = &mut self.made {
            tell(&mut made.members);
        }
        self
    }

    pub(super) fn after(&self, stack: &Stack, own: AnyHandle) -> Vec<String> {
        let Some(made) = &self.made else { return Vec::new() };
        let members = made.members.suffixes();
        let suffixes = made.after(stack).into_iter().map(str::to_owned).chain(members);
        suffixes.map(|suffix| format!("{}{suffix}", stack.name_of(own))).collect()
    }

    pub(super) fn lower_made(&self, lowering: &mut Lowering<'_>) {
        let Some(made) = &self.made else { return lowering.main_resource() };
        let mut rest = DbCluster::new()
            .db_cluster_parameter_group_name(lowering.own::<String>(PARAMETERS, "Ref"))
            .port(self.port.clone())
            .vpc_security_group_ids(self.group().only());
        rest = made.master.told(rest, self.engine, lowering);
        made.fill(rest.bag(), TargetKind::Cluster, self.engine, lowering);
        made.add_monitoring_role(lowering);
        lowering.complete(rest);
        let family = made.family(self.engine, lowering);
        let description = format!("parameters of {}", lowering.id());
        lowering.add(PARAMETERS, DbClusterParameterGroup::new(description, family, made.parameters(self.engine)));
        self.add_members(made, lowering);
    }

    /// The writer is there first, so that no reader is made the writer in its place.
    fn add_members(&self, made: &Made, lowering: &mut Lowering<'_>) {
        let class = made.members.writer.clone().unwrap_or_else(|| self.engine.class().into_value());
        let classes = [class].into_iter().chain(made.members.readers.iter().cloned());
        for (n, (suffix, class)) in made.members.suffixes().zip(classes).enumerate() {
            let mut member = DbInstance::new()
                .db_cluster_identifier(lowering.own::<String>("", "Ref"))
                .db_instance_class(class)
                .engine(self.engine.name())
                .promotion_tier(i64::from(n > 0))
                .publicly_accessible(false);
            // Its data are the cluster's.
            member.bag().deleted(Deletion::Delete);
            made.fill_each(member.bag(), "EnablePerformanceInsights", lowering);
            if n > 0 {
                member.bag().after(format!("{}{WRITER}", lowering.id()));
            }
            lowering.add(&suffix, member);
        }
    }
}

const WRITER: &str = "Writer";

impl Members {
    /// What follows the cluster's logical id in those of its instances.
    fn suffixes(&self) -> impl Iterator<Item = String> + use<> {
        let readers = (1..=self.readers.len()).map(|n| format!("Reader{n}"));
        [WRITER.to_owned()].into_iter().chain(readers)
    }
}

impl Handle<DatabaseCluster> {
    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("DBClusterArn")
    }

    /// The name that clients connect to for reading: any of the readers, or the writer where there is none.
    pub fn reader_endpoint(self) -> Value<String> {
        self.attribute("ReadEndpoint.Address")
    }
}
