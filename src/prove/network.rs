//! A template's network, read once and asked often.

use super::facts::Facts;
use super::flow::End;
use super::model::{Model, Port};
use super::proof::{self, Proof};
use super::{exposure, goals};
use crate::goal::Goal;
use crate::resolve::Resolved;

/// The network of a template, for many questions: what an answer needs of it is read when it is first asked for, and kept.
///
/// Changes that would mend what is broken are proposed here but not tried; [`prove`](super::prove()) tries them.
pub struct Network<'a> {
    model: Model<'a>,
}

impl<'a> Network<'a> {
    /// The network of a template, and what is known of things that exist.
    pub fn new(resolved: &'a Resolved<'a>, facts: &'a Facts) -> Self {
        Self { model: Model::new(resolved, facts) }
    }

    /// The model that answers rest on.
    pub(super) fn model(&self) -> &Model<'a> {
        &self.model
    }

    /// Proves one goal of the network. Of a permission it only says that the network does not tell.
    pub fn prove(&self, goal: &Goal) -> Proof {
        proof::answer(&self.model, &goals::stated(&self.model, goal), &[])
    }

    /// Who can call a listener, or may be able to; none if nothing of that name listens.
    pub fn who_reaches(&self, what: &str) -> Option<Proof> {
        self.model.interface(what)?;
        Some(self.prove(&Goal::Isolated { what: what.to_owned(), except: Vec::new() }))
    }

    /// Every pair of resources of which one can open connections to the other, as far as groups, VPCs and ports say: the
    /// whole picture, for comparing templates and for drawing them.
    pub fn all_pairs(&self) -> Vec<(String, String)> {
        let model = &self.model;
        let ends = model.ends();
        let ports: Vec<_> = ends.iter().map(|end| model.listening(&end.name)).collect();
        let mut pairs = Vec::new();
        for (to, ports) in ends.iter().zip(&ports).filter(|(_, ports)| !ports.is_empty()) {
            for from in ends {
                if from.name != to.name && self.is_pair(from, to, ports) {
                    pairs.push((from.name.clone(), to.name.clone()));
                }
            }
        }
        pairs
    }

    fn is_pair(&self, from: &End<'a>, to: &End<'a>, ports: &[Port<'a>]) -> bool {
        from.interface.as_ref().is_some_and(|interface| exposure::initiates(&self.model, interface, to))
            && self.model.resolved.is_possible(exposure::reaches(&self.model, from, to, ports).benign)
    }
}
