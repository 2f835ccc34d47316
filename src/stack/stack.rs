//! A stack and its verbs.

use std::any::Any;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use indexmap::IndexMap;

use super::codes;
use super::condition::{Condition, Formula};
use super::construct::{Construct, Entry, Existing, Origin};
use super::environment::Environment;
use super::goals::Goal;
use super::handle::{AnyHandle, Handle};
use super::link::{Link, Term};
use super::lower::{Lowered, lower};
use super::parameter::Parameter;
use super::permission::{Grantee, Permission};
use super::traffic::{Destination, Flow, Source};
use super::value::{PlainText, PropertyType, Trace, Value};
use crate::diagnostic::{Diagnostic, Span};
use crate::template;

/// A unit of deployment: what `aws cloudformation deploy` gets as one template.
///
/// Its verbs: [`import`](Stack::import) names what exists, [`add`](Stack::add) creates, [`allow`](Stack::allow) is
/// traffic, [`grant`](Stack::grant) is permission, [`require`](Stack::require) is what must hold beyond what follows
/// from the wiring, [`assume`](Stack::assume) is what is taken on trust.
pub struct Stack {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) environment: Environment,
    pub(super) description: Option<String>,
    pub(super) entries: Vec<Entry>,
    pub(super) parameters: IndexMap<String, (template::Parameter, &'static Location<'static>)>,
    pub(super) conditions: IndexMap<String, (Formula, &'static Location<'static>)>,
    pub(super) outputs: IndexMap<String, Output>,
    pub(super) flows: Vec<Flow>,
    pub(super) grants: Vec<Granted>,
    pub(super) required: Vec<Stated>,
    pub(super) assumed: Vec<(Stated, String)>,
    pub(super) tags: IndexMap<String, Value<String>>,
    pub(super) diagnostics: Vec<Diagnostic>,
    scope: String,
}

/// A permission that was granted, and where.
pub(super) struct Granted {
    pub(super) to: AnyHandle,
    pub(super) role_id: fn(&str) -> String,
    pub(super) permission: Permission,
    pub(super) location: &'static Location<'static>,
}

/// A goal that was stated, and where.
pub(super) struct Stated {
    pub(super) goal: Goal,
    pub(super) location: &'static Location<'static>,
}

/// An output in the making.
pub(super) struct Output {
    pub(super) value: Term,
    pub(super) location: &'static Location<'static>,
}

