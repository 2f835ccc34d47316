//! The database, given or new: an instance, or a cluster of Aurora.

use super::super::open::{optional, value};
use super::{Parts, Served, connect, secret};
use crate::constructs::rds::{self, AuroraEngine, DatabaseCluster, DatabaseInstance, Engine, MasterUser, user};
use crate::constructs::secretsmanager::{Credentials, HoldsCredentials};
use crate::settings::{self, DatabaseShape, Edition, Environment, GivenDatabase, NewDatabase, Target};
use crate::stack::{Handle, IntoValue, Parameter, Seconds, Stack, Value};

/// So many instances of a cluster read unless said, beside the one that writes.
const READERS: usize = 1;

/// The database, and all that connects to it.
pub(super) fn database(stack: &mut Stack, settings: &Environment, parts: Parts) {
    match settings.database.engine.target() {
        Target::Instance(engine) => {
            let database = match &settings.database.shape {
                DatabaseShape::New { new } => instance(stack, settings, parts, engine, new),
                DatabaseShape::Given(given) => given_instance(stack, settings, parts, engine, given),
            };
            let (endpoint, credentials) =
                (database.endpoint(), credentials(settings, parts, || database.master_secret()));
            connect(stack, settings, parts, Served { database, endpoint, credentials });
        }
        Target::Cluster(engine) => {
            let database = match &settings.database.shape {
                DatabaseShape::New { new } => cluster(stack, settings, parts, engine, new),
                DatabaseShape::Given(given) => given_cluster(stack, settings, parts, engine, given),
            };
            let (endpoint, credentials) =
                (database.endpoint(), credentials(settings, parts, || database.master_secret()));
            connect(stack, settings, parts, Served { database, endpoint, credentials });
        }
    }
}

/// The secret of the stack, or the one that RDS keeps.
fn credentials(settings: &Environment, parts: Parts, master: impl FnOnce() -> Credentials) -> Option<Credentials> {
    match parts.secret {
        Some(secret) => Some(secret.credentials()),
        None => settings.secret.as_ref().map(|_| master()),
    }
}

macro_rules! existing { ($($name:ident: $noun:ident of $engine:ty;)*) => { $(
    fn $name(
        stack: &mut Stack,
        settings: &Environment,
        parts: Parts,
        engine: $engine,
        given: &GivenDatabase,
    ) -> Handle<$noun> {
        let existing = $noun::existing(&given.identifier, engine, parts.network.database_sg);
        let existing = existing.port(settings.database.port());
        let existing = match resource_id(stack, given) {
            Value::Absent => existing,
            id => existing.resource_id(id),
        };
        stack.import("Database", existing)
    }
)* } }

existing! {
    given_instance: DatabaseInstance of Engine;
    given_cluster: DatabaseCluster of AuroraEngine;
}

fn resource_id(stack: &mut Stack, given: &GivenDatabase) -> Value<String> {
    let about = "Resource id of the database, which IAM authentication goes by.";
    optional(stack, given.resource_id.as_ref(), Parameter::text(), about)
}

/// INVARIANT (settings complete): a new database has a secret, which says its master user.
fn master(settings: &Environment, parts: Parts) -> MasterUser {
    match (parts.secret, &settings.secret) {
        (Some(secret), _) => secret.into(),
        (None, Some(said)) => MasterUser::managed(user(&said.user), secret::encrypted_by(parts.key)),
        (None, None) => unreachable!("settings complete: a new database without a master user"),
    }
}

