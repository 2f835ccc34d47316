//! What both hops of security groups have in common.

use super::Look;
use crate::prove::answer::{Answer, Claim, Evidence, Split, Step};
use crate::prove::fix::Patch;
use crate::prove::flow::End;
use crate::prove::model::{Direction, Grounds, Judged, Model, Placed, Port, Reason, Side, Term, named};
use crate::resolve::Formula;

/// Asks the groups of one end whether they let the flow through.
pub fn look(look: &mut Look<'_, '_>, direction: Direction, under: Formula, anywhere: bool) {
    let flow = look.flow;
    let (own, far) = match direction {
        Direction::Egress => (&flow.from, &flow.to),
        Direction::Ingress => (&flow.to, &flow.from),
    };
    // A function that has subnets and no group: `attachment` says so.
    if !anywhere && flow.from.interface.is_some() && flow.from.groups.is_empty() {
        return;
    }
    if flow.ports.is_empty() {
        let message = format!("the port of {} is not known, so that no rule can be judged", flow.to.told());
        look.say(Answer::Unknown, under, message).silent();
        return;
    }
    for port in flow.ports.clone() {
        let under = look.model.resolved.and(under, port.when);
        if !look.model.resolved.is_possible(under) {
            continue;
        }
        let mut reasons = Vec::new();
        let judged = if anywhere {
            let side = Side { groups: &[], subnet: None, v6: false, given: false, beyond: &[] };
            look.model.passes(&own.groups, direction, &port, &side, &mut reasons)
        } else {
            at_every_subnet(look.model, own, far, direction, &port, flow.v6, &mut reasons)
        };
        let question = Question { direction, own, far, port: &port, anywhere, v6: flow.v6 };
        tell(look, &question, Split::of(look.model, judged, under), judged, &reasons);
    }
}

/// What is asked of the groups of one end.
struct Question<'q, 'a> {
    direction: Direction,
    own: &'q End<'a>,
    far: &'q End<'a>,
    port: &'q Port<'a>,
    anywhere: bool,
    v6: bool,
}

impl Question<'_, '_> {
    /// The port as it is told, with the family where that is IPv6.
    fn told(&self) -> String {
        format!("{}{}", self.port.told(), if self.v6 { " by IPv6" } else { "" })
    }
}

/// A flow must pass for every subnet that the far end is in.
fn at_every_subnet<'a>(
    model: &Model<'a>,
    own: &End<'a>,
    far: &End<'a>,
    direction: Direction,
    port: &Port<'a>,
    v6: bool,
    reasons: &mut Vec<Reason<'a>>,
) -> Judged {
    let mut all = Judged::ALWAYS;
    for (at, side) in far.sides(v6).iter().enumerate() {
        let mut here = Vec::new();
        let judged = model.passes(&own.groups, direction, port, side, &mut here);
        // In worlds in which the subnet is not used it breaks nothing.
        let judged = match side.subnet {
            Some(subnet) => judged.or(Judged::fact(model.resolved.not(subnet.when)), model.resolved),
            None => judged,
        };
        all = all.and(judged, model.resolved);
        if at == 0 {
            reasons.append(&mut here);
        } else {
            reasons.extend(here.into_iter().filter(|reason| matches!(reason.grounds, Grounds::Rule(..))));
        }
    }
    all
}