impl Stack {
    /// An empty stack for an environment.
    pub fn new(name: impl Into<String>, environment: &Environment) -> Self {
        // Tells the handles of one stack from those of another within this program; it reaches no output.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            name: name.into(),
            environment: environment.clone(),
            description: None,
            entries: Vec::new(),
            parameters: IndexMap::new(),
            conditions: IndexMap::new(),
            outputs: IndexMap::new(),
            flows: Vec::new(),
            grants: Vec::new(),
            required: Vec::new(),
            assumed: Vec::new(),
            tags: IndexMap::new(),
            diagnostics: Vec::new(),
            scope: String::new(),
        }
    }

    /// Its name: also that of the files that `synth` writes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is deployed.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Says in a sentence what it is, at most 1,024 bytes.
    pub fn describe(&mut self, text: impl Into<String>) {
        self.description = Some(text.into());
    }

    /// Names what exists already.
    #[track_caller]
    pub fn import<T: Construct>(&mut self, name: impl Into<String>, existing: Existing<T>) -> Handle<T> {
        let Existing { noun, given } = existing;
        self.enter(name.into(), noun, Origin::Existing(given), Location::caller())
    }

    /// Creates a construct under a name, from which its logical ids come.
    #[track_caller]
    pub fn add<C: Construct>(&mut self, name: impl Into<String>, noun: C) -> Handle<C> {
        self.enter(name.into(), noun, Origin::Created, Location::caller())
    }

    fn enter<C: Construct>(
        &mut self,
        name: String,
        mut noun: C,
        origin: Origin,
        location: &'static Location<'static>,
    ) -> Handle<C> {
        let name = format!("{}{name}", self.scope);
        if let Some(fault) = template::LogicalId::fault(&name) {
            self.diagnostics.push(Diagnostic::error(codes::NAME, fault).source(location.into()));
        }
        if let Some(other) = self.entries.iter().find(|entry| entry.name == name) {
            let diagnostic = Diagnostic::error(codes::NAME, format!("two constructs are named `{name}`"))
                .source(location.into())
                .and_at(other.location.into(), "the first one")
                .help("give one of them another name, or put it into a scope: `stack.scope(\"Billing\", |stack| …)`");
            self.diagnostics.push(diagnostic);
        }
        let index = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let bag = noun.bag().clone();
        self.entries.push(Entry { name, bag, noun: Box::new(noun), origin, location });
        Handle::new(self.id, index)
    }

    /// Lets traffic through: egress of the one end, ingress of the other, on the right port.
    #[track_caller]
    pub fn allow(&mut self, from: impl Source, to: impl Destination) {
        let location = Location::caller();
        let (from, to) = (from.ends(self), to.listening(self));
        for end in &from.0 {
            for listening in &to.0 {
                let flow = Flow { from: end.clone(), to: listening.clone(), location };
                let known = self.flows.iter().any(|other| (&other.from, &other.to) == (&flow.from, &flow.to));
                if !known {
                    self.flows.push(flow);
                }
            }
        }
    }

    /// Gives a role of this stack a permission.
    #[track_caller]
    pub fn grant<G: Grantee>(&mut self, to: Handle<G>, permission: Permission) {
        let location = Location::caller();
        self.check_known(to.any());
        if self.entry(to.any()).is_some() {
            self.grants.push(Granted { to: to.any(), role_id: G::role_id, permission, location });
        }
    }

    /// Asks that a goal holds, beyond those that follow from the wiring anyway.
    #[track_caller]
    pub fn require(&mut self, goal: Goal) {
        self.required.push(Stated { goal, location: Location::caller() });
    }

    /// Takes a goal on trust. The proofs that rest on it say so, with the reason.
    #[track_caller]
    pub fn assume(&mut self, goal: Goal, reason: impl Into<String>) {
        self.assumed.push((Stated { goal, location: Location::caller() }, reason.into()));
    }

    /// An output under a name; none where the value is absent.
    #[track_caller]
    pub fn output(&mut self, name: impl Into<String>, value: impl PlainText) {
        let (name, location) = (format!("{}{}", self.scope, name.into()), Location::caller());
        let Some(value) = value.plain().into_term(&mut Trace::default()) else { return };
        if self.outputs.insert(name.clone(), Output { value, location }).is_some() {
            self.named_twice("outputs", &name, location);
        }
    }

    /// A tag on every resource whose type has tags.
    pub fn tag(&mut self, key: impl Into<String>, value: impl PlainText) {
        self.tags.insert(key.into(), value.plain());
    }

    /// Declares what the deployer fills in, and gives its value.
    #[track_caller]
    pub fn parameter<T: PropertyType>(&mut self, name: impl Into<String>, parameter: Parameter<T>) -> Value<T> {
        let (name, location) = (format!("{}{}", self.scope, name.into()), Location::caller());
        if self.parameters.insert(name.clone(), (parameter.declared, location)).is_some() {
            self.named_twice("parameters", &name, location);
        }
        Value::from_term(Term::reference(Link::Name(name)))
    }

    /// Names a formula, so that values and resources can go by it.
    #[track_caller]
    pub fn condition(&mut self, name: impl Into<String>, formula: Formula) -> Condition {
        let name = format!("{}{}", self.scope, name.into());
        let (condition, location) = (Condition::new(&name), Location::caller());
        if self.conditions.insert(name.clone(), (formula, location)).is_some() {
            self.named_twice("conditions", &name, location);
        }
        condition
    }

    /// Prefixes the names of what is added inside, so that a helper can be called twice.
    pub fn scope<R>(&mut self, name: &str, inside: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.scope.len();
        self.scope.push_str(name);
        let result = inside(self);
        self.scope.truncate(length);
        result
    }

    /// The finished template, what it requires, and what is wrong with it.
    pub fn lower(&self) -> Lowered {
        lower(self)
    }

    /// The construct behind a handle of this stack.
    pub fn noun<T: Construct>(&self, handle: Handle<T>) -> Option<&T> {
        self.noun_of(handle.any())
    }

    /// The construct behind a handle of this stack, if it is a `T`.
    pub fn noun_of<T: Construct>(&self, handle: AnyHandle) -> Option<&T> {
        noun_in(self.entry(handle)?)
    }

    /// What this stack creates of one kind, by name.
    pub(crate) fn created<T: Construct>(&self) -> Vec<(Handle<T>, &T)> {
        let created = (0..).zip(&self.entries).filter(|(_, entry)| entry.is_created());
        let mut found: Vec<_> =
            created.filter_map(|(index, entry)| Some((entry, Handle::new(self.id, index), noun_in(entry)?))).collect();
        found.sort_by(|(a, ..), (b, ..)| a.name.cmp(&b.name));
        found.into_iter().map(|(_, handle, noun)| (handle, noun)).collect()
    }

    /// Whether this stack creates what is behind a handle.
    pub(crate) fn creates(&self, handle: AnyHandle) -> bool {
        self.entry(handle).is_some_and(Entry::is_created)
    }

    /// What was said of an attribute of something that exists.
    pub(crate) fn given(&self, handle: AnyHandle, attribute: &str) -> Option<&Term> {
        match &self.entry(handle)?.origin {
            Origin::Existing(given) => given.get(attribute),
            Origin::Created => None,
        }
    }

    /// The Rust line that named what is behind a handle.
    pub(crate) fn place_of(&self, handle: AnyHandle) -> Option<Span> {
        Some(self.entry(handle)?.location.into())
    }

    pub(super) fn entry(&self, handle: AnyHandle) -> Option<&Entry> {
        if handle.stack != self.id {
            return None;
        }
        self.entries.get(handle.index as usize)
    }

    /// The condition under which a construct of this stack exists.
    pub(super) fn condition_of(&self, handle: AnyHandle) -> Option<&Condition> {
        self.entry(handle)?.bag.said.condition.as_ref()
    }

    /// The name of what is behind a handle.
    pub fn name_of(&self, handle: AnyHandle) -> &str {
        self.entry(handle).map_or("?", |entry| &entry.name)
    }

    /// A handle of another stack is a finding.
    #[track_caller]
    pub(super) fn check_known(&mut self, handle: AnyHandle) {
        if self.entry(handle).is_none() {
            self.diagnostics.push(foreign(&self.name).source(Location::caller().into()));
        }
    }

    #[track_caller]
    pub(super) fn report_no_group(&mut self, handle: AnyHandle) {
        let name = self.name_of(handle);
        let diagnostic = Diagnostic::error(
            codes::NO_GROUP,
            format!("`{name}` has no security group, so no traffic can be allowed from it"),
        )
        .resource(name)
        .source(Location::caller().into())
        .help("put it into a VPC: `.in_vpc(private, group)`");
        self.diagnostics.push(diagnostic);
    }

    fn named_twice(&mut self, what: &str, name: &str, location: &'static Location<'static>) {
        let diagnostic = Diagnostic::error(codes::NAME, format!("two {what} are named `{name}`"));
        self.diagnostics.push(diagnostic.source(location.into()).help("give one of them another name"));
    }
}

fn noun_in<T: Construct>(entry: &Entry) -> Option<&T> {
    let noun: &dyn Any = entry.noun.as_ref();
    noun.downcast_ref()
}

/// A handle of another stack stands in this one.
pub(crate) fn foreign(stack: &str) -> Diagnostic {
    Diagnostic::error(codes::FOREIGN, format!("a handle of another stack is used in `{stack}`"))
        .help("a template refers to its own resources only: import what exists with `stack.import(name, …)`")
}

/// The stacks of a program.
#[derive(Default)]
pub struct App {
    stacks: Vec<Stack>,
}

impl App {
    /// No stacks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a finished stack.
    pub fn add(&mut self, stack: Stack) {
        self.stacks.push(stack);
    }

    /// The stacks, in the order in which they were added.
    pub fn stacks(&self) -> &[Stack] {
        &self.stacks
    }
}
