//! What plain scalars of YAML mean to CloudFormation.

use serde_json::Number;

use crate::template::Value;

/// The value of an unquoted scalar, by the rules of YAML 1.1, except that dates stay text.
///
/// A number that JSON cannot hold without loss stays text too.
pub(super) fn plain(text: &str) -> Value {
    other_than_text(text).unwrap_or_else(|| Value::text(text))
}

/// Likewise, where it is not that text itself, as it mostly is.
pub(super) fn other_than_text(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(Value::Bool(false)),
        _ => number(text).map(Value::Number),
    }
}

/// What `value` reads like where it is not what the author wrote: `yes` for `true`, `010` for `8`, `1.10` for `1.1`.
pub(super) fn misread(text: &str, value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => {
            (!text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false")).then(|| value.to_string())
        }
        Value::Number(number) if !number.is_f64() => (text != number.to_string()).then(|| number.to_string()),
        Value::Number(number) => {
            let written = number.to_string();
            (text.len() > written.len() && text.starts_with(&written) && !text.contains(['e', 'E'])).then_some(written)
        }
        _ => None,
    }
}

fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    integer(text).or_else(|| float(text))
}

fn integer(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = magnitude(digits)?;
    if negative && magnitude > 0 {
        return 0_i64.checked_sub_unsigned(magnitude).map(Number::from);
    }
    // JSON keeps the sign of zero as a float.
    if negative { Number::from_f64(-0.0) } else { Some(Number::from(magnitude)) }
}

fn magnitude(digits: &str) -> Option<u64> {
    if digits.contains(':') {
        return sexagesimal(digits);
    }
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x', ..] => (16, &digits[2..]),
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let digits = if digits.starts_with('_') && radix == 10 { return None } else { digits.replace('_', "") };
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    u64::from_str_radix(&digits, radix).ok()
}

/// `22:30` is 1350: minutes to the base of sixty.
fn sexagesimal(digits: &str) -> Option<u64> {
    let mut parts = digits.split(':');
    let first = parts.next().filter(|first| first.starts_with(|c: char| ('1'..='9').contains(&c)))?;
    let first: u64 = first.replace('_', "").parse().ok()?;
    parts.try_fold(first, |sum, part| {
        let part: u64 = Some(part).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
        (part < 60).then_some(sum.checked_mul(60)?.checked_add(part)?)
    })
}

fn float(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = mantissa.replace(['_', '.'], "");
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_ok = exponent.is_none_or(|exponent| all_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    let is_float = mantissa.contains('.') || exponent.is_some();
    if !is_float || !all_digits(&digits) || mantissa.matches('.').count() > 1 || !exponent_ok {
        return None;
    }
    Number::from_f64(text.replace('_', "").parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    #[track_caller]
    fn check(text: &str, expect: Json) {
        assert_eq!(plain(text).to_json(), expect);
    }

    #[test]
    fn as_cloudformation_reads_them() {
        check("yes", json!(true));
        check("OFF", json!(false));
        check("y", json!("y"));
        check("2012-10-17", json!("2012-10-17"));
        check("~", json!(null));
        check("012345670123", json!(1_402_433_619));
        check("012345678901", json!("012345678901"));
        check("123456789012", json!(123_456_789_012_u64));
        check("22:30", json!(1350));
        check("1_000", json!(1000));
        check("0x1F", json!(31));
        check("1e3", json!(1000.0));
        check("1.0e+300", json!(1e300));
        check(".5", json!(0.5));
        check("-7", json!(-7));
        check("-0.0", json!(-0.0));
        check("8.0.36", json!("8.0.36"));
        check("10.0.0.0/16", json!("10.0.0.0/16"));
        check("-", json!("-"));
        check(".", json!("."));
        check("99999999999999999999", json!("99999999999999999999"));
        check("-9223372036854775808", json!(i64::MIN));
    }

    #[test]
    fn misreadings_are_known() {
        let check = |text: &str| misread(text, &plain(text));
        assert_eq!(check("yes").as_deref(), Some("true"));
        assert_eq!(check("010").as_deref(), Some("8"));
        assert_eq!(check("1.10").as_deref(), Some("1.1"));
        assert!(["true", "10", "1.5", "1e3", "text", "2.0"].into_iter().all(|text| check(text).is_none()));
    }
}
