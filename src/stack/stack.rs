//! A stack and its verbs.

use std::collections::BTreeSet;
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use indexmap::IndexMap;

use super::app::Aspect;
use super::codes;
use super::condition::{Condition, Formula};
use super::construct::{Construct, Entry, Existing, Origin, Suppressed};
use super::environment::Environment;
use super::goals::Goal;
use super::handle::{AnyHandle, Handle};
use super::import::Known;
use super::link::{Link, Term};
use super::lower::{Lowered, World, lower};
use super::output::Output;
use super::parameter::Parameter;
use super::permission::{Grantee, Permission};
use super::tool_files::ToolFiles;
use super::traffic::{Destination, Flow, Listening, Source};
use super::value::{PlainText, PropertyType, Value};
use crate::diagnostic::{Diagnostic, Span};
use crate::goal::Suppression;
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
    pub(super) metadata: IndexMap<String, (Term, &'static Location<'static>)>,
    /// Macros, and where they were named.
    pub(super) transforms: Vec<(String, &'static Location<'static>)>,
    pub(super) entries: Vec<Rc<Entry>>,
    pub(super) neighbours: Vec<Known>,
    pub(super) parameters: IndexMap<String, Declared>,
    pub(super) mappings: IndexMap<String, (template::Map, &'static Location<'static>)>,
    pub(super) conditions: IndexMap<String, (Formula, &'static Location<'static>)>,
    pub(super) outputs: IndexMap<String, Output>,
    pub(super) flows: Vec<Flow>,
    pub(super) grants: Vec<Granted>,
    pub(super) required: Vec<Stated>,
    pub(super) assumed: Vec<(Stated, String)>,
    pub(super) tags: IndexMap<String, Value<String>>,
    pub(super) tool_files: BTreeSet<ToolFiles>,
    pub(super) suppressed: Vec<Suppressed>,
    /// What settings take for settled.
    pub(super) settled: Vec<(Suppression, Option<Span>)>,
    pub(super) aspects: Vec<Aspect>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Handles of other stacks, and where they were used.
    pub(super) strangers: Vec<(AnyHandle, &'static Location<'static>)>,
    pub(super) scope: String,
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

/// A parameter that was declared, where, and how the console shows it.
pub(super) struct Declared {
    pub(super) parameter: template::Parameter,
    pub(super) label: Option<String>,
    pub(super) group: Option<String>,
    /// Its value in the environment.
    pub(super) value: Option<String>,
    pub(super) location: &'static Location<'static>,
}

impl Stack {
    /// An empty stack for an environment. The name is the one under which it is deployed, unless whoever imports from it
    /// says another ([`locate`](Self::locate)): a letter, then letters, digits and hyphens, at most 128 in all.
    ///
    /// Source: `StackName` in <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
    pub fn new(name: impl Into<String>, environment: &Environment) -> Self {
        // Tells the handles of one stack from those of another within this program; it reaches no output.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            name: name.into(),
            environment: environment.clone(),
            description: None,
            metadata: IndexMap::new(),
            transforms: Vec::new(),
            entries: Vec::new(),
            neighbours: Vec::new(),
            parameters: IndexMap::new(),
            mappings: IndexMap::new(),
            conditions: IndexMap::new(),
            outputs: IndexMap::new(),
            flows: Vec::new(),
            grants: Vec::new(),
            required: Vec::new(),
            assumed: Vec::new(),
            tags: IndexMap::new(),
            tool_files: ToolFiles::ALL.iter().copied().collect(),
            suppressed: Vec::new(),
            settled: Vec::new(),
            aspects: Vec::new(),
            diagnostics: Vec::new(),
            strangers: Vec::new(),
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

    /// Says in a sentence what it is, at most 1,024 bytes. The console shows it.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.describe("The logs of every service, kept for a year");
    /// ```
    pub fn describe(&mut self, text: impl Into<String>) {
        self.description = Some(text.into());
    }

    /// Names what exists already, so that what this stack creates can use it. It renders nothing; what is said of it is
    /// taken on trust. The name serves in findings and in the logical ids of rules.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    /// stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    /// ```
    #[track_caller]
    pub fn import<T: Construct>(&mut self, name: impl Into<String>, existing: Existing<T>) -> Handle<T> {
        let Existing { noun, given } = existing;
        self.enter(name.into(), noun, Origin::Existing(given), Location::caller())
    }

    /// Creates a construct under a name, from which its logical ids come, and nothing else: moving the statement renames
    /// nothing. The name has letters and digits.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.add("Audit", LogGroup::new(365).retain());
    /// assert!(stack.lower().template.resources.contains_key("Audit"));
    /// ```
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
        let name = self.scoped(&name);
        let bag = noun.bag().clone();
        if bag.nameless {
            let message = format!("the properties of `{name}` are no object, so none of them has a name");
            let fault = Diagnostic::error(codes::RAW, message).source(location.into()).resource(&name);
            self.diagnostics.push(fault.help("give names and values: `json!({ \"Type\": \"String\" })`"));
        }
        self.keep(Entry { name, bag, noun: Rc::new(noun), origin, location })
    }

