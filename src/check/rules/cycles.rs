//! No resource waits for itself.

use std::collections::HashMap;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::template::Template;

pub(super) const RULES: &[Rule] = &[CYCLE];

const CYCLE: Rule = Rule {
    code: Code::new("E3004", "circular-dependency"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-dependency-error",
    explanation: "A resource that refers to another, or names it in `DependsOn`, is created after it; so no way may lead back.",
    bad: &[
        "Resources:\n  A: { Type: AWS::SNS::Topic, DependsOn: B }\n  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref A } }",
    ],
    good: &[
        "Resources:\n  A: { Type: AWS::SNS::Topic }\n  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref A } }",
    ],
    find: cycles,
};

fn cycles(context: &Context<'_>, report: &mut Report) {
    let edges = edges(context.template);
    let mut search = Search { edges: &edges, state: HashMap::new(), path: Vec::new(), cycles: Vec::new() };
    for id in context.template.resources.keys() {
        search.visit(id);
    }
    for cycle in search.cycles {
        let way = way(&cycle);
        let found = report.resource(cycle[0], "", format!("resources wait for each other: {way}"));
        found.help =
            Some("take one of the references out, such as by a rule or a policy that is a resource of its own".into());
    }
}

/// With more circles than this, mending one mends many others.
const MOST_CIRCLES: usize = 25;
/// So many resources of a circle are named.
const NAMED: usize = 12;

/// A circle in words. Of a long one the beginning and the end are named.
fn way(cycle: &[&str]) -> String {
    let mut names: Vec<String> = cycle.iter().chain(cycle.first()).map(|id| format!("`{id}`")).collect();
    if names.len() > NAMED + 2 {
        let left_out = names.len() - NAMED;
        names.splice(NAMED - 2..names.len() - 2, [format!("{left_out} more")]);
    }
    names.join(" -> ")
}

fn edges(template: &Template) -> HashMap<&str, Vec<&str>> {
    let of = |resource: &'_ crate::template::Resource| -> Vec<String> {
        let mut names = resource.depends_on.clone();
        resource.each_reference(&mut |reference| names.push(reference.name().to_owned()));
        names
    };
    let known = |name: String| template.resources.get_key_value(&name).map(|(id, _)| id.as_str());
    let mut edges = HashMap::new();
    for (id, resource) in &template.resources {
        edges.insert(id.as_str(), of(resource).into_iter().filter_map(known).collect());
    }
    edges
}

/// A depth-first search with a stack of its own: templates by other tools may be deep.
struct Search<'a> {
    edges: &'a HashMap<&'a str, Vec<&'a str>>,
    /// Whether a resource is on the present path; absent: not seen yet.
    state: HashMap<&'a str, bool>,
    path: Vec<(&'a str, usize)>,
    cycles: Vec<Vec<&'a str>>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, start: &'a str) {
        if self.state.contains_key(start) {
            return;
        }
        self.enter(start);
        while let Some((id, next)) = self.path.last().copied() {
            match self.edges.get(id).and_then(|edges| edges.get(next)) {
                Some(to) => {
                    if let Some(last) = self.path.last_mut() {
                        last.1 += 1;
                    }
                    self.follow(to);
                }
                None => {
                    self.state.insert(id, false);
                    self.path.pop();
                }
            }
        }
    }

    fn enter(&mut self, id: &'a str) {
        self.state.insert(id, true);
        self.path.push((id, 0));
    }

    fn follow(&mut self, to: &'a str) {
        match self.state.get(to) {
            None => self.enter(to),
            Some(true) if self.cycles.len() < MOST_CIRCLES => {
                let start = self.path.iter().position(|(id, _)| *id == to).unwrap_or(0);
                let cycle: Vec<&str> = self.path[start..].iter().map(|(id, _)| *id).collect();
                if !self.cycles.contains(&cycle) {
                    self.cycles.push(cycle);
                }
            }
            Some(_) => {}
        }
    }
}
