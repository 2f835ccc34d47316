//! `format`, as far as it says what a text looks like: address ranges. The others name resources' attributes, which is for
//! whoever knows what refers to what.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::keywords::{Check, Complaint};

/// The check for a format; one that always holds for those that say nothing of the text.
pub fn check(format: &Value) -> Check {
    match format.as_str() {
        Some("ipv4-network") => Box::new(|instance| instance.as_str().and_then(not_ipv4)),
        Some("ipv6-network") => Box::new(|instance| instance.as_str().and_then(not_ipv6)),
        _ => Box::new(|_| None),
    }
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
    use super::{not_ipv4, not_ipv6};

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
