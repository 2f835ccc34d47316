//! Who can call a listener: what initiates connections, and what the rules of its groups admit beside.

use super::answer::{Answer, Evidence, Step};
use super::family::{calls_by, listens_by};
use super::flow::End;
use super::model::{Direction, GroupRule, Interface, Judged, Kind, Model, Peer, Placed, Port, Side, Term};
use crate::diagnostic::Code;
use crate::resolve::Formula;
use crate::template::pointer;

/// The hop's name.
pub const NAME: &str = "exposure";
/// The code of findings on it.
const CODE: Code = super::hops::exposure::HOP.code;

/// Somebody who can call, or may be able to.
#[derive(Clone, Debug)]
pub struct Caller {
    /// As it is told: `` `Handler` ``, `members of sg-…`, `addresses of 10.0.0.0/8`.
    pub who: String,
    /// The resource, if it is one of the template.
    pub resource: Option<String>,
    /// Its groups, by their names.
    pub groups: Vec<String>,
    /// Where, and how surely.
    pub judged: Judged,
    /// The rule that admits it: the resource and the pointer.
    pub rule: Option<(String, String)>,
}

/// Everybody who can call `to` on one of the ports.
pub fn callers<'a>(model: &Model<'a>, to: &End<'a>, ports: &[Port<'a>], under: Formula) -> Vec<Caller> {
    let mut found = Vec::new();
    let calling = model.ends().iter().filter_map(|end| Some((end, end.interface.as_deref()?)));
    for (near, interface) in calling {
        if initiates(model, interface, to) && Some(interface.id) != to.id() {
            let judged = reaches(model, near, to, ports).within(interface.exists, model.resolved);
            let judged = judged.within(under, model.resolved);
            if model.resolved.is_possible(judged.open) {
                let groups = interface.groups.iter().map(|group| group.term.to_string()).collect();
                let rule = admitted_by(model, to, ports, near);
                let who = near.told();
                found.push(Caller { who, resource: Some(interface.id.to_owned()), groups, judged, rule });
            }
        }
    }
    by_rules(model, to, ports, under, &mut found);
    found
}

/// Endpoints and databases answer, they never call; a proxy calls its targets only.
pub fn initiates<'a>(model: &Model<'a>, interface: &Interface<'a>, to: &End<'a>) -> bool {
    match interface.kind {
        Kind::Function | Kind::Rotation => true,
        Kind::Proxy => model.targets(interface.id).iter().any(|target| Some(*target) == to.id()),
        _ => false,
    }
}

/// Whether one end reaches another as far as groups, VPCs and ports say: what more there is only closes.
pub fn reaches<'a>(model: &Model<'a>, from: &End<'a>, to: &End<'a>, ports: &[Port<'a>]) -> Judged {
    let apart = from
        .vpcs
        .iter()
        .any(|one| to.vpcs.iter().any(|other| one.term.same(&other.term, model.resolved) == Some(false)));
    if apart && model.may_be_linked().is_none() {
        return Judged::NEVER;
    }
    let mut all = Judged::NEVER;
    for port in ports {
        let into = model.lets(&to.groups, Direction::Ingress, port, &from.groups, &from.subnets, from.given);
        if into == Judged::NEVER {
            continue;
        }
        let out = model.lets(&from.groups, Direction::Egress, port, &to.groups, &to.subnets, to.given);
        let both = out.and(into, model.resolved).within(port.when, model.resolved);
        all = all.or(both, model.resolved);
    }
    if model.speaks_v6() {
        all = by_family(model, from, to, ports, all);
    }
    all.within(model.resolved.not(from.outside), model.resolved)
}

