//! The network: addresses that there can be, and ways out that somebody takes.

use super::super::codes;
use super::super::model::{Nat, Setting};
use super::Site;
use crate::diagnostic::Diagnostic;
use crate::network::Cidr;

/// The prefixes that leave room for the blocks of the subnets: sixteen of 16 addresses at least where the range is
/// known, of 256 where it is a parameter.
const KNOWN: std::ops::RangeInclusive<u8> = 16..=24;
const OPEN: std::ops::RangeInclusive<u8> = 16..=20;

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    [range(site), nat(site)].into_iter().flatten().chain(reaches(site)).collect()
}

fn range(site: &Site<'_>) -> Option<Diagnostic> {
    let path = "network.new.range";
    let setting = &site.environment.network.created()?.range;
    let text = setting.known()?;
    let Ok(range) = text.parse::<Cidr>() else { return Some(no_range(site, path, text)) };
    let (fits, why) = match setting {
        Setting::Literal(_) => (KNOWN, "that of a VPC that is cut into 16 blocks"),
        Setting::Parameter { .. } => (OPEN, "that of a parameter, which is cut into blocks with a prefix of 24,"),
    };
    let message = format!("`{path}` is {range}, and {why} has a prefix of {} to {}", fits.start(), fits.end());
    let wrong = !fits.contains(&range.prefix());
    wrong.then(|| site.error(codes::OUT_OF_RANGE, path, message).help("for example `range: 10.20.0.0/16`"))
}

/// Text of the right form that is no range: a number over 255, or bits beyond the prefix.
fn no_range(site: &Site<'_>, path: &str, text: &str) -> Diagnostic {
    let message = format!("`{path}` is `{text}`, which is no range of addresses");
    let help = "numbers go up to 255 and a prefix to 32, and beyond the prefix all bits are 0: `10.20.0.0/16`";
    site.error(codes::WRONG_SHAPE, path, message).help(help)
}

fn nat(site: &Site<'_>) -> Option<Diagnostic> {
    let nat = site.environment.network.created()?.nat;
    let idle = nat != Nat::None && site.environment.function.reaches.is_empty();
    let message = format!(
        "`network.new.nat: {}` has no effect but on the bill: the function may reach nothing by it",
        nat.word()
    );
    let help = "say what the function may reach, `reaches: [{ range: 0.0.0.0/0, port: 443 }]`, or `nat: none`";
    idle.then(|| site.without_effect("network.new.nat", message, help))
}

fn reaches(site: &Site<'_>) -> Vec<Diagnostic> {
    let reaches = (0..).zip(&site.environment.function.reaches);
    let wrong = reaches.filter(|(_, reach)| reach.range.parse::<Cidr>().is_err());
    wrong.map(|(n, reach): (i32, _)| no_range(site, &format!("function.reaches.{n}.range"), &reach.range)).collect()
}
