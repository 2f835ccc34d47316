//! What another stack of the app has.
//!
//! The other stack does not change: whoever uses it takes down which attributes are wanted, and when the app lowers its
//! stacks, the other one exports just those.

use std::panic::Location;
use std::rc::Rc;

use super::bag::Bag;
use super::codes;
use super::construct::{Construct, Entry, Origin};
use super::handle::{AnyHandle, Handle};
use super::link::Term;
use super::stack::{Stack, foreign};
use super::value::PlainText;
use crate::diagnostic::Diagnostic;

/// How a value gets from one stack to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Way {
    /// An export, which cannot change or go while it is in use.
    Export,
    /// A parameter of Systems Manager, read whenever the other stack is deployed.
    Parameter,
}

/// A stack as another one saw it when it imported from it.
pub(super) struct Neighbour {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) entries: Vec<Rc<Entry>>,
    /// What they are called in other stacks.
    pub(super) names: Vec<String>,
    /// The types of its parameters, by name.
    pub(super) parameters: Vec<(String, String)>,
    neighbours: Vec<Known>,
}

/// A neighbour, and how it is used.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) neighbour: Rc<Neighbour>,
    pub(super) way: Way,
    /// The name under which it is deployed, where that is not its own.
    pub(super) deployed_as: Option<Term>,
}

impl Stack {
    /// Names what another stack of the app has, so that this one can use it as its own: in `allow`, in `grant`, as a
    /// subnet, as a value. What belongs to it comes with it: the group of a proxy, the key of a secret.
    ///
    /// Each attribute that is used becomes an export of the other stack, named after the stack, the construct and the
    /// attribute (`Data-Proxy-Endpoint`), and an import value here; a list travels as one text. What exists outside both
    /// stacks is passed on as it is. An export can neither change nor go while a stack imports it: CloudFormation
    /// refuses an update that would replace the other stack's resource. Where that is to be expected, use
    /// [`import_from_parameter`](Self::import_from_parameter).
    ///
    /// Both stacks are in one account and one region, and the other one is deployed first under its own
    /// [name](Self::name); under another one, say so: [`locate`](Self::locate). Rules between groups of the two belong to
    /// this stack. Importing the same thing again gives the same handle.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html>
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// let environment = Environment::new("prod", "111122223333", Region::EuWest1);
    /// let mut data = Stack::new("Data", &environment);
    /// let queue = data.add("Queue", Resource::raw("AWS::SQS::Queue", serde_json::json!({})));
    ///
    /// let mut reports = Stack::new("Reports", &environment);
    /// let queue = reports.import_from(&data, queue);
    /// reports.output("Queue", queue.reference());
    ///
    /// let mut app = App::new();
    /// app.add(data);
    /// app.add(reports);
    /// let [data, reports] = &app.lower()[..] else { unreachable!() };
    /// assert!(data.template.outputs.contains_key("ExportQueueRef"));
    /// assert_eq!(reports.depends_on, ["Data"]);
    /// ```
    #[track_caller]
    pub fn import_from<T: Construct>(&mut self, other: &Self, handle: Handle<T>) -> Handle<T> {
        self.import_by(other, handle, Way::Export, Location::caller())
    }

    /// As [`import_from`](Self::import_from), by parameters of Systems Manager instead of exports: the other stack keeps
    /// each attribute that is used in one (`/Data/Proxy/Endpoint`), and this one reads it when it is deployed. So the
    /// other stack may replace its resource; until this one is deployed again, it has the old value.
    ///
    /// The first import from a stack decides how what belongs to its constructs travels.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html>
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let environment = Environment::new("prod", "111122223333", Region::EuWest1);
    /// # let mut data = Stack::new("Data", &environment);
    /// # let queue = data.add("Queue", Resource::raw("AWS::SQS::Queue", serde_json::json!({})));
    /// # let mut reports = Stack::new("Reports", &environment);
    /// let queue = reports.import_from_parameter(&data, queue);
    /// ```
    #[track_caller]
    pub fn import_from_parameter<T: Construct>(&mut self, other: &Self, handle: Handle<T>) -> Handle<T> {
        self.import_by(other, handle, Way::Parameter, Location::caller())
    }

    /// Says under which name another stack is deployed, where that is not its own: a literal, or a parameter for the
    /// deployer to fill in. (What travels by Systems Manager takes a literal only.)
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let environment = Environment::new("prod", "111122223333", Region::EuWest1);
    /// # let data = Stack::new("Data", &environment);
    /// # let mut reports = Stack::new("Reports", &environment);
    /// let name = reports.parameter("DataStack", Parameter::text().default("Data"));
    /// reports.locate(&data, name);
    /// ```
    pub fn locate(&mut self, other: &Self, name: impl PlainText) {
        let term = name.plain().into_term(&mut Default::default());
        self.know(other, Way::Export).deployed_as = term;
    }

