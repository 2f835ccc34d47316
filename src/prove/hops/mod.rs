//! The hops, one file each. What a hop answers is a step of the proof.

mod admission;
pub mod attachment;
pub mod dns;
pub mod exposure;
mod family;
pub mod listener;
pub mod network_acl;
pub mod order;
mod outward;
pub mod return_path;
pub mod route;
pub mod security_group_egress;
pub mod security_group_ingress;
pub mod service_endpoint;
pub mod vpc;

use super::answer::{Answer, Step};
use super::flow::Flow;
use super::model::Model;
use crate::diagnostic::Code;
use crate::resolve::Formula;

/// One check along a flow.
pub struct Hop {
    /// Its name.
    pub name: &'static str,
    /// The code of findings on it; the name in it reads after "allow".
    pub code: Code,
    /// What it is about and why.
    pub explanation: &'static str,
    /// Where the fact is published.
    pub source: &'static str,
    /// The codes of rules that tell the same fault without a goal: it is told once.
    pub told_by: &'static [&'static str],
    /// Looks.
    pub look: fn(&mut Look<'_, '_>),
}

/// What a hop looks at, and where it puts its answers.
pub struct Look<'l, 'a> {
    /// The network.
    pub model: &'l Model<'a>,
    /// The flow.
    pub flow: &'l Flow<'a>,
    hop: &'static Hop,
    steps: Vec<Step>,
}

impl Hop {
    /// What it answers of a flow.
    pub fn answer<'a>(&'static self, model: &Model<'a>, flow: &Flow<'a>) -> Vec<Step> {
        let mut look = Look { model, flow, hop: self, steps: Vec::new() };
        (self.look)(&mut look);
        look.steps
    }
}

impl<'a> Look<'_, 'a> {
    /// Puts down an answer for some worlds.
    pub fn say(&mut self, answer: Answer, when: Formula, message: impl Into<String>) -> &mut Step {
        self.steps.push(Step::new(self.hop.name, self.hop.code, answer, when, message.into()));
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }
}
