//! Properties of one resource that go together, or exclude each other: each rule is a JSON Schema, an `if` and what
//! follows, as data.

pub(super) mod compute;
pub(super) mod databases;
pub(super) mod network;
pub(super) mod storage;

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use crate::check::context::Context;
use crate::check::report::Report;
use crate::registry::{Demand, TypeFacts};

/// What a service asks of properties that are fine each for itself.
pub struct Condition {
    /// The code of its rule.
    pub code: &'static str,
    /// Where it applies: a type and a path below its properties, `AWS::EC2::SecurityGroup/SecurityGroupIngress/*`.
    pub places: &'static [&'static str],
    /// What must hold there, as JSON Schema. In an `if` only what is known counts.
    pub schema: &'static str,
    /// Why, to be put behind what is wrong.
    pub because: &'static str,
}

const ALL: &[&[Condition]] = &[compute::CONDITIONS, network::CONDITIONS, storage::CONDITIONS, databases::CONDITIONS];

type Demands = [(&'static Condition, Demand)];

impl Condition {
    /// Those of a type, ready to look; built when first asked for, and kept.
    ///
    /// INVARIANT (conditions build): every schema is JSON, and builds for every type that it is for, which the examples of
    /// the rules hold.
    pub fn of(facts: &TypeFacts) -> &'static Demands {
        static KNOWN: LazyLock<RwLock<HashMap<&'static str, &'static Demands>>> = LazyLock::new(RwLock::default);
        if let Some(demands) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(facts.name) {
            return demands;
        }
        let demands: Vec<_> = ALL.iter().copied().flatten().flat_map(|condition| condition.demands(facts)).collect();
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(facts.name).or_insert_with(|| Vec::leak(demands))
    }

    fn demands(&'static self, facts: &TypeFacts) -> impl Iterator<Item = (&'static Self, Demand)> {
        self.places.iter().filter_map(move |place| {
            let (kind, at) = place.split_once('/').unwrap_or((place, ""));
            (kind == facts.name).then(|| (self, self.demand(facts, at)))
        })
    }

    fn demand(&self, facts: &TypeFacts, at: &str) -> Demand {
        let schema = serde_json::from_str(self.schema).map_err(|error| error.to_string());
        let demand = schema.and_then(|schema| Demand::new(facts, at, &schema));
        demand.unwrap_or_else(|error| unreachable!("conditions build: {}: {error}", self.code))
    }
}

fn find(context: &Context<'_>, report: &mut Report, code: &str) {
    for (id, condition, violation) in context.broken_conditions() {
        if condition.code == code {
            let mut message = format!("{}: {}", violation.message, condition.because);
            if !violation.when.is_empty() {
                let world = violation.when.iter().map(|(name, holds)| format!("`{name}` is {holds}"));
                message.push_str(&format!(", where {}", world.collect::<Vec<_>>().join(" and ")));
            }
            report.resource(id, &format!("/Properties{}", violation.path), message).help = violation.help.clone();
        }
    }
}

/// Rules and what they look for, from one table.
macro_rules! conditions { ($($severity:ident $id:literal $name:literal at $places:expr;
    schema $schema:literal
    because $because:literal source $source:literal $explanation:literal bad $bad:expr, good $good:expr;)*) => {
    pub(in crate::check::rules) const RULES: &[crate::check::rule::Rule] = &[$(crate::check::rule::Rule {
        code: crate::diagnostic::Code::new($id, $name),
        severity: crate::diagnostic::Severity::$severity,
        source: $source,
        explanation: $explanation,
        bad: $bad,
        good: $good,
        find: |context, report| super::find(context, report, $id),
    },)*];
    pub(super) const CONDITIONS: &[super::Condition] = &[$(super::Condition {
        code: $id, places: $places, schema: $schema, because: $because,
    },)*];
} }
use conditions;
