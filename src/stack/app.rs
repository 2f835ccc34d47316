//! The stacks of a program.

use std::rc::Rc;

use indexmap::IndexMap;

use super::lower::{Lowered, lower_all};
use super::stack::Stack;
use super::value::{PlainText, Value};
use crate::template::Resource;

/// A function over the resources of a template, with their logical ids.
pub(super) type Aspect = Rc<dyn Fn(&str, &mut Resource)>;

/// The stacks of a program.
///
/// ```
/// use formwork::prelude::*;
///
/// let mut app = App::new();
/// app.tag("team", "billing");
/// for (name, account) in [("uat", "111122223333"), ("prod", "444455556666")] {
///     let mut stack = Stack::new("Logs", &Environment::new(name, account, Region::EuWest1));
///     stack.add("Audit", LogGroup::new(365).retain());
///     app.add(stack);
/// }
/// assert_eq!(app.lower().len(), 2);
/// ```
#[derive(Default)]
pub struct App {
    stacks: Vec<Stack>,
    pub(super) tags: IndexMap<String, Value<String>>,
    pub(super) aspects: Vec<Aspect>,
    out_in_repository: Option<String>,
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

    /// A tag on every resource of every stack whose type has tags. A stack's own, and a noun's, win.
    pub fn tag(&mut self, key: impl Into<String>, value: impl PlainText) {
        self.tags.insert(key.into(), value.plain());
    }

    /// Changes the resources of every stack, before their own [aspects](Stack::aspect).
    pub fn aspect(&mut self, change: impl Fn(&str, &mut Resource) + 'static) {
        self.aspects.push(Rc::new(change));
    }

    /// Where the folder of output lies in the repository, from its root, such as `infra/out`: for tools that take the
    /// repository as a whole, as Git sync does. Needed where `synth` does not run in the root.
    pub fn out_in_repository(&mut self, path: impl Into<String>) {
        self.out_in_repository = Some(path.into());
    }

    /// Where the folder of output was [said](Self::out_in_repository) to lie.
    pub fn said_out_in_repository(&self) -> Option<&str> {
        self.out_in_repository.as_deref()
    }

    /// The stacks, in the order in which they were added.
    pub fn stacks(&self) -> &[Stack] {
        &self.stacks
    }

    /// Every stack lowered, in the order in which they were added: each exports what the others import from it.
    pub fn lower(&self) -> Vec<Lowered> {
        lower_all(self)
    }
}
