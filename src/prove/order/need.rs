//! What something needs while it is created, and whether that is there.

use std::collections::HashMap;

use crate::prove::hops::order::HOP;
use crate::prove::{Answer, Claim, Evidence, Step};
use crate::resolve::{Formula, Resolved};
use crate::template::pointer;

/// What takes minutes to create, or as long as somebody likes.
///
/// Sources: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CreateDBInstance.html>,
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html> (up to an hour),
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html>
const SLOW: &[&str] = &[
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::CloudFormation::WaitCondition",
    "AWS::CloudFront::Distribution",
    "AWS::DocDB::DBInstance",
    "AWS::EKS::Cluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBInstance",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBProxy",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::Redshift::Cluster",
];

fn is_slow(kind: &str) -> bool {
    SLOW.contains(&kind) || kind.starts_with("Custom::")
}

/// How long something waits for what it needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// It fails at once.
    None,
    /// It tries for some minutes.
    Minutes,
    /// It fails at once, but not before its function is there: what takes seconds is there by then.
    Invoked,
}

/// Whether something holds while some resources are not there.
pub type Holds<'s> = Box<dyn Fn(&[&str]) -> bool + 's>;

/// Something that parts of the template bring about.
pub struct Need<'s, 'a> {
    /// The parts.
    pub parts: Vec<&'a str>,
    /// What they do, to be put behind their names.
    pub does: String,
    /// How long it is waited for.
    pub patience: Patience,
    /// Whether it certainly fails without them.
    pub fatal: bool,
    /// Whether it holds without some of them.
    pub holds: Holds<'s>,
}

/// How parts stand in the order of creation, seen from what needs them.
struct Order<'a> {
    before: HashMap<&'a str, Formula>,
    under: Formula,
    id: &'a str,
}

/// What takes seconds to create, as long as what it refers to does: less than a role and a function.
const QUICK: &[&str] = &[
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
];

impl<'a> Order<'a> {
    /// Whether a part that nothing slow holds up most likely comes first: it is quick, or what needs it waits for
    /// something slow.
    fn comes_first(&self, resolved: &Resolved<'a>, part: &str) -> bool {
        let resources = &resolved.template().resources;
        if resources.get(part).is_some_and(|part| QUICK.contains(&part.kind.as_str())) {
            return true;
        }
        let awaited = resolved.awaited(part, self.apart(resolved, part));
        self.before.iter().any(|(id, when)| {
            let is_slow = resources.get(*id).is_some_and(|it| is_slow(&it.kind));
            is_slow && *id != part && *id != self.id && !awaited.contains_key(id) && resolved.implies(self.under, *when)
        })
    }

    /// The worlds in which a part is not waited for.
    fn apart(&self, resolved: &Resolved<'a>, part: &str) -> Formula {
        let both = resolved.and(self.under, resolved.exists(part));
        let before = self.before.get(part).copied().unwrap_or(Formula::FALSE);
        resolved.and(both, resolved.not(before))
    }

    /// The worlds in which a part waits for what needs it.
    fn after(&self, resolved: &Resolved<'a>, part: &str) -> Formula {
        let both = resolved.and(self.under, resolved.exists(part));
        resolved.awaited(part, both).get(self.id).copied().unwrap_or(Formula::FALSE)
    }

    /// Something slow for which a part waits, and for which what needs it does not.
    fn slow(&self, resolved: &Resolved<'a>, part: &str) -> Option<&'a str> {
        let both = self.apart(resolved, part);
        let awaited = resolved.awaited(part, both);
        let resources = &resolved.template().resources;
        let mut late = resources.iter().filter(|(id, resource)| {
            let reached = awaited.get(id.as_str()).copied().unwrap_or(Formula::FALSE);
            let before = self.before.get(id.as_str()).copied().unwrap_or(Formula::FALSE);
            is_slow(&resource.kind) && resolved.is_certainly_possible(resolved.and(reached, resolved.not(before)))
        });
        late.next().map(|(id, _)| id.as_str())
    }
}

impl<'a> Need<'_, 'a> {
    /// Whether the parts are there when `id` is created.
    pub fn steps(&self, resolved: &Resolved<'a>, id: &'a str) -> Vec<Step> {
        let under = resolved.exists(id);
        let order = Order { before: resolved.awaited(id, under), under, id };
        let is_there = |part: &&&str| resolved.is_possible(resolved.and(under, resolved.exists(part)));
        let parts: Vec<&str> = self.parts.iter().filter(is_there).copied().collect();
        let (apart, before): (Vec<&str>, Vec<&str>) =
            parts.into_iter().partition(|part| resolved.is_possible(order.apart(resolved, part)));
        let mut steps = Vec::new();
        if !before.is_empty() {
            steps.push(self.waited(id, under, &before));
        }
        if !apart.is_empty() && !(self.holds)(&apart) {
            self.late(resolved, &order, self.needed(resolved, &order, apart), &mut steps);
        }
        steps
    }

