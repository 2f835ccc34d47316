//! Nouns: what a stack can create, and what exists already.

use std::any::Any;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use indexmap::IndexMap;

use super::bag::Bag;
use super::condition::Condition;
use super::handle::{AnyHandle, Handle};
use super::import::Way;
use super::link::Term;
use super::lower::Lowering;
use super::types::Json;
use super::value::{IntoValue, PlainText, PropertyType, Trace, Value};
use crate::goal::Assumption;
use crate::template::{self, Reference};

/// What becomes of a resource when it leaves the stack or is replaced.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deletion {
    /// It stays, outside any stack.
    Retain,
    /// A snapshot stays, where the type has snapshots.
    Snapshot,
    /// It goes, with its data.
    Delete,
}

impl Deletion {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Retain => "Retain",
            Self::Snapshot => "Snapshot",
            Self::Delete => "Delete",
        }
    }
}

/// Something that a stack can create.
///
/// A generated type only gives its bag. A construct that stands for several resources says so in
/// [`lower`](Construct::lower).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be added to a stack",
    label = "not a construct",
    note = "`add` creates; what exists already is named with `stack.import(name, …)`"
)]
pub trait Construct: Any {
    /// Its main resource.
    fn bag(&mut self) -> &mut Bag;

    /// Adds what it stands for to the template: unless it says otherwise, the one resource of its bag.
    fn lower(&self, lowering: &mut Lowering<'_>) {
        lowering.main_resource();
    }

    /// What an attribute of it is, where its main resource has the logical id `own`.
    fn attribute(&self, own: &str, name: &str) -> template::Value {
        template::Value::reference(match name {
            "Ref" => Reference::Ref(own.to_owned()),
            attribute => Reference::GetAtt(own.to_owned(), attribute.to_owned()),
        })
    }

    /// Whether rules of this stack may be attached to it, where it is a security group.
    fn takes_rules(&self) -> bool {
        true
    }

    /// What it takes on trust, where it has the name `own`.
    fn taken_on_trust(&self, own: &str) -> Vec<Assumption> {
        let _ = own;
        Vec::new()
    }

    /// The name that it had before: the logical id of its main resource, from which those of whatever belongs to it came.
    ///
    /// The rename is recorded in the sidecar, so that a comparison knows it for one, and what it costs is said: to
    /// CloudFormation a resource of another name is another resource.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Audit", LogGroup::new(365).formerly("Log"));
    /// assert_eq!(stack.lower().goals.renamed, [("Audit".to_owned(), "Log".to_owned())]);
    /// ```
    #[must_use]
    fn formerly(mut self, id: impl Into<String>) -> Self
    where
        Self: Sized,
    {
        self.bag().said.formerly = Some(id.into());
        self
    }

    /// Created only where the condition holds.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let stage = stack.parameter("Stage", Parameter::text());
    /// let production = stack.condition("Production", stage.equals("prod"));
    /// stack.add("Audit", LogGroup::new(365).when(&production));
    /// ```
    #[must_use]
    fn when(mut self, condition: &Condition) -> Self
    where
        Self: Sized,
    {
        self.bag().said.condition = Some(condition.clone());
        self
    }

    /// Stays when it leaves the stack or is replaced.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Audit", LogGroup::new(365).retain());
    /// ```
    #[must_use]
    fn retain(self) -> Self
    where
        Self: Sized,
    {
        self.on_deletion(Deletion::Retain)
    }

    /// What becomes of it when it leaves the stack or is replaced.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Scratch", LogGroup::new(1).on_deletion(Deletion::Delete));
    /// ```
    #[must_use]
    fn on_deletion(mut self, deletion: Deletion) -> Self
    where
        Self: Sized,
    {
        self.bag().said.deletion = Some(deletion);
        self
    }

    /// Created after `on`, beside what references imply.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let audit = stack.add("Audit", LogGroup::new(365));
    /// stack.add("Trace", LogGroup::new(7).depends_on(audit));
    /// ```
    #[must_use]
    fn depends_on<T>(mut self, on: Handle<T>) -> Self
    where
        Self: Sized,
    {
        self.bag().said.depends_on.push(on.any());
        self
    }

    /// A tag, on every resource it stands for whose type has tags.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Audit", LogGroup::new(365).tag("team", "billing"));
    /// ```
    #[must_use]
    fn tag(mut self, key: impl Into<String>, value: impl PlainText) -> Self
    where
        Self: Sized,
    {
        self.bag().tag(key.into(), value);
        self
    }

    /// Takes findings of a code about any of its resources for settled, with the reason: they are not told, and the
    /// sidecar says so. What is wrong with the stack as it was written (`S…`) cannot be settled so.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Audit", LogGroup::new(365).suppress("W1001", "both are deployed under the same parameter"));
    /// ```
    #[track_caller]
    #[must_use]
    fn suppress(mut self, code: impl Into<String>, reason: impl Into<String>) -> Self
    where
        Self: Sized,
    {
        let (code, reason) = (code.into(), reason.into());
        self.bag().said.suppressed.push(Suppressed { code, reason, until: None, location: Location::caller() });
        self
    }