    /// Takes an entry under a name that is a logical id and is not taken.
    pub(super) fn keep<C>(&mut self, entry: Entry) -> Handle<C> {
        let Entry { name, location, .. } = &entry;
        self.check_name(name, location);
        if let Some(other) = self.entries.iter().find(|entry| entry.name == *name) {
            let diagnostic = Diagnostic::error(codes::NAME, format!("two constructs are named `{name}`"))
                .source((*location).into())
                .and_at(other.location.into(), "the first one")
                .help("give one of them another name, or put it into a scope: `stack.scope(\"Billing\", |stack| …)`");
            self.diagnostics.push(diagnostic);
        }
        let index = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(Rc::new(entry));
        Handle::new(self.id, index)
    }

    /// Lets traffic through: egress of the one end, ingress of the other, on the right port. Groups admit nothing
    /// otherwise, in either direction; answers need no rule of their own.
    ///
    /// The rules are resources of their own, so that two groups may name each other.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    /// let lambda_sg = stack.add("LambdaSg", SecurityGroup::new(vpc, "functions"));
    /// let database_sg = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    /// let database = stack.import("Database", DatabaseInstance::existing("billing", Engine::Postgres, database_sg));
    /// stack.allow(lambda_sg, database);
    /// stack.allow(cidr("10.0.0.0/16"), lambda_sg.on(tcp(443)));
    /// assert!(stack.lower().template.resources.contains_key("DatabaseSgFromLambdaSg5432"));
    /// ```
    #[track_caller]
    pub fn allow(&mut self, from: impl Source, to: impl Destination) {
        let location = Location::caller();
        let (from, to) = (from.ends(self), to.listening(self));
        let from: Vec<_> = from.0.into_iter().map(|end| end.map(|handle| self.canonical(handle))).collect();
        for listening in to.0 {
            let to = Listening { end: listening.end.map(|handle| self.canonical(handle)), ..listening };
            for from in &from {
                let flow = Flow { from: from.clone(), to: to.clone(), location };
                let known = self.flows.iter().any(|other| (&other.from, &other.to) == (&flow.from, &flow.to));
                if !known {
                    self.flows.push(flow);
                }
            }
        }
    }

    /// Gives a role of this stack a permission: a statement of the role's own policy.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let audit = stack.add("Audit", LogGroup::new(365));
    /// let code = Code::inline("def handler(event, context): ...");
    /// let handler = stack.add("Handler", Function::new(Runtime::Python313, code));
    /// stack.grant(handler, audit.write());
    /// ```
    #[track_caller]
    pub fn grant<G: Grantee>(&mut self, to: Handle<G>, permission: Permission) {
        let location = Location::caller();
        self.check_known(to.any());
        let Some(entry) = self.own_entry(to.any()) else { return };
        if let Some(fault) = entry.from().is_some().then(|| role_elsewhere(entry, &self.name)) {
            self.diagnostics.push(fault.source(location.into()));
        } else {
            self.grants.push(Granted { to: to.any(), role_id: G::role_id, permission, location });
        }
    }

    /// Asks that a goal holds, beyond those that follow from the wiring anyway. The sidecar says it.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let group = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
    /// let database = stack.import("Database", DatabaseInstance::existing("billing", Engine::Postgres, group));
    /// stack.require(database.isolated());
    /// ```
    #[track_caller]
    pub fn require(&mut self, goal: Goal) {
        self.required.push(Stated { goal, location: Location::caller() });
    }

    /// Takes a goal on trust. The proofs that rest on it say so, with the reason.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let key = "arn:aws:kms:eu-west-1:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d";
    /// let key = stack.import("Key", Key::existing(key));
    /// let role = stack.import("Reader", Role::existing("arn:aws:iam::111122223333:role/reader"));
    /// stack.assume(role.can(key.decrypt()), "the platform team's policy");
    /// ```
    #[track_caller]
    pub fn assume(&mut self, goal: Goal, reason: impl Into<String>) {
        self.assumed.push((Stated { goal, location: Location::caller() }, reason.into()));
    }

    /// A tag on every resource whose type has tags. A noun's own of the same key wins.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// stack.tag("team", "billing");
    /// ```
    pub fn tag(&mut self, key: impl Into<String>, value: impl PlainText) {
        self.tags.insert(key.into(), value.plain());
    }