/// What holds by IPv4 in the worlds in which both ends have that, and what holds by IPv6 in those of that.
fn by_family<'a>(model: &Model<'a>, from: &End<'a>, to: &End<'a>, ports: &[Port<'a>], by_v4: Judged) -> Judged {
    let (calls, listens) = (calls_by(model, from), listens_by(model, to));
    let (v4, v6) = (model.resolved.and(calls.v4, listens.v4), model.resolved.and(calls.v6, listens.v6));
    let all = by_v4.within(v4, model.resolved);
    if !model.resolved.is_possible(v6) {
        return all;
    }
    let (near, far) = (from.sides(true), to.sides(true));
    let lets = |groups: &[Placed<'a>], direction, port: &Port<'a>, sides: &[Side<'_, 'a>]| {
        let each = sides.iter().map(|side| model.passes(groups, direction, port, side, &mut Vec::new()));
        each.fold(Judged::NEVER, |any, one| any.or(one, model.resolved))
    };
    let by_v6 = ports.iter().fold(Judged::NEVER, |any, port| {
        let into = lets(&to.groups, Direction::Ingress, port, &near);
        let both = lets(&from.groups, Direction::Egress, port, &far).and(into, model.resolved);
        any.or(both.within(port.when, model.resolved), model.resolved)
    });
    all.or(by_v6.within(v6, model.resolved), model.resolved)
}

fn admitted_by<'a>(model: &Model<'a>, to: &End<'a>, ports: &[Port<'a>], near: &End<'a>) -> Option<(String, String)> {
    let mut sides = near.sides(false);
    if model.speaks_v6() {
        sides.extend(near.sides(true));
    }
    for group in &to.groups {
        for (rule, _) in model.rules_of(&group.term, Direction::Ingress) {
            for (port, side) in ports.iter().flat_map(|port| sides.iter().map(move |side| (port, *side))) {
                if model.rule_passes(rule, port, &side).open != Formula::FALSE {
                    let holder = rule.holder?;
                    return Some((holder.to_owned(), model.place(holder, rule.source)));
                }
            }
        }
    }
    None
}

/// What the rules of the listener's groups admit, beside the template's own interfaces.
fn by_rules<'a>(model: &Model<'a>, to: &End<'a>, ports: &[Port<'a>], under: Formula, found: &mut Vec<Caller>) {
    for group in &to.groups {
        for (rule, _) in model.rules_of(&group.term, Direction::Ingress) {
            let open = ports.iter().fold(Judged::NEVER, |all, port| {
                let judged = model.holds_port(&rule.ports, port).within(port.when, model.resolved);
                all.or(judged, model.resolved)
            });
            let whatever = ports.is_empty() || rule.is_of_every_protocol();
            let open = if whatever { Judged::ALWAYS } else { open };
            let judged =
                [rule.when, group.when, under].into_iter().fold(open, |all, one| all.within(one, model.resolved));
            if !rule.may_be_tcp() || !model.resolved.is_possible(judged.open) {
                continue;
            }
            let place = |holder: &str| (holder.to_owned(), model.place(holder, rule.source));
            for (who, resource, groups, judged) in peer(model, to, rule, judged) {
                let is_known = |known: &Caller| known.who == who || (resource.is_some() && known.resource == resource);
                if !found.iter().any(is_known) {
                    found.push(Caller { who, resource, groups, judged, rule: rule.holder.map(place) });
                }
            }
        }
    }
}

/// Somebody whom a rule admits: as it is told, the resource, its groups, and how surely.
type Admitted = (String, Option<String>, Vec<String>, Judged);

fn peer<'a>(model: &Model<'a>, to: &End<'a>, rule: &GroupRule<'a>, judged: Judged) -> Vec<Admitted> {
    match &rule.peer {
        Peer::Group(term) => {
            let told = term.to_string();
            if let Some(id) = term.own() {
                // Members of a group that the template creates are those that it gives it.
                let member = |id: String| (format!("`{id}`, a member of {told}"), Some(id), vec![told.clone()], judged);
                let others: Vec<_> = others_in(model, id).into_iter().map(member).collect();
                let has = |one: &std::rc::Rc<Interface<'a>>| one.groups.iter().any(|group| group.term == *term);
                // An interface that has the group names it nearly always.
                let is_used = || {
                    model.users(id).iter().filter_map(|user| model.interface(user)).any(|one| has(&one))
                        || model.ends().iter().filter_map(|end| end.interface.as_ref()).any(has)
                };
                if others.is_empty() && !is_used() {
                    let who = format!("members of {told}, of which there are none here,");
                    return vec![(who, None, vec![told], Judged::open(judged.open))];
                }
                return others;
            }
            if to.groups.iter().any(|group| group.term == *term) {
                return Vec::new();
            }
            // What facts tell is there for somebody.
            let judged = if rule.holder.is_none() { judged } else { Judged::open(judged.open) };
            vec![(format!("members of {told}, which exists already"), None, vec![told], judged)]
        }
        Peer::Range(range) => {
            let text = super::model::named(range);
            let is_nowhere = super::model::loose(&text)
                .is_some_and(|range| range.address().is_loopback() || text == "255.255.255.255/32");
            if is_nowhere { Vec::new() } else { vec![(format!("addresses of {text}"), None, Vec::new(), judged)] }
        }
        Peer::Prefixes(list) => vec![(format!("addresses of the prefix list {list}"), None, Vec::new(), judged)],
        Peer::Named(name) => {
            vec![(format!("members of `{}`", super::model::named(name)), None, Vec::new(), Judged::open(judged.open))]
        }
        Peer::Unknown => {
            vec![("somebody by a rule that is not known".to_owned(), None, Vec::new(), Judged::foreign(judged.open))]
        }
    }
}