    fn import_by<T: Construct>(
        &mut self,
        other: &Self,
        handle: Handle<T>,
        way: Way,
        location: &'static Location<'static>,
    ) -> Handle<T> {
        let Some(entry) = other.own_entry(handle.any()) else {
            self.diagnostics.push(foreign(&other.name).source(location.into()));
            return handle;
        };
        self.check_place(other, location);
        self.know(other, way);
        let known = (0..).zip(&self.entries).find(|(_, own)| own.from() == Some(handle.any()));
        if let Some((index, _)) = known {
            return Handle::new(self.id, index);
        }
        let entry = Entry {
            name: abroad(&other.name, &entry.name),
            bag: Bag::default(),
            noun: Rc::clone(&entry.noun),
            origin: Origin::From(handle.any(), way),
            location,
        };
        self.keep(entry)
    }

    /// Takes down what the other stack has by now; the first use decides on the way.
    fn know(&mut self, other: &Self, way: Way) -> &mut Known {
        let neighbour = Rc::new(other.as_neighbour());
        let index = self.neighbours.iter().position(|known| known.neighbour.id == other.id);
        let index = index.unwrap_or_else(|| {
            self.neighbours.push(Known { neighbour: Rc::clone(&neighbour), way, deployed_as: None });
            self.neighbours.len() - 1
        });
        let known = &mut self.neighbours[index];
        known.neighbour = neighbour;
        known
    }

    fn as_neighbour(&self) -> Neighbour {
        let kinds = self.parameters.iter().map(|(name, declared)| (name.clone(), declared.parameter.kind.clone()));
        Neighbour {
            id: self.id,
            name: self.name.clone(),
            entries: self.entries.clone(),
            names: self.entries.iter().map(|entry| abroad(&self.name, &entry.name)).collect(),
            parameters: kinds.collect(),
            neighbours: self.neighbours.clone(),
        }
    }

    fn check_place(&mut self, other: &Self, location: &'static Location<'static>) {
        let [here, there] = [&self.environment, &other.environment];
        if (&here.account, here.region) == (&there.account, there.region) {
            return;
        }
        let place = |stack: &Self| format!("{} in {}", stack.environment.account, stack.environment.region);
        let message = format!(
            "`{}` is deployed to account {}, `{}` to {}: no value gets from one to the other",
            self.name,
            place(self),
            other.name,
            place(other)
        );
        let diagnostic = Diagnostic::error(codes::FAR_STACK, message)
            .source(location.into())
            .note("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html")
            .help("let the deployer say it: `stack.parameter(name, …)`, and name what exists with `stack.import`");
        self.diagnostics.push(diagnostic);
    }

    /// The stack of a handle, where this one imports from it, directly or through another.
    pub(super) fn neighbour(&self, id: u32) -> Option<Found<'_>> {
        find(&self.neighbours, id, true)
    }

    /// The handle in the stack that creates or imports the thing, whatever handle was used here.
    pub(crate) fn canonical(&self, mut handle: AnyHandle) -> AnyHandle {
        while let Some(origin) = self.entry(handle).and_then(|entry| entry.from()) {
            handle = origin;
        }
        handle
    }
}

/// A neighbour that was found.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) known: &'a Known,
    /// Whether the stack itself imports from it.
    pub(super) directly: bool,
}

fn find(among: &[Known], id: u32, directly: bool) -> Option<Found<'_>> {
    let here = among.iter().find(|known| known.neighbour.id == id).map(|known| Found { known, directly });
    here.or_else(|| among.iter().find_map(|known| find(&known.neighbour.neighbours, id, false)))
}

impl Entry {
    /// What it is in the stack that it comes from.
    pub(super) fn from(&self) -> Option<AnyHandle> {
        match self.origin {
            Origin::From(handle, _) => Some(handle),
            Origin::Created | Origin::Existing(_) => None,
        }
    }
}

/// What a construct of a stack is called in another one: both names, as a logical id wants them. `Proxy` of the stack
/// `billing-data` is `BillingDataProxy`.
pub(super) fn abroad(stack: &str, name: &str) -> String {
    let words = stack.split(|c: char| !c.is_ascii_alphanumeric());
    let capitalized = words.flat_map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
    });
    capitalized.chain(name.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_abroad_are_logical_ids() {
        assert_eq!(abroad("Data", "Proxy"), "DataProxy");
        assert_eq!(abroad("billing-data", "Proxy"), "BillingDataProxy");
        assert_eq!(abroad("", "Proxy"), "Proxy");
    }
}