    /// The same up to a day, written like `2027-01-31`, which is the last: from the next on `check` tells the findings
    /// again, and that the suppression is over. `synth` reads no clock, so it writes the same on every day.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Audit", LogGroup::new(365).suppress_until("2027-01-31", "W1001", "until both stacks are merged"));
    /// ```
    #[track_caller]
    #[must_use]
    fn suppress_until(mut self, last_day: impl Into<String>, code: impl Into<String>, reason: impl Into<String>) -> Self
    where
        Self: Sized,
    {
        let (code, reason, until) = (code.into(), reason.into(), Some(last_day.into()));
        self.bag().said.suppressed.push(Suppressed { code, reason, until, location: Location::caller() });
        self
    }

    /// Sets a property of the main resource by its path, such as `/LoggingConfig/LogFormat`, whatever was said before.
    /// It is checked like any other.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Audit", LogGroup::new(365).override_property("/LogGroupClass", "INFREQUENT_ACCESS"));
    /// ```
    #[track_caller]
    #[must_use]
    fn override_property(mut self, path: impl Into<String>, value: impl IntoValue<Json>) -> Self
    where
        Self: Sized,
    {
        let term = value.into_value().into_term_or_no_value();
        self.bag().said.overrides.push((path.into(), term, Location::caller()));
        self
    }
}

/// Something that exists already: it renders nothing, and what is said of it is taken on trust.
#[must_use = "nothing is imported until `stack.import` takes it"]
pub struct Existing<T> {
    pub(crate) noun: T,
    pub(super) given: IndexMap<&'static str, Term>,
}

impl<T: Construct> Existing<T> {
    /// An existing `noun`; nothing is known of its attributes yet.
    pub fn new(noun: T) -> Self {
        Self { noun, given: IndexMap::new() }
    }

    /// The noun, for the setters of its kind.
    pub(crate) fn noun_mut(&mut self) -> &mut T {
        &mut self.noun
    }

    /// Says what an attribute of it is.
    pub fn given<V: PropertyType>(mut self, attribute: &'static str, value: Value<V>) -> Self {
        if let Some(term) = value.into_term(&mut Trace::default()) {
            self.given.insert(attribute, term);
        }
        self
    }
}

impl<T> fmt::Debug for Existing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Existing").field("given", &self.given).finish_non_exhaustive()
    }
}

/// Findings of a code that are settled.
#[derive(Clone, Debug)]
pub(super) struct Suppressed {
    pub(super) code: String,
    pub(super) reason: String,
    /// The last day, as it was written.
    pub(super) until: Option<String>,
    pub(super) location: &'static Location<'static>,
}

/// A construct in its stack.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) bag: Bag,
    /// Shared with the stacks that import it.
    pub(super) noun: Rc<dyn Construct>,
    pub(super) origin: Origin,
    pub(super) location: &'static Location<'static>,
}

/// Where a construct comes from.
pub(super) enum Origin {
    /// This stack creates it.
    Created,
    /// It exists; these attributes of it are known.
    Existing(IndexMap<&'static str, Term>),
    /// Another stack has it.
    From(AnyHandle, Way),
}

impl Entry {
    pub(super) fn is_created(&self) -> bool {
        matches!(self.origin, Origin::Created)
    }
}

/// A resource of any type, as raw JSON. Checked like any other.
///
/// ```
/// # use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
/// let queue = stack.add("Queue", Resource::raw("AWS::SQS::Queue", serde_json::json!({ "FifoQueue": true })));
/// let parameter = Resource::raw("AWS::SSM::Parameter", serde_json::json!({ "Type": "String" }));
/// stack.add("QueueUrl", parameter.property("Value", queue.get("QueueUrl")));
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Resource(Bag);

impl Resource {
    /// A resource of type `kind` with the given properties, intrinsic functions in their long form. What is no object
    /// has no properties, and is a finding.
    #[track_caller]
    pub fn raw(kind: impl Into<String>, properties: serde_json::Value) -> Self {
        let mut bag = Bag::new(kind.into());
        match properties {
            serde_json::Value::Object(properties) => {
                properties.into_iter().for_each(|(name, value)| bag.set(&name, value.into_value()));
            }
            _ => bag.nameless = true,
        }
        Self(bag)
    }

    /// Sets a property to a value of the stack, such as another resource's attribute, or to [`Fields`](super::Fields)
    /// with such values in them.
    #[track_caller]
    pub fn property(mut self, name: &str, value: impl IntoValue<Json>) -> Self {
        self.0.set(name, value.into_value());
        self
    }
}

impl Construct for Resource {
    fn bag(&mut self) -> &mut Bag {
        &mut self.0
    }
}

impl Handle<Resource> {
    /// What `Ref` returns.
    pub fn reference(self) -> Value<String> {
        self.attribute("Ref")
    }

    /// What `Fn::GetAtt` returns for an attribute.
    pub fn get(self, attribute: &str) -> Value<String> {
        self.attribute(attribute)
    }
}

impl AnyHandle {
    /// A reference to an attribute, for constructs.
    pub fn term(self, attribute: &str) -> Term {
        Term::reference(super::link::Link::Attribute(self, attribute.to_owned()))
    }
}
