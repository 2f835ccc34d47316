//! What a construct sees while it is lowered.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

use indexmap::IndexMap;

use super::super::bag::Bag;
use super::super::codes;
use super::super::construct::{Construct, Entry, Origin};
use super::super::handle::AnyHandle;
use super::super::link::{Link, Term};
use super::super::stack::{Stack, foreign};
use super::super::value::Value;
use super::World;
use super::imports::Need;
use super::rules::Rule;
use super::services::UseElsewhere;
use crate::diagnostic::Diagnostic;
use crate::goal::{Assumption, Taken};
use crate::iam::Effect;
use crate::template;

/// The template in the making, seen from the construct whose turn it is.
pub struct Lowering<'a> {
    pub(super) stack: &'a Stack,
    pub(super) drafts: BTreeMap<String, Draft>,
    pub(super) rules: Vec<Rule>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What it needs of other stacks.
    pub(super) needs: Vec<Need>,
    /// What the services of its resources use of other stacks.
    pub(super) uses: Vec<UseElsewhere>,
    /// Parameters by which it reads what other stacks keep.
    pub(super) read: BTreeMap<String, (template::Parameter, &'static Location<'static>)>,
    /// The finished resources, each with the construct that it belongs to.
    pub(super) owners: Vec<(String, Option<AnyHandle>)>,
    /// Tags of every stack of the app.
    pub(super) tags: IndexMap<String, Value<String>>,
    /// The stacks of the app, where there is one.
    others: &'a [Stack],
    pub(super) assumed: Vec<Assumption>,
    pub(super) transforms: BTreeSet<&'static str>,
    current: Option<AnyHandle>,
}

/// A resource in the making.
pub(super) struct Draft {
    pub(super) bag: Bag,
    pub(super) owner: Option<AnyHandle>,
    pub(super) location: &'static Location<'static>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(stack: &'a Stack, world: &World<'a>) -> Self {
        let mut lowering = Self {
            stack,
            drafts: BTreeMap::new(),
            rules: Vec::new(),
            diagnostics: stack.diagnostics.clone(),
            needs: Vec::new(),
            uses: Vec::new(),
            read: BTreeMap::new(),
            owners: Vec::new(),
            tags: world.tags.cloned().unwrap_or_default(),
            others: world.stacks,
            assumed: Vec::new(),
            transforms: BTreeSet::new(),
            current: None,
        };
        for (handle, location) in &stack.strangers {
            let fault = lowering.stranger(*handle);
            lowering.unresolved(fault, location);
        }
        lowering
    }

    /// What is wrong with a handle of another stack.
    pub(super) fn stranger(&self, handle: AnyHandle) -> Diagnostic {
        let fault = foreign(&self.stack.name);
        let other = self.others.iter().find_map(|stack| Some((stack, stack.own_entry(handle)?)));
        match other {
            Some((stack, entry)) => {
                let label = format!("`{}` of `{}` is created here", entry.name, stack.name);
                fault.and_at(entry.location.into(), label)
            }
            None => fault,
        }
    }

    pub(super) fn enter(&mut self, handle: AnyHandle) {
        self.current = Some(handle);
    }

    pub(super) fn leave(&mut self) {
        self.current = None;
    }