fn tell<'a>(
    look: &mut Look<'_, 'a>,
    question: &Question<'_, 'a>,
    split: Split,
    judged: Judged,
    reasons: &[Reason<'a>],
) {
    let model = look.model;
    let groups = names(&question.own.groups);
    let far = far_name(question);
    let port = question.told();
    let sentence = match question.direction {
        Direction::Ingress => format!("{groups} admits {far} on {port}"),
        Direction::Egress => format!("{groups} lets {port} out to {far}"),
    };
    if let Some(when) = split.holds {
        let by = reasons.iter().filter(|reason| model.resolved.is_possible(reason.judged.fact));
        let evidence: Vec<_> = by.filter_map(|reason| evidence(model, question, reason)).collect();
        let step = look.say(Answer::Holds, when, sentence.clone());
        if let Some(first) = evidence.first() {
            step.at(&first.resource.clone(), first.path.clone());
        }
        step.because(evidence);
    }
    if let Some(when) = split.assumed {
        let rule = reasons.iter().find_map(|reason| match &reason.grounds {
            Grounds::Rule(id, _, told) if question.far.given && reason.judged.benign != Formula::FALSE => {
                Some((id, told))
            }
            _ => None,
        });
        let why = match rule {
            Some((id, told)) => Some(format!("{far} is what the rule of `{id}` means: {told}")),
            None => why(reasons, |judged| (judged.benign, judged.fact), model),
        };
        look.say(Answer::Assumed, when, why.unwrap_or_else(|| sentence.clone()));
    }
    if let Some(when) = split.foreign {
        let why = why(reasons, |judged| (judged.foreign, judged.benign), model);
        let message = why.unwrap_or_else(|| format!("whether {sentence} is not known"));
        look.say(Answer::Unknown, when, message).silent();
    }
    if let Some(when) = split.unknown {
        let why = why(reasons, |judged| (judged.open, judged.foreign), model);
        let message = why.unwrap_or_else(|| format!("whether {sentence} is not known"));
        let step = look.say(Answer::Unknown, when, message);
        place(step, question);
        step.help(help(question));
        step.fix(patch(model, question));
    }
    if let Some(when) = split.broken {
        broken(look, question, when, judged);
    }
}

fn broken<'a>(look: &mut Look<'_, 'a>, question: &Question<'_, 'a>, when: Formula, judged: Judged) {
    let model = look.model;
    let near = near_miss(model, question);
    let groups = names(&question.own.groups);
    let (port, far) = (question.told(), far_name(question));
    let partly = model.resolved.is_possible(model.resolved.and(judged.open, when));
    let message = match (question.direction, near) {
        (Direction::Ingress, None) => format!("no rule on {groups} admits {far} on {port}"),
        (Direction::Ingress, Some(near)) => format!("no rule on {groups} admits {far} on {port}: it has {near}"),
        (Direction::Egress, None) => format!("no rule on {groups} lets {port} out to {far}"),
        (Direction::Egress, Some(near)) => format!("no rule on {groups} lets {port} out to {far}: it has {near}"),
    };
    let has_rules = question.own.groups.iter().any(|group| !model.rules_of(&group.term, question.direction).is_empty());
    let (help, fix) = (help(question), patch(model, question));
    let step = look.say(Answer::Broken, when, message);
    step.aws(if has_rules || partly { "ENI_SG_RULES_MISMATCH" } else { "SG_HAS_NO_RULES" });
    step.help(help).fix(fix);
    place(step, question);
}

/// Names the group where a rule would have to be, or where groups are named.
fn place(step: &mut Step, question: &Question<'_, '_>) {
    let own = question.own.groups.iter().find_map(|group| group.term.own());
    match (own, question.own.groups_at()) {
        (Some(id), _) => {
            step.at(id, crate::template::pointer(["Resources", id, "Properties"]));
        }
        (None, Some((id, path))) => {
            step.at(id, path);
        }
        (None, None) => {}
    }
}

/// Rules that nearly let the flow through: of the far end on other ports, or of others on its port.
fn near_miss<'a>(model: &Model<'a>, question: &Question<'_, 'a>) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    for group in &question.own.groups {
        for (rule, _) in model.rules_of(&group.term, question.direction) {
            if rule.may_be_tcp() && !is_of_nothing(model, rule) {
                let text = model.told(rule);
                if !told.contains(&text) {
                    told.push(text);
                }
            }
        }
    }
    let more = told.len().saturating_sub(3);
    told.truncate(3);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!told.is_empty()).then(|| format!("{}{rest}", told.join(", ")))
}

/// Whether a rule is there so that there is one, and matches nothing.
fn is_of_nothing<'a>(model: &Model<'a>, rule: &crate::prove::model::GroupRule<'a>) -> bool {
    let text = model.told(rule);
    text.ends_with("127.0.0.1/32") || text.ends_with("255.255.255.255/32") || text.ends_with("::1/128")
}