/// Tells a noun what instances and clusters are told alike.
macro_rules! told {
    ($noun:expr, $stack:expr, $settings:expr, $parts:expr, $new:expr) => {{
        let (settings, new): (&Environment, &NewDatabase) = ($settings, $new);
        let days = Parameter::number().between(1, 35);
        let days = value($stack, &new.backup_days, days, "For how many days automated backups are kept.");
        let about = "Whether the database cannot be deleted.";
        let protected = value($stack, &new.deletion_protection, Parameter::flag(), about);
        let mut noun = $noun
            .port(settings.database.port())
            .backup_days(days)
            .backup_window(new.backup_window.as_deref())
            .maintenance_window(new.maintenance_window.as_deref())
            .deletion_protection(protected)
            .performance_insights(new.insights);
        if let Some(version) = &new.version {
            noun = noun.version(version);
        }
        if let Some(logs) = &new.log_exports {
            noun = noun.log_exports(logs.clone());
        }
        if let Some(name) = &settings.database.name {
            noun = noun.database_name(name);
        }
        if new.monitoring > 0 {
            noun = noun.enhanced_monitoring(Seconds(new.monitoring));
        }
        if let Some(key) = $parts.key {
            noun = noun.key(key);
        }
        new.parameters.iter().fold(noun, |noun, (name, value)| noun.parameter(name, value))
    }};
}

fn instance(
    stack: &mut Stack,
    settings: &Environment,
    parts: Parts,
    engine: Engine,
    new: &NewDatabase,
) -> Handle<DatabaseInstance> {
    let network = parts.network;
    let noun = DatabaseInstance::new(engine, master(settings, parts), network.data, network.database_sg);
    let noun = told!(noun, stack, settings, parts, new);
    let noun = sized(stack, noun, new).multi_az(standby(stack, engine, new)).storage_up_to(new.storage_up_to);
    let noun = match new.edition {
        Some(edition) => noun.edition(edition.noun()),
        None => noun,
    };
    stack.add("Database", noun)
}

fn sized(stack: &mut Stack, noun: DatabaseInstance, new: &NewDatabase) -> DatabaseInstance {
    let storage = Parameter::number().between(20, 65_536);
    let storage = optional(stack, new.storage.as_ref(), storage, "The storage of the database in GiB.");
    noun.storage(storage.retype(|gibibytes| gibibytes.to_string())).class(class(stack, new))
}

fn class(stack: &mut Stack, new: &NewDatabase) -> Value<String> {
    optional(stack, new.class.as_ref(), Parameter::text(), "The class of the database's instances.")
}

/// There is a standby unless said, where the engine can have one.
fn standby(stack: &mut Stack, engine: Engine, new: &NewDatabase) -> Value<bool> {
    let can = engine != Engine::SqlServer || matches!(new.edition, Some(Edition::Standard | Edition::Enterprise));
    match &new.multi_az {
        Some(said) => value(stack, said, Parameter::flag(), "Whether there is a standby in another zone."),
        None => can.into_value(),
    }
}

fn cluster(
    stack: &mut Stack,
    settings: &Environment,
    parts: Parts,
    engine: AuroraEngine,
    new: &NewDatabase,
) -> Handle<DatabaseCluster> {
    let network = parts.network;
    let noun = DatabaseCluster::new(engine, master(settings, parts), network.data, network.database_sg);
    let noun = told!(noun, stack, settings, parts, new);
    let (mut noun, class) = match &new.capacity {
        Some(capacity) => {
            let (least, most) = capacity.bounds();
            (noun.serverless(least, most), SERVERLESS.into_value())
        }
        None => {
            let class = match class(stack, new) {
                Value::Absent => CLASS.into_value(),
                said => said,
            };
            (noun.writer(class.clone()), class)
        }
    };
    for _ in 0..new.readers.unwrap_or(READERS) {
        noun = noun.reader(class.clone());
    }
    stack.add("Database", noun)
}

/// The class of instances whose capacity follows the load.
const SERVERLESS: &str = "db.serverless";

/// The class of a cluster's instances unless said: that which [`DatabaseCluster::writer`] has.
const CLASS: &str = "db.t3.medium";

impl settings::Edition {
    fn noun(self) -> rds::Edition {
        match self {
            Self::Express => rds::Edition::Express,
            Self::Web => rds::Edition::Web,
            Self::Standard => rds::Edition::Standard,
            Self::Enterprise => rds::Edition::Enterprise,
        }
    }
}