/// Resources of the template with a group that are none of those that are modelled, such as instances.
fn others_in<'a>(model: &Model<'a>, group: &str) -> Vec<String> {
    const SILENT: &[&str] =
        &["AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"];
    let is_other = |id: &&&str| !SILENT.contains(&model.kind(id)) && model.interface(id).is_none();
    model.users(group).iter().filter(is_other).map(|id| (*id).to_owned()).collect()
}

/// Whether nobody but the excepted can call.
pub fn isolated<'a>(
    model: &Model<'a>,
    to: &End<'a>,
    ports: &[Port<'a>],
    except: &[String],
    under: Formula,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let all = callers(model, to, ports, under);
    let excepted = |caller: &Caller| {
        caller.resource.as_ref().is_some_and(|id| except.contains(id))
            || caller.groups.iter().any(|group| except.iter().any(|name| *group == format!("`{name}`")))
                && caller.resource.is_none()
    };
    let mut new = |answer, when, message: String, caller: &Caller| {
        let mut step = Step::new(NAME, CODE, answer, when, message);
        if let Some((holder, path)) = &caller.rule {
            step.at(holder, path.clone());
            step.help("remove the rule, or narrow it to the callers that are meant");
        }
        steps.push(step);
    };
    for caller in all.iter().filter(|caller| !excepted(caller)) {
        let told = format!("{} can call {} on {}", caller.who, to.told(), told(ports));
        if model.resolved.is_certainly_possible(caller.judged.benign) {
            new(Answer::Broken, caller.judged.benign, told, caller);
        } else {
            let message = format!("{} may be able to call {} on {}", caller.who, to.told(), self::told(ports));
            new(Answer::Unknown, caller.judged.open, message, caller);
        }
    }
    if steps.is_empty() {
        steps.push(nobody(model, to, except, under));
    }
    steps
}

fn nobody<'a>(model: &Model<'a>, to: &End<'a>, except: &[String], under: Formula) -> Step {
    let given =
        to.groups.iter().find(|group| !matches!(group.term, Term::Own(_)) && model.group_facts(&group.term).is_none());
    let but = if except.is_empty() {
        String::new()
    } else {
        format!(" but {}", except.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    };
    match given {
        Some(group) => {
            let message = format!("{}, which exists already, has no rules that admit others{but}", group.term);
            Step::new(NAME, CODE, Answer::Assumed, under, message)
        }
        None => {
            let message = format!("no rule of the groups of {} admits anybody{but}", to.told());
            let mut step = Step::new(NAME, CODE, Answer::Holds, under, message);
            let evidence = to.groups.iter().filter_map(|group| group.term.own()).map(|id| Evidence {
                resource: id.to_owned(),
                path: pointer(["Resources", id]),
                says: format!("the rules of `{id}`"),
                claim: super::answer::Claim::Is { kind: model.kind(id).to_owned() },
            });
            step.evidence = evidence.collect();
            step
        }
    }
}

fn told(ports: &[Port<'_>]) -> String {
    ports.first().map_or_else(|| "its port".to_owned(), Port::told)
}

impl<'a> Model<'a> {
    /// The databases of the template that a proxy passes connections on to.
    pub fn targets(&self, proxy: &str) -> Vec<&'a str> {
        let mut found = Vec::new();
        for group in self.of_kind("AWS::RDS::DBProxyTargetGroup") {
            let mine = self.terms(group, "DBProxyName").iter().any(|named| self.own_proxy(&named.term) == Some(proxy));
            if mine {
                let lists = ["DBInstanceIdentifiers", "DBClusterIdentifiers"];
                let targets = lists.iter().flat_map(|list| self.terms(group, list));
                found.extend(targets.filter_map(|target| self.own_database(&target.term)));
            }
        }
        found
    }
}
