//! Outputs: what a stack tells whoever deployed it, and other stacks.

use std::panic::Location;

use super::condition::Condition;
use super::link::{Link, Term};
use super::stack::Stack;
use super::value::{PlainText, Trace};
use crate::template::{Intrinsic, Sub, SubPart};

/// An output in the making.
pub(super) struct Output {
    pub(super) value: Term,
    pub(super) description: Option<String>,
    pub(super) condition: Option<Condition>,
    pub(super) export: Option<Term>,
    pub(super) location: &'static Location<'static>,
}

/// An output of a stack, to say more of. Nothing has to be said.
pub struct OutputOf<'a>(Option<&'a mut Output>);

impl OutputOf<'_> {
    /// What it is, in at most 1,024 bytes.
    pub fn describe(self, text: impl Into<String>) -> Self {
        self.with(|output| output.description = Some(text.into()))
    }

    /// There only where the condition holds.
    pub fn when(self, condition: &Condition) -> Self {
        self.with(|output| output.condition = Some(condition.clone()))
    }

    /// Exported under a name that other stacks import: letters, digits, colons and hyphens, unique in an account and
    /// region; it may have pseudo parameters and parameters in it, no attribute of a resource.
    /// [`Stack::export`] makes one up.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html>
    pub fn export_as(self, name: impl PlainText) -> Self {
        let name = name.plain().into_term(&mut Trace::default());
        self.with(|output| output.export = name)
    }

    fn with(mut self, change: impl FnOnce(&mut Output)) -> Self {
        if let Some(output) = &mut self.0 {
            change(output);
        }
        self
    }
}

impl Stack {
    /// An output under a name; none where the value is absent. Anyone who may describe the stack reads it.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let audit = stack.add("Audit", LogGroup::new(365));
    /// stack.output("Audit", audit.name()).describe("the log of who did what");
    /// ```
    #[track_caller]
    pub fn output(&mut self, name: impl Into<String>, value: impl PlainText) -> OutputOf<'_> {
        let (name, location) = (self.scoped(&name.into()), Location::caller());
        let Some(value) = value.plain().into_term(&mut Trace::default()) else { return OutputOf(None) };
        self.check_name(&name, location);
        let output = Output { value, description: None, condition: None, export: None, location };
        if self.outputs.insert(name.clone(), output).is_some() {
            self.named_twice("outputs", &name, location);
        }
        OutputOf(self.outputs.get_mut(&name))
    }

    /// An output that other stacks import by the name `stack-name`, with the name under which the stack is deployed
    /// and that of the output, such as `Data-Audit`. For stacks outside the app; inside it,
    /// [`import_from`](Self::import_from) exports what is used.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Data", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let audit = stack.add("Audit", LogGroup::new(365));
    /// stack.export("Audit", audit.name());
    /// ```
    #[track_caller]
    pub fn export(&mut self, name: impl Into<String>, value: impl PlainText) -> OutputOf<'_> {
        let name = name.into();
        let export = own_export(&self.scoped(&name));
        self.output(name, value).with(|output| output.export = Some(export))
    }
}

/// The name of an export: the stack's, as it is deployed, and `rest`.
pub(super) fn own_export(rest: &str) -> Term {
    let stack = SubPart::Reference(Link::Name("AWS::StackName".into()));
    Term::Intrinsic(Intrinsic::Sub(Sub::new([stack, SubPart::Text(format!("-{rest}"))])))
}
