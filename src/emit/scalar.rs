//! Text and numbers in YAML, such that YAML 1.1 and YAML 1.2 readers read the same.
//!
//! CloudFormation and most tools around it read YAML 1.1, in which `on` is a truth value, `2012-10-17` a date and
//! `12:30:45` a number; newer tools read YAML 1.2, in which `0o17` is a number. What either could take for something
//! else than text is quoted.

use serde_json::Number;

/// Where text stands: in a flow list, commas and brackets end it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Block,
    Flow,
}

/// A number. YAML 1.1 knows an exponent only after a point, and only with a sign.
pub(super) fn number(number: &Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return text };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// Text on one line, quoted where it must be.
pub(super) fn text(text: &str, style: Style) -> String {
    if is_plain(text, style) {
        text.to_owned()
    } else if text.contains(['\\', '"']) && !text.contains('\'') && !text.contains(needs_escape) {
        format!("'{text}'")
    } else {
        double_quoted(text)
    }
}

/// The header of a block scalar that holds `text` exactly, if one can: `|` and what indents and ends it.
pub(super) fn literal_header(text: &str) -> Option<String> {
    let ragged = |line: &str| line.ends_with([' ', '\t']) || line.starts_with('\t');
    let spoilt = text.contains(|c| c != '\n' && c != '\t' && needs_escape(c));
    if !text.contains('\n') || spoilt || text.split('\n').any(ragged) {
        return None;
    }
    let first = text.trim_start_matches('\n');
    if first.is_empty() {
        return None;
    }
    let indent = if first.starts_with(' ') { "2" } else { "" };
    let end = match text.len() - text.trim_end_matches('\n').len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    Some(format!("|{indent}{end}"))
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    text.chars().for_each(|c| push_escaped(&mut quoted, c));
    quoted.push('"');
    quoted
}

fn push_escaped(quoted: &mut String, c: char) {
    match c {
        '"' => quoted.push_str("\\\""),
        '\\' => quoted.push_str("\\\\"),
        '\n' => quoted.push_str("\\n"),
        '\t' => quoted.push_str("\\t"),
        '\r' => quoted.push_str("\\r"),
        c if !needs_escape(c) => quoted.push(c),
        c if (c as u32) < 0x100 => quoted.push_str(&format!("\\x{:02x}", c as u32)),
        c if (c as u32) < 0x1_0000 => quoted.push_str(&format!("\\u{:04x}", c as u32)),
        c => quoted.push_str(&format!("\\U{:08x}", c as u32)),
    }
}

/// Characters that YAML forbids or takes for a line's end, and those that a reviewer could not see.
fn needs_escape(c: char) -> bool {
    match c {
        '\u{a0}' | '\u{ad}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {
            // A joiner holds an emoji together; it is seen by what it joins.
            c != '\u{200d}'
        }
        c => c.is_control(),
    }
}

/// Whether both versions of YAML read unquoted `text` as just that text.
fn is_plain(text: &str, style: Style) -> bool {
    let starts_ill = |c: char| c.is_whitespace() || "-?:,[]{}#&*!|>'\"%@`".contains(c);
    let ends_ill = |c: char| c.is_whitespace() || c == ':';
    let in_flow = style == Style::Flow && text.contains([',', '[', ']', '{', '}', '?']);
    !(text.is_empty()
        || text.starts_with(starts_ill)
        || text.ends_with(ends_ill)
        || text.contains(": ")
        || text.contains(" #")
        || text.contains(needs_escape)
        || in_flow
        || is_word_of_yaml(text)
        || may_be_number(text))
}

/// Whether `text` is one of the words that are no text: truth values, null, the merge key, the default key.
fn is_word_of_yaml(text: &str) -> bool {
    const WORDS: &[&str] =
        &["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~", "=", "<<", ".inf", "+.inf", ".nan", "..."];
    text.len() <= 5 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether some YAML could read `text` as a number, a date or a time: it starts like one, and has nothing else in it.
fn may_be_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.chars().all(|c| c.is_ascii_hexdigit() || "xXoO_.:+-tTzZ ,".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, expect: &str) {
        assert_eq!(text(given, Style::Block), expect);
    }

    #[test]
    fn plain_where_it_is_safe() {
        for text in
            ["a", "AWS::Region", "10.0.0.0/16", "arn:aws:iam::*:role/x", "a, b", "t3.micro", "${A}-b", "$x", "é"]
        {
            check(text, text);
        }
    }

    #[test]
    fn quoted_where_a_reader_could_err() {
        for text in
            ["on", "YES", "n", "012", "1e3", "2012-10-17", "12:34:56", "=", "<<", "~", "0x1f", ".inf", "1_0", ""]
        {
            check(text, &format!("\"{text}\""));
        }
        for text in [" a", "a ", "- a", "? a", "a: b", "a:", "a #b", "@a", "`a", "%a", "!a", "&a", "*", "{a", "[a", "#"]
        {
            check(text, &format!("\"{text}\""));
        }
    }

    #[test]
    fn single_quotes_where_they_read_better() {
        check(r"^\d+$ #", r"'^\d+$ #'");
        check(r#"{"a": 1}"#, r#"'{"a": 1}'"#);
        check("it's: \"x\"", r#""it's: \"x\"""#);
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        check("a\tb", r#""a\tb""#);
        check("a\u{85}\u{2028}\u{0}", r#""a\x85\u2028\x00""#);
        check("\u{202e}x", r#""\u202ex""#);
    }

    #[test]
    fn flow_ends_at_commas_and_yaml_1_1_at_question_marks() {
        assert_eq!(text("a,b", Style::Flow), "\"a,b\"");
        assert_eq!(text("a?b", Style::Flow), "\"a?b\"");
        assert_eq!(text("AWS::Region", Style::Flow), "AWS::Region");
    }

    #[test]
    fn exponents_are_written_for_both() {
        let written = |value: f64| Number::from_f64(value).as_ref().map(number);
        assert_eq!(written(1e300).as_deref(), Some("1.0e+300"));
        assert_eq!(written(1.5e-9).as_deref(), Some("1.5e-9"));
        assert_eq!(written(2.0).as_deref(), Some("2.0"));
    }

    #[test]
    fn headers_say_how_a_block_begins_and_ends() {
        let header = |text| literal_header(text);
        assert_eq!(header("a\nb").as_deref(), Some("|-"));
        assert_eq!(header("a\nb\n").as_deref(), Some("|"));
        assert_eq!(header("a\n\n").as_deref(), Some("|+"));
        assert_eq!(header("\n a\n").as_deref(), Some("|2"));
        assert!(["a", "\n", "a \nb", "\ta\nb", "a\r\nb", "a\u{85}\nb"].into_iter().all(|text| header(text).is_none()));
    }
}
