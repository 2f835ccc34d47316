//! Ranges that cover a subnet together though none of them does alone: two halves of its block, two halves of the ports.
//!
//! The addresses and ports in question are cut where the ranges begin and end. Every piece has to be covered by a range
//! that holds all of it.

use super::rule::{GroupRule, Peer, Protocols};
use super::{Entry, Far, Judged, Model, Placed, Port, Ports, Side, Term};
use crate::network::Cidr;
use crate::resolve::{Formula, Resolution};

/// The first and the last of consecutive addresses of one family.
pub type Span = (u128, u128);

/// What a rule covers of the addresses and ports in question.
#[derive(Clone, Copy, Debug)]
struct Part {
    when: Formula,
    addresses: Span,
    ports: (i64, i64),
}

const EVERY_ADDRESS: Span = (0, u128::MAX);
const EVERY_PORT: (i64, i64) = (0, 65_535);

impl<'a> Model<'a> {
    /// Where the rules together let traffic through from or to each address of the far end, and which of them have a part
    /// in it. Each rule comes with the worlds in which it is one of the near end's.
    pub(super) fn together(
        &self,
        rules: &[(&GroupRule<'a>, Formula)],
        port: &Port<'a>,
        side: &Side<'_, 'a>,
    ) -> (Formula, Vec<usize>) {
        let mut parts = Vec::new();
        for (at, (rule, when)) in rules.iter().enumerate() {
            parts.extend(self.parts_of(rule, *when, port, side).into_iter().map(|part| (at, part)));
        }
        let (mut all, mut used) = (Formula::TRUE, Vec::new());
        let domain = self.domain(port);
        let covered = |span: Span| {
            domain.iter().fold(Formula::TRUE, |all, ports| self.resolved.and(all, self.covered(&parts, span, *ports)))
        };
        let spans = self.spans_of(side);
        if spans.is_empty() {
            return (Formula::FALSE, used);
        }
        for (when, span) in &spans {
            let held = span.map_or(Formula::FALSE, covered);
            all = self.resolved.and(all, self.resolved.or(self.resolved.not(*when), held));
        }
        for (at, part) in &parts {
            let has_part = spans.iter().filter_map(|(_, span)| *span).any(|span| meet(span, part.addresses));
            if has_part && !used.contains(at) {
                used.push(*at);
            }
        }
        (all, used)
    }

    fn covered(&self, parts: &[(usize, Part)], span: Span, ports: (i64, i64)) -> Formula {
        let mut all = Formula::TRUE;
        for piece in pieces(span, parts.iter().map(|(_, part)| part.addresses)) {
            for port in port_pieces(ports, parts.iter().map(|(_, part)| part.ports)) {
                let holds = |part: &Part| {
                    part.addresses.0 <= piece.0
                        && piece.1 <= part.addresses.1
                        && part.ports.0 <= port.0
                        && port.1 <= part.ports.1
                };
                let any = parts.iter().filter(|(_, part)| holds(part));
                let any = any.fold(Formula::FALSE, |any, (_, part)| self.resolved.or(any, part.when));
                all = self.resolved.and(all, any);
            }
            if all == Formula::FALSE {
                break;
            }
        }
        all
    }

    fn parts_of(&self, rule: &GroupRule<'a>, when: Formula, port: &Port<'a>, side: &Side<'_, 'a>) -> Vec<Part> {
        let when = self.resolved.and(when, rule.when);
        let mut ports = Vec::new();
        match (rule.protocols, &rule.ports) {
            (Protocols::Every, _) | (Protocols::Tcp, Ports::Every) => ports.push((when, EVERY_PORT)),
            (Protocols::Tcp, Ports::Numbers(from, to)) => ports.push((when, (*from, *to))),
            (Protocols::Tcp, _) => {
                ports.push((self.resolved.and(when, self.holds_port(&rule.ports, port).fact), EVERY_PORT));
            }
            (Protocols::Other | Protocols::Unknown, _) => {}
        }
        if ports.is_empty() {
            return Vec::new();
        }
        let mut spans = vec![(self.reaches_peer(&rule.peer, side).fact, EVERY_ADDRESS)];
        for (under, range) in self.ranges_of(&rule.peer) {
            spans.extend(
                self.spans_of_range(&range, side.v6).into_iter().map(|(at, span)| (self.resolved.and(under, at), span)),
            );
        }
        let possible = spans.into_iter().filter(|(under, _)| *under != Formula::FALSE);
        let both = possible
            .flat_map(|(under, addresses)| ports.iter().map(move |(when, ports)| (under, *when, addresses, *ports)));
        both.map(|(under, when, addresses, ports)| Part { when: self.resolved.and(under, when), addresses, ports })
            .collect()
    }

    /// The address ranges that a far end of rules is, with the worlds of each.
    fn ranges_of(&self, peer: &Peer<'a>) -> Vec<(Formula, Resolution<'a>)> {
        match peer {
            Peer::Range(range) => vec![(Formula::TRUE, range.clone())],
            Peer::Prefixes(list) => self.entries_of_list(list),
            _ => Vec::new(),
        }
    }

    fn entries_of_list(&self, list: &Term<'a>) -> Vec<(Formula, Resolution<'a>)> {
        let Some(id) = list.own() else { return Vec::new() };
        let mut found = Vec::new();
        for entry in self.resolved.elements(id, "Entries") {
            let range = entry.value.map().and_then(|map| map.get("Cidr"));
            found.extend(range.into_iter().flat_map(|range| {
                self.resolved.value(range, entry.when).into_iter().map(|case| (case.when, case.value))
            }));
        }
        found
    }

    /// What a range is, where it can be read.
    fn spans_of_range(&self, range: &Resolution<'a>, v6: bool) -> Vec<(Formula, Span)> {
        let read = self.readings(range).into_iter();
        read.filter_map(|(when, _, range)| Some((when, range.filter(|range| range.is_v6() == v6)?.bounds()))).collect()
    }

    /// The addresses of a far end, with the worlds of each; none of them where it cannot be read.
    fn spans_of(&self, side: &Side<'_, 'a>) -> Vec<(Formula, Option<Span>)> {
        let whole = if side.v6 { Cidr::ANY_V6 } else { Cidr::ANY_V4 };
        side.subnet
            .map_or_else(|| vec![(Formula::TRUE, Some(whole.bounds()))], |subnet| self.spans_of_subnet(subnet, side.v6))
    }

    /// The addresses of a subnet: its block, or else all blocks of its VPC, in which it is.
    fn spans_of_subnet(&self, subnet: &Placed<'a>, v6: bool) -> Vec<(Formula, Option<Span>)> {
        let of = |when: Formula, block: &Resolution<'a>| {
            let read = self.readings(block).into_iter();
            let span = |range: Option<Cidr>| range.filter(|range| range.is_v6() == v6).map(|range| range.bounds());
            let spans: Vec<_> = read.map(|(at, _, range)| (self.resolved.and(when, at), span(range))).collect();
            spans
        };
        let own = self.blocks_of_subnet(&subnet.term, v6).into_iter();
        let own: Vec<_> = own.flat_map(|(when, block)| of(when, &block)).collect();
        let is_read =
            |spans: &[(Formula, Option<Span>)]| !spans.is_empty() && spans.iter().all(|(_, span)| span.is_some());
        if is_read(&own) {
            return own;
        }
        let blocks = if v6 { Vec::new() } else { self.blocks_of_subnets_vpc(&subnet.term) };
        let vpc: Vec<_> = blocks.iter().flat_map(|block| of(Formula::TRUE, block)).collect();
        if is_read(&vpc) { vpc } else { own }
    }

    /// The numbers that a port can be.
    fn domain(&self, port: &Port<'a>) -> Vec<(i64, i64)> {
        if let Some(number) = port.number {
            return vec![(number.into(), number.into())];
        }
        let Some((_, parameter)) = port.value.parameter() else { return vec![EVERY_PORT] };
        let number = |value: &crate::template::Value| super::spelled(value).and_then(|text| text.trim().parse().ok());
        let allowed: Option<Vec<i64>> = parameter.allowed_values.iter().map(number).collect();
        match allowed {
            Some(allowed) if !allowed.is_empty() => allowed.into_iter().map(|port| (port, port)).collect(),
            _ => {
                let end = |value: &Option<crate::template::Value>| value.as_ref().and_then(number);
                vec![(
                    end(&parameter.min_value).unwrap_or(EVERY_PORT.0).max(EVERY_PORT.0),
                    end(&parameter.max_value).unwrap_or(EVERY_PORT.1).min(EVERY_PORT.1),
                )]
            }
        }
    }
}

impl<'a> Model<'a> {
    /// Where ranges cover every address of a subnet together.
    pub(super) fn covered_by(&self, ranges: &[(Formula, Resolution<'a>)], subnet: &Placed<'a>, v6: bool) -> Formula {
        let mut parts = Vec::new();
        for (when, range) in ranges {
            let spans = self.spans_of_range(range, v6).into_iter();
            let part = |(at, addresses)| Part { when: self.resolved.and(*when, at), addresses, ports: EVERY_PORT };
            parts.extend(spans.map(|span| (0, part(span))));
        }
        let spans = self.spans_of_subnet(subnet, v6);
        if spans.is_empty() {
            return Formula::FALSE;
        }
        spans.into_iter().fold(Formula::TRUE, |all, (when, span)| {
            let held = span.map_or(Formula::FALSE, |span| self.covered(&parts, span, EVERY_PORT));
            self.resolved.and(all, self.resolved.or(self.resolved.not(when), held))
        })
    }
}

/// Ordered entries.
impl<'a> Model<'a> {
    /// Where the entries of an ACL let packets through from or to each address of a subnet, which is cut where entries
    /// begin and end.
    pub(super) fn by_pieces(
        &self,
        entries: &[Entry<'a>],
        subnet: &Placed<'a>,
        v6: bool,
        passes: &dyn Fn(Far<'_, 'a>) -> Judged,
    ) -> Formula {
        let cuts: Vec<Span> = entries
            .iter()
            .flat_map(|entry| self.spans_of_range(&entry.range, v6).into_iter().map(|(_, span)| span))
            .collect();
        let spans = self.spans_of_subnet(subnet, v6);
        if spans.is_empty() {
            return Formula::FALSE;
        }
        spans.into_iter().fold(Formula::TRUE, |all, (when, span)| {
            let each = |span| {
                pieces(span, cuts.iter().copied()).into_iter().fold(Formula::TRUE, |all, piece| {
                    if all == Formula::FALSE { all } else { self.resolved.and(all, passes(Far::Piece(piece, v6)).fact) }
                })
            };
            let held = span.map_or(Formula::FALSE, each);
            self.resolved.and(all, self.resolved.or(self.resolved.not(when), held))
        })
    }

    /// Where a range holds a piece of addresses.
    pub(super) fn holds_piece(&self, range: &Resolution<'a>, piece: Span, v6: bool) -> Judged {
        let mut all = Judged::NEVER;
        for (when, _, range) in self.readings(range) {
            let judged = match range {
                Some(range) if range.is_v6() != v6 || !meet(range.bounds(), piece) => Judged::NEVER,
                Some(range) if range.bounds().0 <= piece.0 && piece.1 <= range.bounds().1 => Judged::fact(when),
                _ => Judged::open(when),
            };
            all = all.or(judged, self.resolved);
        }
        all
    }
}

fn meet(one: Span, other: Span) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}

/// The addresses of `whole`, cut where others begin and end.
fn pieces(whole: Span, others: impl Iterator<Item = Span>) -> Vec<Span> {
    cut(whole, others, |last| last.checked_add(1), |first| first - 1)
}

/// Likewise the ports.
fn port_pieces(whole: (i64, i64), others: impl Iterator<Item = (i64, i64)>) -> Vec<(i64, i64)> {
    cut(whole, others, |last| last.checked_add(1), |first| first - 1)
}

fn cut<N: Copy + Ord>(
    whole: (N, N),
    others: impl Iterator<Item = (N, N)>,
    after: fn(N) -> Option<N>,
    before: fn(N) -> N,
) -> Vec<(N, N)> {
    let ends = others.flat_map(|(first, last)| [Some(first), after(last)]).flatten();
    let mut cuts: Vec<N> = ends.filter(|cut| *cut > whole.0 && *cut <= whole.1).chain([whole.0]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let lasts = cuts.iter().skip(1).map(|cut| before(*cut)).chain([whole.1]);
    cuts.iter().copied().zip(lasts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_up_the_whole() {
        assert_eq!(pieces((10, 19), [(0, 12), (15, 40)].into_iter()), [(10, 12), (13, 14), (15, 19)]);
        assert_eq!(pieces((0, u128::MAX), [(5, u128::MAX)].into_iter()), [(0, 4), (5, u128::MAX)]);
        assert_eq!(pieces((10, 19), [(10, 19), (20, 30)].into_iter()), [(10, 19)]);
        assert_eq!(port_pieces((0, 65_535), [(0, 1023)].into_iter()), [(0, 1023), (1024, 65_535)]);
    }
}
