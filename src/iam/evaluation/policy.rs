//! Policy documents, read.

use super::condition::Condition;
use super::pattern::Pattern;
use super::principal::Principals;
use crate::iam::glob::Reading;
use crate::iam::{Effect, POLICY_VERSION, Text, Tree, TreeKind};

/// A policy document with a name to tell it by.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What it is called.
    pub name: String,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
    /// Why nothing is known of it, or not of all its statements: there may be others.
    pub open: Option<String>,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// `Sid`.
    pub sid: Option<String>,
    /// `Effect`.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`.
    pub principals: Option<Principals>,
    /// `Action` or `NotAction`.
    pub actions: Actions,
    /// `Resource` or `NotResource`; none: a policy of a resource, which is about that one.
    pub resources: Option<Resources>,
    /// `Condition`.
    pub conditions: Vec<Condition>,
    /// Where it comes from, as its tree has it.
    pub source: usize,
    /// Why a part of it is not known.
    pub open: Option<String>,
}

/// The actions of a statement.
#[derive(Clone, Debug)]
pub struct Actions {
    /// Whether it is `NotAction`: every other.
    pub not: bool,
    /// The patterns.
    pub patterns: Vec<Pattern>,
}

/// The resources of a statement.
#[derive(Clone, Debug)]
pub struct Resources {
    /// Whether it is `NotResource`: every other.
    pub not: bool,
    /// The patterns.
    pub patterns: Vec<Pattern>,
}

impl Policy {
    /// A policy of which nothing is known, and why.
    pub fn open(name: &str, why: &str) -> Self {
        Self { name: name.into(), statements: Vec::new(), open: Some(why.into()) }
    }

    /// Reads a document. What is not written as a policy is left open: no answer rests on it.
    pub fn read(name: &str, document: &Tree) -> Self {
        let mut policy = Self { name: name.into(), statements: Vec::new(), open: None };
        let has_variables = document.get("Version").and_then(Tree::text).and_then(Text::known) == Some(POLICY_VERSION);
        match (document.get("Statement"), &document.kind) {
            (Some(statements), _) => {
                for statement in statements.elements() {
                    match read_statement(statement, has_variables) {
                        Ok(statement) => policy.statements.push(statement),
                        Err(why) => policy.open = Some(why),
                    }
                }
            }
            (None, TreeKind::Open(why)) => policy.open = Some(why.clone()),
            (None, _) => policy.open = Some("it has no `Statement`".into()),
        }
        policy
    }
}

fn read_statement(tree: &Tree, has_variables: bool) -> Result<Statement, String> {
    if let TreeKind::Open(why) = &tree.kind {
        return Err(why.clone());
    }
    let effect = match tree.get("Effect").and_then(Tree::text).and_then(Text::known) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err("the effect of one of its statements is not known".into()),
    };
    let mut open = None;
    let mut patterns = |key: &str, reading| {
        let tree = tree.get(key)?;
        let mut found = Vec::new();
        for element in tree.elements() {
            match element.text() {
                Some(text) => found.push(Pattern::new(text.clone(), reading, has_variables && key != "Action")),
                None => open = Some(format!("not all of its `{key}` is known")),
            }
        }
        Some(found)
    };
    let actions = match (patterns("Action", Reading::FOLDED_PATTERN), patterns("NotAction", Reading::FOLDED_PATTERN)) {
        (Some(patterns), _) => Actions { not: false, patterns },
        (None, Some(patterns)) => Actions { not: true, patterns },
        (None, None) => return Err("one of its statements has no `Action`".into()),
    };
    let resources = match (patterns("Resource", Reading::ARN_PATTERN), patterns("NotResource", Reading::ARN_PATTERN)) {
        (Some(patterns), _) => Some(Resources { not: false, patterns }),
        (None, Some(patterns)) => Some(Resources { not: true, patterns }),
        (None, None) => None,
    };
    let principals = match (tree.get("Principal"), tree.get("NotPrincipal")) {
        (Some(named), _) => Some(Principals::read(named, false)),
        (None, Some(named)) => Some(Principals::read(named, true)),
        (None, None) => None,
    };
    let conditions = read_conditions(tree.get("Condition"), has_variables, &mut open);
    let sid = tree.get("Sid").and_then(Tree::text).and_then(Text::known).map(str::to_owned);
    Ok(Statement { sid, effect, principals, actions, resources, conditions, source: tree.source, open })
}

fn read_conditions(tree: Option<&Tree>, has_variables: bool, open: &mut Option<String>) -> Vec<Condition> {
    let Some(tree) = tree else { return Vec::new() };
    let TreeKind::Map(operators) = &tree.kind else {
        *open = Some("its `Condition` is not known".into());
        return Vec::new();
    };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let TreeKind::Map(keys) = &keys.kind else {
            *open = Some(format!("what `{operator}` compares is not known"));
            continue;
        };
        conditions.extend(keys.iter().map(|(key, values)| Condition::read(operator, key, values, has_variables)));
    }
    conditions
}