    fn entry(&self) -> &'a Entry {
        let handle = self.current.unwrap_or_else(|| unreachable!("a construct is lowered in its turn only"));
        self.stack.entry(handle).unwrap_or_else(|| unreachable!("the turn goes over the stack's own constructs"))
    }

    /// The stack.
    pub fn stack(&self) -> &'a Stack {
        self.stack
    }

    /// The logical id of the construct's main resource.
    pub fn id(&self) -> &'a str {
        &self.entry().name
    }

    /// The construct's own handle.
    pub fn handle(&self) -> AnyHandle {
        self.current.unwrap_or_else(|| unreachable!("a construct is lowered in its turn only"))
    }

    /// The construct behind a handle, if it is a `T` of this stack; a handle of another stack is a finding.
    pub fn noun<T: Construct>(&mut self, handle: AnyHandle) -> Option<&'a T> {
        if self.stack.entry(handle).is_none() {
            self.report(self.stranger(handle));
        }
        self.stack.noun_of(handle)
    }

    /// The properties of the main resource so far.
    pub fn bag(&self) -> Bag {
        self.entry().bag.clone()
    }

    /// Adds the main resource as its bag has it.
    pub fn main_resource(&mut self) {
        self.put("", self.bag());
    }

    /// Adds the main resource: what the noun was told, and of the properties of `rest` those that it was not. It waits
    /// for what either waits for.
    pub fn complete(&mut self, mut rest: impl Construct) {
        let mut bag = self.bag();
        bag.after.extend(rest.bag().after.iter().cloned());
        let fields = bag.fields.clone().completed(rest.bag().fields.clone());
        self.put("", Bag { fields, ..bag });
    }

    /// Adds a resource, such as a generated type: its logical id is the construct's, followed by `suffix`. Of a
    /// construct that stands for several it is the main one.
    pub fn add(&mut self, suffix: &str, mut resource: impl Construct) {
        self.put(suffix, resource.bag().clone());
    }

    fn put(&mut self, suffix: &str, bag: Bag) {
        let (id, location) = (format!("{}{suffix}", self.id()), self.entry().location);
        let owner = self.current;
        self.draft(id, Draft { bag, owner, location });
    }

    pub(super) fn draft(&mut self, id: String, draft: Draft) {
        // Of two constructs of one name that was said already, once.
        let same_name = |other: &Draft| self.owner_name(&draft) == self.owner_name(other) && draft.owner != other.owner;
        if let Some(other) = self.drafts.get(&id).filter(|other| !same_name(other)) {
            let diagnostic =
                Diagnostic::error(codes::NAME, format!("two resources come out with the logical id `{id}`"))
                    .source(draft.location.into())
                    .and_at(other.location.into(), "the other one")
                    .help("give one of the constructs another name");
            self.diagnostics.push(diagnostic);
        }
        self.drafts.insert(id, draft);
    }

    fn owner_name(&self, draft: &Draft) -> Option<&'a str> {
        Some(self.stack.own_entry(draft.owner?)?.name.as_str())
    }

    /// An attribute of a resource that this construct adds under `suffix`; the name `Ref` is what `Ref` returns.
    pub fn own<T>(&self, suffix: &str, attribute: &str) -> Value<T> {
        let id = format!("{}{suffix}", self.id());
        Value::from_term(Term::reference(match attribute {
            "Ref" => Link::Name(id),
            attribute => Link::NamedAttribute(id, attribute.to_owned()),
        }))
    }

    /// The logical ids of the rules that let traffic from any of the one groups to any of the others.
    pub fn rules_between(&self, from: &[AnyHandle], to: &[AnyHandle]) -> Vec<String> {
        let [from, to] = [from, to].map(|groups| groups.iter().map(|group| self.stack.canonical(*group)));
        let (from, to): (Vec<_>, Vec<_>) = (from.collect(), to.collect());
        let between = self.rules.iter().filter(|rule| {
            rule.from.is_some_and(|group| from.contains(&group)) && rule.to.is_some_and(|group| to.contains(&group))
        });
        between.map(|rule| rule.id.clone()).collect()
    }

    /// The logical ids of the rules that let traffic out of any of these groups, and into whatever it goes to.
    pub fn rules_from(&self, from: &[AnyHandle]) -> Vec<String> {
        let of_groups = self.rules.iter().filter(|rule| rule.from.is_some_and(|group| from.contains(&group)));
        of_groups.map(|rule| rule.id.clone()).collect()
    }

    /// The actions that the stack grants the construct. What is wrong with a grant is told where it is lowered.
    pub fn granted_actions(&self) -> Vec<String> {
        let own = self.handle();
        let grants = self.stack.grants.iter().filter(|grant| grant.to == own);
        let statements = grants.filter_map(|grant| grant.permission.statements(self.stack).ok()).flatten();
        statements.filter(|statement| statement.effect == Effect::Allow).flat_map(|allowed| allowed.actions).collect()
    }

    /// Takes a fact on trust: AWS does not say it, or nothing in a template can show it. The proofs list it.
    pub fn assume(&mut self, fact: impl Into<String>, reason: impl Into<String>) {
        self.assumed.push(Assumption { what: Taken::Fact(fact.into()), reason: reason.into() });
    }

    /// The template is one for a macro of CloudFormation's, such as `AWS::SecretsManager-2024-09-16`, to process.
    /// Its deployment then needs `CAPABILITY_AUTO_EXPAND`.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-section-structure.html>
    pub fn transform(&mut self, name: &'static str) {
        self.transforms.insert(name);
    }

    /// Takes down a finding about this construct.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        let diagnostic = match self.current.and_then(|handle| self.stack.entry(handle)) {
            Some(entry) => {
                let source = diagnostic.source.clone().unwrap_or_else(|| entry.location.into());
                let resource = diagnostic.resource.clone().unwrap_or_else(|| entry.name.clone());
                diagnostic.source(source).resource(resource)
            }
            None => diagnostic,
        };
        self.diagnostics.push(diagnostic);
    }

    /// A term as the template has it; what cannot be resolved is a finding at `location`.
    pub(super) fn resolve(&mut self, term: &Term, location: &'static Location<'static>) -> template::Value {
        term.substitute(&mut |link| self.resolve_link(link, location))
    }

    fn resolve_link(&mut self, link: &Link, location: &'static Location<'static>) -> template::Value {
        match link {
            Link::Name(name) => template::Value::reference_to(name.as_str()),
            Link::NamedAttribute(name, attribute) => template::Value::attribute_of(name.as_str(), attribute.as_str()),
            Link::Attribute(handle, attribute) => match self.stack.own_entry(*handle) {
                None => self.elsewhere(*handle, attribute, None, location),
                Some(entry) => self.resolve_attribute(entry, attribute, location),
            },
        }
    }

    fn resolve_attribute(
        &mut self,
        entry: &'a Entry,
        attribute: &str,
        location: &'static Location<'static>,
    ) -> template::Value {
        match &entry.origin {
            Origin::Created => entry.noun.attribute(&entry.name, attribute),
            Origin::Existing(given) => match given.get(attribute) {
                Some(term) => self.resolve(term, location),
                None => self.unresolved(unknown_attribute(entry, attribute), location),
            },
            Origin::From(handle, way) => self.elsewhere(*handle, attribute, Some(*way), location),
        }
    }

    /// A handle of another stack is a finding at `location`.
    pub(super) fn check_known(&mut self, handle: AnyHandle, location: &'static Location<'static>) {
        if self.stack.own_entry(handle).is_none() {
            self.unresolved(self.stranger(handle), location);
        }
    }

    pub(super) fn unresolved(
        &mut self,
        diagnostic: Diagnostic,
        location: &'static Location<'static>,
    ) -> template::Value {
        let diagnostic = diagnostic.source(location.into());
        if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
        template::Value::reference_to("AWS::NoValue")
    }
}

pub(super) fn unknown_attribute(entry: &Entry, attribute: &str) -> Diagnostic {
    let name = &entry.name;
    Diagnostic::error(codes::UNKNOWN_ATTRIBUTE, format!("`{attribute}` of the imported `{name}` is not known"))
        .and_at(entry.location.into(), "imported here")
        .help(format!("say it where `{name}` is imported: `.given(\"{attribute}\", …)`, or the setter of that name"))
}