fn far_name(question: &Question<'_, '_>) -> String {
    if question.anywhere {
        return "addresses of the internet".to_owned();
    }
    if question.far.groups.is_empty() { question.far.told() } else { names(&question.far.groups) }
}

/// The groups as they are told.
pub fn names(groups: &[Placed<'_>]) -> String {
    let mut names: Vec<String> = Vec::new();
    for group in groups {
        let name = group.term.to_string();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn help(question: &Question<'_, '_>) -> String {
    let (groups, far, port) = (names(&question.own.groups), far_name(question), question.port.told());
    match question.direction {
        Direction::Ingress => format!("add an ingress rule to {groups}: {port} from {far}"),
        Direction::Egress => format!("add an egress rule to {groups}: {port} to {far}"),
    }
}

/// The sentence of the first reason that decides between two levels.
fn why(reasons: &[Reason<'_>], levels: impl Fn(&Judged) -> (Formula, Formula), model: &Model<'_>) -> Option<String> {
    let decides = |reason: &&Reason<'_>| {
        let (more, less) = levels(&reason.judged);
        model.resolved.is_possible(model.without(more, less))
    };
    reasons.iter().find(decides).map(|reason| match &reason.grounds {
        Grounds::Rule(id, _, told) => format!("whether the rule of `{id}`, {told}, covers it is not known here"),
        Grounds::Fact(told) => format!("an existing rule, {told}, lets it through"),
        Grounds::DefaultEgress(group) => format!("{group} lets everything out, as every new group does"),
        Grounds::EgressBeside(group) => format!(
            "{group} names no egress of its own, and public texts disagree on whether it still lets everything out beside a \
             separate egress rule"
        ),
        Grounds::DefaultSelf(group) => format!("{group} admits its own members"),
        Grounds::GivenEgress(group) => format!("{group}, which exists already, lets this traffic out"),
        Grounds::GivenIngress(group) => format!("no rule here admits it to {group}, which exists already and may have others"),
        Grounds::Foreign(group, by) => format!("`{by}`, which is not looked into, may add rules to {group}"),
    })
}

fn evidence<'a>(model: &Model<'a>, question: &Question<'_, 'a>, reason: &Reason<'a>) -> Option<Evidence> {
    let egress = question.direction == Direction::Egress;
    let key = |term: &Term<'a>| match term {
        Term::Own(id) => (*id).to_owned(),
        Term::Given(value) => named(value),
        other => other.to_string().replace('`', ""),
    };
    match &reason.grounds {
        Grounds::Rule(holder, source, told) => {
            let path = match source {
                Some(source) => model.place(holder, Some(source)),
                None => crate::template::pointer(["Resources", holder, "Properties"]),
            };
            let keys = |placed: &[Placed<'a>]| placed.iter().map(|one| key(&one.term)).collect();
            let claim = Claim::Rule {
                egress,
                groups: keys(&question.own.groups),
                port: question.port.number,
                peers: keys(&question.far.groups),
                subnets: keys(&question.far.subnets),
                v6: question.v6,
            };
            Some(Evidence { resource: (*holder).to_owned(), path, says: told.clone(), claim })
        }
        Grounds::DefaultEgress(Term::Own(id)) => Some(Evidence {
            resource: (*id).to_owned(),
            path: crate::template::pointer(["Resources", id, "Properties"]),
            says: format!("`{id}` names no egress, so that it lets everything out"),
            claim: Claim::Without { property: question.direction.property().to_owned() },
        }),
        _ => None,
    }
}

/// The rule that would let the flow through, as a resource of its own: so it makes no circle of groups.
fn patch<'a>(model: &Model<'a>, question: &Question<'_, 'a>) -> Option<Patch> {
    let group = question.own.groups.first()?;
    let far = question.far.groups.first().filter(|_| !question.anywhere)?;
    Patch::rule(model, question.direction, group, far, question.port)
}
