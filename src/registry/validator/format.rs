//! `format`, as far as it says what a text looks like: addresses, ranges of them, and identifiers of AWS.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::form::Form;
use super::keywords::{Check, Complaint};
use super::violation::ViolationKind;

/// The check for a format; one that always holds for those that say nothing of the text.
pub fn check(format: &Value) -> Check {
    match format.as_str() {
        Some("ipv4-network") => Box::new(|instance| instance.as_str().and_then(not_ipv4)),
        Some("ipv6-network") => Box::new(|instance| instance.as_str().and_then(not_ipv6)),
        Some("ipv4") => Box::new(|instance| instance.as_str().and_then(not_ipv4_address)),
        Some("ipv6") => Box::new(|instance| instance.as_str().and_then(not_ipv6_address)),
        Some(name) => Form::named(name).map_or_else(|| Box::new(|_: &Value| None) as Check, of_form),
        None => Box::new(|_| None),
    }
}

/// The check for a form. Only a text is looked at: what a function gives is for whoever knows what refers to what.
fn of_form(form: Form) -> Check {
    Box::new(move |instance| instance.as_str().filter(|text| !form.fits(text)).map(|_| complaint(form)))
}

/// What is said of a text that is not of a form.
fn complaint(form: Form) -> String {
    format!("is not {}", form.noun())
}

/// The kind of violation that a complaint is about.
pub fn kind_of(message: &str) -> ViolationKind {
    let form = Form::ALL.iter().copied().find(|form| complaint(*form) == message);
    form.filter(|form| form.code() != ViolationKind::Format.code())
        .map_or(ViolationKind::Format, ViolationKind::Identifier)
}

fn not_ipv4_address(text: &str) -> Complaint {
    text.parse::<Ipv4Addr>().is_err().then(|| "is no IPv4 address, as 192.0.2.1 is".to_owned())
}

fn not_ipv6_address(text: &str) -> Complaint {
    text.parse::<Ipv6Addr>().is_err().then(|| "is no IPv6 address, as 2001:db8::1 is".to_owned())
}

fn not_ipv4(text: &str) -> Complaint {
    let parsed = text.split_once('/').and_then(|(address, length)| Some((address.parse().ok()?, length.parse().ok()?)));
    let Some((address, length)) = parsed.filter(|(_, length): &(Ipv4Addr, u32)| *length <= 32) else {
        return Some("is no range of IPv4 addresses, as 10.0.0.0/16 is".to_owned());
    };
    let first = Ipv4Addr::from_bits(address.to_bits() & u32::MAX.checked_shl(32 - length).unwrap_or(0));
    (first != address).then(|| format!("is no range of IPv4 addresses: with /{length} it begins at {first}"))
}

fn not_ipv6(text: &str) -> Complaint {
    let parsed = text.split_once('/').and_then(|(address, length)| Some((address.parse().ok()?, length.parse().ok()?)));
    let Some((address, length)) = parsed.filter(|(_, length): &(Ipv6Addr, u32)| *length <= 128) else {
        return Some("is no range of IPv6 addresses, as 2001:db8::/56 is".to_owned());
    };
    let first = Ipv6Addr::from_bits(address.to_bits() & u128::MAX.checked_shl(128 - length).unwrap_or(0));
    (first != address).then(|| format!("is no range of IPv6 addresses: with /{length} it begins at {first}"))
}

#[cfg(test)]
mod tests {
    use super::{Form, ViolationKind, complaint, kind_of, not_ipv4, not_ipv4_address, not_ipv6, not_ipv6_address};

    #[test]
    fn addresses_are_told_from_names() {
        assert!([not_ipv4_address("192.0.2.1"), not_ipv6_address("::1")].iter().all(Option::is_none));
        assert!([not_ipv4_address("192.0.2"), not_ipv6_address("192.0.2.1")].iter().all(Option::is_some));
    }

    #[test]
    fn a_complaint_leads_to_its_form() {
        assert!(Form::ALL.iter().all(|form| kind_of(&complaint(*form)).code() == form.code()));
        assert_eq!(kind_of("is no IPv4 address"), ViolationKind::Format);
    }

    #[test]
    fn ranges_begin_where_their_length_says() {
        assert!(
            [not_ipv4("0.0.0.0/0"), not_ipv4("10.1.2.3/32"), not_ipv6("::/0"), not_ipv6("2001:db8::/56")]
                .iter()
                .all(Option::is_none)
        );
        assert!(
            [not_ipv4("10.0.0.0/33"), not_ipv4("10.0.1.0/16"), not_ipv6("2001:db8::1/56"), not_ipv6("x/1")]
                .iter()
                .all(Option::is_some)
        );
    }
}
