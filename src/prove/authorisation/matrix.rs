//! Who may do what: each role of a template against each permission that is needed or named.

use super::access::{self, Ask};
use super::derive::derive;
use super::goal::{CanGoal, Need};
use super::hop::{Hop, Judgement};
use super::judge::{self, stated_goal};
use super::need;
use super::role::{self, Attached};
use super::serverless;
use super::world::World;
use crate::goal::Goals;
use crate::iam::Text;
use crate::iam::evaluation::{Context, Policy, Statement};
use crate::prove::{Answer, Facts, Verdict};
use crate::resolve::{Formula, Resolved};
use crate::template::{Reference, Value};

/// Every role of a template against every permission that a goal needs, or that a statement names without a wildcard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// In the order of the roles, then of the permissions.
    pub cells: Vec<Cell>,
}

/// Whether a role may do one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The role: its logical id, or that of the SAM function for which it is made.
    pub principal: String,
    /// The action, such as `rds-db:connect`.
    pub action: String,
    /// On what, by its ARN, in which `${…}` stands for what is not known yet.
    pub resource: String,
    /// The logical id of that, where it is of the template.
    pub id: Option<String>,
    /// Whether it may.
    pub permitted: Permitted,
    /// What decides: the statement, or that there is none.
    pub says: String,
    /// The pointer to what decides.
    pub path: Option<String>,
    /// Who needs it of this role: logical ids.
    pub needed_by: Vec<String>,
}

/// Whether something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permitted {
    /// It may, under the assumptions of the proofs.
    Allowed,
    /// It may not.
    Denied,
    /// That depends on what is not known, or on the world.
    Depends,
}

impl Permitted {
    /// As output names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Depends => "depends",
        }
    }
}

/// What somebody asked for, whoever it was.
#[derive(Clone, Debug)]
pub struct Asked {
    role: String,
    action: String,
    resource: Text,
    written: Option<Value>,
    context: Context,
    of_resource: Vec<Policy>,
    hop: &'static str,
    owner: Option<String>,
}

impl Asked {
    /// A request as it was made of a role.
    pub fn of(ask: &Ask<'_>) -> Self {
        Self {
            role: ask.role.to_owned(),
            action: ask.action.to_owned(),
            resource: ask.resource.clone(),
            written: ask.written.clone(),
            context: ask.context.clone(),
            of_resource: ask.of_resource.clone(),
            hop: ask.hop,
            owner: ask.owner.clone(),
        }
    }

    fn is(&self, action: &str, resource: &Text) -> bool {
        self.action.eq_ignore_ascii_case(action) && self.resource == *resource
    }

    /// The logical id of the resource, where it is of the template.
    fn id(&self) -> Option<String> {
        let reference = match &self.written {
            Some(Value::Intrinsic(crate::template::Intrinsic::Reference(reference))) => reference,
            _ => return self.owner.clone(),
        };
        match reference {
            Reference::Ref(name) if name.starts_with("AWS::") => None,
            other => Some(other.name().to_owned()),
        }
    }
}

/// A permission with who needs it of which role.
struct Column {
    asked: Asked,
    needed: Vec<(String, String)>,
}

/// Every role of a template against every permission that is needed or named.
///
/// A statement with a wildcard names nothing by itself; it decides on what others name.
pub fn matrix(resolved: &Resolved<'_>, goals: &Goals, facts: &Facts) -> Matrix {
    let mut columns = Vec::new();
    let stated = goals.required.iter().filter_map(|goal| stated_goal(resolved, goal));
    for goal in derive(resolved, facts).into_iter().chain(stated) {
        needed(resolved, facts, &goal, &mut columns);
    }
    let roles = roles(resolved);
    for role in &roles {
        named(resolved, facts, role, &mut columns);
    }
    let cells = roles.iter().flat_map(|role| row(resolved, facts, role, &columns));
    Matrix { cells: cells.collect() }
}

/// The roles of a template, and the functions of SAM for which one is made.
pub fn roles<'a>(resolved: &Resolved<'a>) -> Vec<&'a str> {
    let is_role = |id: &str, kind: &str| match kind {
        "AWS::IAM::Role" => true,
        serverless::FUNCTION => role::role_in(resolved, id, "Role") == Some(id),
        _ => false,
    };
    let all = resolved.template().resources.iter();
    let roles = all.filter(|(id, resource)| is_role(id, &resource.kind)).map(|(id, _)| id.as_str());
    roles.filter(|id| resolved.is_possible(resolved.exists(id))).collect()
}

/// The worlds of a role, in each of which its policies are one.
fn worlds<'a>(resolved: &Resolved<'a>, role: &'a str) -> Option<Vec<Formula>> {
    let need = Need::Stated { actions: Vec::new(), resources: Vec::new() };
    judge::worlds(resolved, &CanGoal { principal: role, need, when: resolved.exists(role), source: None })
}

/// As in proofs, `aws` is taken for a partition that is not known.
fn world<'r, 'a>(resolved: &'r Resolved<'a>, facts: &'r Facts, when: Formula) -> World<'r, 'a> {
    World::new(resolved, facts, when, Some("aws"))
}

