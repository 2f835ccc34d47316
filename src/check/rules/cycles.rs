//! No resource waits for itself.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[CYCLE];

const CYCLE: Rule = Rule {
    code: Code::new("E3004", "circular-dependency"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-dependency-error",
    explanation: "A resource that refers to another, or names it in `DependsOn`, is created after it; so no way may lead back in any deployment.",
    bad: &[
        "Resources:\n  A: { Type: AWS::SNS::Topic, DependsOn: B }\n  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref A } }",
    ],
    good: &[
        "Resources:\n  A: { Type: AWS::SNS::Topic }\n  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Ref A } }",
        "Parameters: { Stage: { Type: String } }\nConditions: { Production: !Equals [!Ref Stage, prod] }\nResources:\n  A: { Type: AWS::SNS::Topic, Properties: { DisplayName: !If [Production, !Ref B, none] } }\n  B: { Type: AWS::SNS::Topic, Properties: { DisplayName: !If [Production, none, !Ref A] } }",
    ],
    find: cycles,
};

fn cycles(context: &Context<'_>, report: &mut Report) {
    let edges = edges(context);
    let mut search = Search { edges: &edges, state: HashMap::new(), path: Vec::new(), cycles: Vec::new() };
    for id in context.template.resources.keys() {
        search.visit(id);
    }
    for cycle in search.cycles.into_iter().filter(|cycle| is_possible(context, &edges, cycle)) {
        let way = way(&cycle);
        let message = match cycle.as_slice() {
            [own] => format!("`{own}` refers to itself, and so waits for itself"),
            _ => format!("resources wait for each other: {way}"),
        };
        let is_group = |id: &&str| context.template.resources.get(*id).is_some_and(|it| it.kind == GROUP);
        let help = match cycle.iter().any(is_group) {
            true => "move a rule out of its group: `AWS::EC2::SecurityGroupIngress` or `AWS::EC2::SecurityGroupEgress`",
            false => "take one of the references out, such as by a rule or a policy that is a resource of its own",
        };
        report.resource(cycle[0], "", message).help = Some(help.into());
    }
}

const GROUP: &str = "AWS::EC2::SecurityGroup";

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

/// What each resource waits for, and in which worlds.
type Edges<'a> = HashMap<&'a str, IndexMap<&'a str, Formula>>;

fn edges<'a>(context: &Context<'a>) -> Edges<'a> {
    let (template, resolved) = (context.template, context.resolved);
    let mut edges = Edges::new();
    // SAM takes its resources apart, and which of the parts waits for what is not known.
    let own = template.resources.iter().filter(|(_, resource)| !resource.kind.starts_with("AWS::Serverless::"));
    for (id, resource) in own {
        let mut to: IndexMap<&str, Formula> = IndexMap::new();
        let mut add = |name: &'a str, when: Formula| {
            if let Some((name, _)) = template.resources.get_key_value(name) {
                let known = to.entry(name).or_insert(Formula::FALSE);
                *known = resolved.or(*known, when);
            }
        };
        resource.depends_on.iter().for_each(|name| add(name, resolved.and(resolved.exists(id), resolved.exists(name))));
        resolved.each_reference(id, &mut |name, _, when, _| add(name, when));
        edges.insert(id, to);
    }
    edges
}

/// Whether there is a world in which each waits for the next.
fn is_possible(context: &Context<'_>, edges: &Edges<'_>, cycle: &[&str]) -> bool {
    let next = cycle.iter().cycle().skip(1);
    let step = |(from, to): (&&str, &&str)| edges.get(from).and_then(|to_of| to_of.get(to)).copied();
    let steps = cycle.iter().zip(next).filter_map(step);
    let all = steps.fold(Formula::TRUE, |all, one| context.resolved.and(all, one));
    context.resolved.is_possible(all)
}

/// A depth-first search with a stack of its own: templates by other tools may be deep.
struct Search<'a> {
    edges: &'a Edges<'a>,
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
            match self.edges.get(id).and_then(|edges| edges.get_index(next)) {
                Some((to, _)) => {
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