    /// Of the parts that are not waited for, those without which it does not hold.
    fn needed(&self, resolved: &Resolved<'a>, order: &Order<'a>, mut parts: Vec<&'a str>) -> Vec<&'a str> {
        // To find the least set takes a proof for each part.
        const MOST: usize = 16;
        if parts.len() > MOST {
            return parts;
        }
        // What another part can stand in for is not asked for, what never comes in time least of all.
        parts.sort_by_key(|part| !resolved.is_possible(order.after(resolved, part)));
        let mut needed = parts.clone();
        for part in &parts {
            let fewer: Vec<&str> = needed.iter().copied().filter(|other| other != part).collect();
            let absent: Vec<&str> = parts.iter().copied().filter(|other| !fewer.contains(other)).collect();
            if (self.holds)(&absent) {
                needed = fewer;
            }
        }
        needed.sort_by_key(|part| resolved.template().resources.get_index_of(*part));
        needed
    }

    fn waited(&self, id: &str, under: Formula, before: &[&str]) -> Step {
        let message = format!("`{id}` is created after {}{}", names(before), self.does);
        let mut step = Step::new(HOP.name, HOP.code, Answer::Holds, under, message);
        let path = pointer(["Resources", id]);
        step.at(id, path.clone()).because(before.iter().map(|part| Evidence {
            resource: id.to_owned(),
            path: path.clone(),
            says: format!("`{id}` waits for `{part}`"),
            claim: Claim::After { what: (*part).to_owned() },
        }));
        step
    }

    /// Tells of parts that are not waited for, by how late they can be.
    fn late(&self, resolved: &Resolved<'a>, order: &Order<'a>, needed: Vec<&'a str>, steps: &mut Vec<Step>) {
        let (after, rest): (Vec<&str>, Vec<&str>) =
            needed.into_iter().partition(|part| resolved.is_certainly_possible(order.after(resolved, part)));
        let (slow, apart): (Vec<&str>, Vec<&str>) =
            rest.into_iter().partition(|part| self.patience != Patience::None && order.slow(resolved, part).is_some());
        let (first, apart): (Vec<&str>, Vec<&str>) =
            apart.into_iter().partition(|part| self.patience == Patience::Invoked && order.comes_first(resolved, part));
        let id = order.id;
        let any = |parts: &[&str], of: &dyn Fn(&str) -> Formula| {
            parts.iter().fold(Formula::FALSE, |any, part| resolved.or(any, of(part)))
        };
        let mut say = |answer, when, message: String, help: String| {
            let is_certain = resolved.is_certainly_possible(when);
            let mut step = Step::new(HOP.name, HOP.code, answer, when, message);
            step.at(id, pointer(["Resources", id])).help(help);
            if !is_certain && answer != Answer::Assumed {
                (step.answer, step.warns) = (Answer::Unknown, false);
            }
            step.advises = is_certain && answer == Answer::Assumed;
            steps.push(step);
        };
        if !after.is_empty() {
            let when = any(&after, &|part| order.after(resolved, part));
            let message =
                format!("`{id}` is created before {}{}: its creation waits for `{id}`", names(&after), self.does);
            let help = format!("take out of {} what leads to `{id}`", names(&after));
            say(if self.fatal { Answer::Broken } else { Answer::Unknown }, when, message, help);
        }
        for part in slow {
            let other = order.slow(resolved, part).unwrap_or(part);
            let message = if other == part {
                format!("`{id}` does not wait for `{part}`{}", self.does)
            } else {
                format!(
                    "`{id}` does not wait for `{part}`{}: that waits for `{other}`, which takes its time",
                    self.does
                )
            };
            say(Answer::Unknown, order.apart(resolved, part), message, wait_for(id, &[part]));
        }
        if !first.is_empty() {
            let when = any(&first, &|part| order.apart(resolved, part));
            let message =
                format!("`{id}` most likely comes after {}{}, and does not wait for it", names(&first), self.does);
            say(Answer::Assumed, when, message, wait_for(id, &first));
        }
        if !apart.is_empty() {
            let when = any(&apart, &|part| order.apart(resolved, part));
            let what = format!("{}{}", names(&apart), self.does);
            let (answer, message) = match self.patience {
                Patience::None | Patience::Invoked => (Answer::Unknown, format!("`{id}` does not wait for {what}")),
                Patience::Minutes => {
                    (Answer::Assumed, format!("`{id}`, which tries for some minutes, does not have to wait for {what}"))
                }
            };
            say(answer, when, message, wait_in(resolved, id, &apart));
        }
    }
}

/// How to wait for parts, of which one may not always be there: `DependsOn` takes no condition, `Metadata` does.
fn wait_in(resolved: &Resolved<'_>, id: &str, parts: &[&str]) -> String {
    let is_there = |part: &&str| resolved.implies(resolved.exists(id), resolved.exists(part));
    let condition = |part: &&str| resolved.template().resources.get(*part).and_then(|it| it.condition.clone());
    match parts.iter().find(|part| !is_there(part)).and_then(|part| Some((part, condition(part)?))) {
        Some((part, name)) => {
            format!("refer to `{part}` in `Metadata` of `{id}`: `!If [{name}, !Ref {part}, none]`")
        }
        None => wait_for(id, parts),
    }
}

fn wait_for(id: &str, parts: &[&str]) -> String {
    match parts {
        [one] => format!("add `DependsOn: {one}` to `{id}`"),
        more => format!("add `DependsOn: [{}]` to `{id}`", more.join(", ")),
    }
}

/// `A`, `B` and `C`.
pub fn names(parts: &[&str]) -> String {
    let names: Vec<String> = parts.iter().map(|part| format!("`{part}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