/// What a goal asks for.
fn needed<'a>(resolved: &Resolved<'a>, facts: &Facts, goal: &CanGoal<'a>, columns: &mut Vec<Column>) {
    for when in judge::worlds(resolved, goal).unwrap_or_default() {
        let world = world(resolved, facts, when);
        world.asked.replace(Some(Vec::new()));
        need::hops(&world, goal);
        for asked in world.asked.take().into_iter().flatten() {
            let needer = (asked.role.clone(), goal.principal.to_owned());
            match columns.iter_mut().find(|column| column.asked.is(&asked.action, &asked.resource)) {
                Some(column) if column.needed.contains(&needer) => {}
                Some(column) => column.needed.push(needer),
                None => columns.push(Column { asked, needed: vec![needer] }),
            }
        }
    }
}

/// What the policies of a role name without wildcards.
fn named<'a>(resolved: &Resolved<'a>, facts: &Facts, role: &'a str, columns: &mut Vec<Column>) {
    for when in worlds(resolved, role).unwrap_or_default() {
        let world = world(resolved, facts, when);
        let attached = role::attached(&world, role);
        for statement in attached.identity.iter().flat_map(|policy| &policy.statements) {
            for (action, resource) in pairs(statement) {
                if !columns.iter().any(|column| column.asked.is(&action, &resource)) {
                    let context = access::context(&world, role);
                    let asked = Asked::of(&Ask::new(role, &action, resource, context));
                    columns.push(Column { asked, needed: Vec::new() });
                }
            }
        }
    }
}

/// The actions and resources that a statement names one by one.
pub fn pairs(statement: &Statement) -> Vec<(String, Text)> {
    let is_one = |text: &Text| !text.to_string().contains(['*', '?']);
    let Some(resources) = statement.resources.as_ref().filter(|resources| !resources.not && !statement.actions.not)
    else {
        return Vec::new();
    };
    let actions = statement.actions.patterns.iter().filter_map(|pattern| pattern.text().known());
    let actions: Vec<&str> = actions.filter(|action| !action.contains(['*', '?'])).collect();
    let resources = resources.patterns.iter().map(|pattern| pattern.text()).filter(|text| is_one(text));
    resources.flat_map(|text| actions.iter().map(move |action| ((*action).to_owned(), text.clone()))).collect()
}

/// What a role may do of all that is needed or named.
fn row(resolved: &Resolved<'_>, facts: &Facts, role: &str, columns: &[Column]) -> Vec<Cell> {
    let Some((role, _)) = resolved.template().resources.get_key_value(role) else { return Vec::new() };
    let worlds = worlds(resolved, role).unwrap_or_default();
    let worlds: Vec<_> = worlds.into_iter().map(|when| (when, world(resolved, facts, when))).collect();
    let worlds: Vec<_> = worlds.into_iter().map(|(when, world)| (when, role::attached(&world, role), world)).collect();
    columns.iter().map(|column| cell(resolved, role, &worlds, column)).collect()
}

fn cell(resolved: &Resolved<'_>, role: &str, worlds: &[(Formula, Attached, World<'_, '_>)], column: &Column) -> Cell {
    let each = worlds.iter().map(|(when, attached, world)| (*when, hops(world, attached, role, &column.asked)));
    let Judgement { verdict, hops, .. } = judge::merged(resolved, each.collect());
    let permitted = match verdict {
        _ if worlds.is_empty() => Permitted::Depends,
        Verdict::Proved => Permitted::Allowed,
        Verdict::Refuted => Permitted::Denied,
        Verdict::Depends => Permitted::Depends,
    };
    let deciding = deciding(&hops);
    let says = deciding.map_or("there are too many ways in which conditions can hold together", |hop| &hop.message);
    let needed = column.needed.iter().filter(|(of, _)| of == role);
    Cell {
        principal: role.to_owned(),
        action: column.asked.action.clone(),
        resource: column.asked.resource.to_string(),
        id: column.asked.id(),
        permitted,
        says: says.to_owned(),
        path: deciding.and_then(|hop| hop.path.clone()),
        needed_by: needed.map(|(_, by)| by.clone()).collect(),
    }
}

/// The hop that decides: the worst one; of those that hold, that of the role's own policies.
fn deciding(hops: &[Hop]) -> Option<&Hop> {
    let worst = hops.iter().map(|hop| hop.verdict).max()?;
    hops.iter().find(|hop| hop.verdict == worst.max(Answer::Holds))
}

/// What is found if this role asks for what some role asked for.
fn hops(world: &World<'_, '_>, attached: &Attached, role: &str, asked: &Asked) -> Vec<Hop> {
    let own = access::context(world, role);
    let context = asked.context.clone().without("aws:principal").over(own, "aws:principal");
    let ask = Ask::new(role, &asked.action, asked.resource.clone(), context);
    let (of_resource, owner) = (asked.of_resource.clone(), asked.owner.clone());
    access::hops(world, attached, Ask { of_resource, owner, hop: asked.hop, ..ask })
}
