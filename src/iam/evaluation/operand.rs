//! Values of conditions that are more than text: numbers, times, addresses, bytes.

use std::net::IpAddr;

/// A moment, in seconds since 1970: ISO 8601 as W3C has it, or the number itself.
pub(super) fn moment(text: &str) -> Option<f64> {
    if let Ok(seconds) = text.parse::<f64>()
        && !text.contains('-')
        && text.len() > 4
    {
        return Some(seconds);
    }
    let (day, time) = text.split_once(['T', 't']).unwrap_or((text, "00:00:00Z"));
    let mut parts = day.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next().unwrap_or(Some(1))?, parts.next().unwrap_or(Some(1))?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (clock, offset) = clock_and_offset(time)?;
    Some(days(year, month, day) as f64 * 86_400.0 + clock - offset)
}

/// Days since 1970 in the Gregorian calendar, whose years begin in March here so that the odd day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, month) = (year.div_euclid(400), (month + 9) % 12);
    let (of_era, of_year) = (year.rem_euclid(400), (153 * month + 2) / 5 + day - 1);
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn clock_and_offset(time: &str) -> Option<(f64, f64)> {
    let (time, offset) = match time.strip_suffix(['Z', 'z']) {
        Some(time) => (time, 0.0),
        None => match time.rfind(['+', '-']) {
            Some(at) => {
                let sign = if time[at..].starts_with('-') { -1.0 } else { 1.0 };
                (&time[..at], sign * clock(&time[at + 1..])?)
            }
            None => (time, 0.0),
        },
    };
    Some((clock(time)?, offset))
}

fn clock(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    for (part, unit) in text.split(':').zip([3600.0, 60.0, 1.0]) {
        seconds += part.parse::<f64>().ok()? * unit;
    }
    Some(seconds)
}

/// Whether an address lies in a range, such as `10.0.0.0/8`; an address alone is a range of one.
pub(super) fn lies_in(address: &str, range: &str) -> Option<bool> {
    let address: IpAddr = address.trim().parse().ok()?;
    let (start, length) = range.trim().split_once('/').unwrap_or((range.trim(), ""));
    let start: IpAddr = start.parse().ok()?;
    let length = |most: u32| match length {
        "" => Some(most),
        length => length.parse().ok().filter(|length| *length <= most),
    };
    let shifted = |bits: u128, by: u32| bits.checked_shr(by).unwrap_or(0);
    match (address, start) {
        (IpAddr::V4(address), IpAddr::V4(start)) => {
            let by = 32 - length(32)?;
            Some(shifted(address.to_bits().into(), by) == shifted(start.to_bits().into(), by))
        }
        (IpAddr::V6(address), IpAddr::V6(start)) => {
            let by = 128 - length(128)?;
            Some(shifted(address.to_bits(), by) == shifted(start.to_bits(), by))
        }
        _ => Some(false),
    }
}

/// A number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_counted_from_1970() {
        for (text, expect) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2000-03-01", Some(951_868_800.0)),
            ("2024-02-29T12:00:00+02:00", Some(1_709_200_800.0)),
            ("1709200800", Some(1_709_200_800.0)),
            ("2024-13-01", None),
            ("soon", None),
        ] {
            assert_eq!(moment(text), expect, "{text}");
        }
    }

    #[test]
    fn addresses_lie_in_ranges() {
        for (address, range, expect) in [
            ("10.1.2.3", "10.0.0.0/8", Some(true)),
            ("11.1.2.3", "10.0.0.0/8", Some(false)),
            ("10.1.2.3", "0.0.0.0/0", Some(true)),
            ("10.1.2.3", "10.1.2.3", Some(true)),
            ("fd00::1", "fd00::/8", Some(true)),
            ("10.1.2.3", "::/0", Some(false)),
            ("10.1.2.3", "10.0.0.0/33", None),
            ("here", "10.0.0.0/8", None),
        ] {
            assert_eq!(lies_in(address, range), expect, "{address} in {range}");
        }
    }
}
