//! What a template means once everything that is known has been put in: which conditions can hold together, which
//! resources exist where, what each value is in which world.
//!
//! A *world* is one deployment: values of the parameters, a region, an account. Conditions are reasoned with, not
//! enumerated: a [`Formula`] says in which worlds something is so, and equal formulas are equal handles. Nothing here is
//! guessed: what is not known is a [`Symbol`] that says where it comes from, and a question that nothing is known of is
//! open, so that it is evidence of nothing.
//!
//! ```
//! use formwork::resolve::{Environment, Formula, Resolved};
//! use formwork::template::parse::parse;
//!
//! let text = "
//! Parameters: { Stage: { Type: String, AllowedValues: [dev, prod] } }
//! Conditions: { IsProd: !Equals [!Ref Stage, prod] }
//! Resources:
//!   Topic: { Type: AWS::SNS::Topic, Condition: IsProd }
//!   Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !If [IsProd, !Sub 'q-${AWS::Region}', !Ref AWS::NoValue] } }
//! ";
//! let (template, ..) = parse(text, "t.yaml");
//! let environment = Environment::unknown().in_region("eu-west-1");
//! let resolved = Resolved::new(&template, &environment);
//!
//! let name = resolved.property("Queue", "QueueName");
//! assert_eq!(name[0].value.text(), Some("q-eu-west-1"));
//! assert_eq!(resolved.place_where(name[0].when), " where `IsProd` is true and `Stage` is `prod`");
//! assert!(name[1].value.is_absent());
//!
//! // The topic does not exist in every world in which the queue does.
//! let (queue, topic) = (resolved.exists("Queue"), resolved.exists("Topic"));
//! assert!(!resolved.implies(queue, topic));
//! ```

mod condition;
mod diagram;
mod environment;
mod evaluate;
mod expand;
mod function;
mod logic;
mod look;
mod lookup;
mod order;
mod parameter;
mod resolution;
mod same;
mod text;
mod transform;
mod world;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::template::Template;

pub use condition::{CIRCULAR, UNSATISFIABLE};
pub use diagram::Formula;
pub use environment::{Environment, nested_location};
pub use expand::{Expanded, LOOP, NO_EXTENSIONS, OPEN_LOOP, expand};
pub use parameter::{ParameterKind, existing_type, matches_pattern};
pub use resolution::{Call, Case, Dynamic, Element, Piece, Reason, Resolution, Symbol, Unknown};
pub use transform::{UNKNOWN_MACRO, has_extensions, has_serverless, is_rewritten};
pub use world::World;

use condition::Progress;
use logic::Logic;

/// A template and what is known of its deployment. Everything is found when it is first asked for.
pub struct Resolved<'a> {
    template: &'a Template,
    environment: &'a Environment,
    logic: RefCell<Logic>,
    conditions: RefCell<HashMap<&'a str, Progress>>,
    /// How many conditions are being made, one for the other.
    depth: Cell<usize>,
    parameters: RefCell<HashMap<&'a str, Resolution<'a>>>,
    /// The resource that each value stands in, by the value's address.
    owners: OnceCell<HashMap<usize, &'a str>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl<'a> Resolved<'a> {
    /// A template in an environment.
    pub fn new(template: &'a Template, environment: &'a Environment) -> Self {
        let resolved = Self {
            template,
            environment,
            logic: RefCell::default(),
            conditions: RefCell::default(),
            depth: Cell::default(),
            parameters: RefCell::default(),
            owners: OnceCell::new(),
            diagnostics: RefCell::default(),
        };
        resolved.read_rules();
        resolved
    }

    /// The template.
    pub fn template(&self) -> &'a Template {
        self.template
    }

    /// What is known of its deployment.
    pub fn environment(&self) -> &'a Environment {
        self.environment
    }

    /// What is wrong with its conditions, as far as they have been asked for: all of them are here.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.template.conditions.keys().for_each(|name| _ = self.condition(name));
        self.diagnostics.borrow().clone()
    }
}