    /// Declares what the deployer fills in, and gives its value, which serves wherever a literal does.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let days = stack.parameter("Days", Parameter::number().default(90));
    /// stack.add("Audit", LogGroup::new(days));
    /// ```
    #[track_caller]
    pub fn parameter<T: PropertyType>(&mut self, name: impl Into<String>, parameter: Parameter<T>) -> Value<T> {
        let (name, location) = (self.scoped(&name.into()), Location::caller());
        self.check_name(&name, location);
        let Parameter { declared: parameter, label, group, fault, given, .. } = parameter;
        let fault = fault.map(|(fault, place)| fault.said_of("default", &name, place));
        let given = given.map(|given| given.text(&name, &parameter)).transpose();
        self.diagnostics.extend(fault.into_iter().chain(given.as_ref().err().cloned()));
        let declared = Declared { parameter, label, group, value: given.ok().flatten(), location };
        if self.parameters.insert(name.clone(), declared).is_some() {
            self.named_twice("parameters", &name, location);
        }
        Value::from_term(Term::reference(Link::Name(name)))
    }

    /// Names a formula, so that values and resources can go by it. CloudFormation decides it before it creates anything,
    /// so it goes by parameters, pseudo parameters and mappings, never by an attribute.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let stage = stack.parameter("Stage", Parameter::text());
    /// let production = stack.condition("Production", stage.equals("prod"));
    /// stack.add("Audit", LogGroup::new(production.choose(365, 30)));
    /// stack.add("Trace", LogGroup::new(7).when(&production));
    /// ```
    #[track_caller]
    pub fn condition(&mut self, name: impl Into<String>, formula: Formula) -> Condition {
        let name = self.scoped(&name.into());
        let (condition, location) = (Condition::new(&name), Location::caller());
        self.check_name(&name, location);
        if self.conditions.insert(name.clone(), (formula, location)).is_some() {
            self.named_twice("conditions", &name, location);
        }
        condition
    }

    /// Prefixes the names of what is added inside, so that a helper can be called twice.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// for name in ["Invoices", "Refunds"] {
    ///     stack.scope(name, |stack| stack.add("Log", LogGroup::new(30)));
    /// }
    /// assert!(stack.lower().template.resources.contains_key("RefundsLog"));
    /// ```
    pub fn scope<R>(&mut self, name: &str, inside: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.scope.len();
        self.scope.push_str(name);
        let result = inside(self);
        self.scope.truncate(length);
        result
    }

    /// A name inside the scope at hand.
    pub(super) fn scoped(&self, name: &str) -> String {
        format!("{}{name}", self.scope)
    }

    /// A name that is no logical id is a finding.
    pub(super) fn check_name(&mut self, name: &str, location: &'static Location<'static>) {
        if let Some(fault) = template::LogicalId::fault(name) {
            self.diagnostics.push(Diagnostic::error(codes::NAME, fault).source(location.into()));
        }
    }

    /// The finished template, what it requires, and what is wrong with it. What other stacks import from this one is known to
    /// the app only: [`App::lower`](super::App::lower).
    pub fn lower(&self) -> Lowered {
        lower(self, &World::default())
    }

    /// A handle of another stack is a finding, told when the stack is lowered: then the other one is known.
    #[track_caller]
    pub(super) fn check_known(&mut self, handle: AnyHandle) {
        if self.own_entry(handle).is_none() {
            self.strangers.push((handle, Location::caller()));
        }
    }

    /// A port that is a parameter of the stack that a construct was imported from means nothing here.
    #[track_caller]
    pub(super) fn check_own_port(&mut self, handle: AnyHandle) {
        let Some(entry) = self.own_entry(handle).filter(|entry| entry.from().is_some()) else { return };
        let message = format!("`{}` listens on a port that only its own stack knows", entry.name);
        let fault = Diagnostic::error(codes::OWN_VALUE, message)
            .and_at(entry.location.into(), "imported here")
            .source(Location::caller().into())
            .help("import its group and name the port: `stack.allow(caller, group.on(tcp(5432)))`");
        self.diagnostics.push(fault);
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

    pub(super) fn named_twice(&mut self, what: &str, name: &str, location: &'static Location<'static>) {
        let diagnostic = Diagnostic::error(codes::NAME, format!("two {what} are named `{name}`"));
        self.diagnostics.push(diagnostic.source(location.into()).help("give one of them another name"));
    }
}

/// A grant to what another stack has.
fn role_elsewhere(entry: &Entry, stack: &str) -> Diagnostic {
    let message = format!("the role of `{}` belongs to another stack: `{stack}` cannot grant it anything", entry.name);
    Diagnostic::error(codes::FOREIGN_ROLE, message)
        .and_at(entry.location.into(), "imported here")
        .help("grant it in the stack that creates it; what is needed there can be imported from here, if nothing here needs that stack")
}

/// A handle of another stack stands in this one.
pub(crate) fn foreign(stack: &str) -> Diagnostic {
    Diagnostic::error(codes::FOREIGN, format!("a handle of another stack is used in `{stack}`")).help(
        "a template refers to its own resources only: `stack.import_from(&other, handle)` brings what a stack of the \
             app has, `stack.import(name, …)` names what exists outside",
    )
}
