//! How the JSON files of `schemas/` are laid out: what is small stands on one line, so that a diff is read, not
//! scrolled.

use serde_json::Value;

/// The width that a line of more than one element keeps within.
const WIDTH: usize = 110;

/// The canonical text of a value, with a line feed at its end. The order of keys is the value's.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    broken(value, 0, &mut out);
    out.push('\n');
    out
}

/// On one line, if it fits behind `column` characters; else one element a line.
fn write(value: &Value, column: usize, indent: usize, out: &mut String) {
    let line = inline(value);
    if column + line.chars().count() < WIDTH {
        out.push_str(&line);
    } else {
        broken(value, indent, out);
    }
}

fn broken(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Array(elements) if !elements.is_empty() => {
            let elements = elements.iter().map(|element| (String::new(), element));
            lines('[', elements, ']', indent, out);
        }
        Value::Object(members) if !members.is_empty() => {
            let members = members.iter().map(|(key, member)| (format!("{}: ", quoted(key)), member));
            lines('{', members, '}', indent, out);
        }
        _ => out.push_str(&inline(value)),
    }
}

fn lines<'a>(
    open: char,
    elements: impl Iterator<Item = (String, &'a Value)>,
    close: char,
    indent: usize,
    out: &mut String,
) {
    out.push(open);
    for (index, (key, element)) in elements.enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(indent + 1));
        out.push_str(&key);
        write(element, 2 * (indent + 1) + key.chars().count(), indent + 1, out);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(indent));
    out.push(close);
}

fn inline(value: &Value) -> String {
    match value {
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(inline).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(key, member)| format!("{}: {}", quoted(key), inline(member))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

fn quoted(key: &str) -> String {
    Value::from(key).to_string()
}

#[cfg(test)]
mod tests {
    use super::text;
    use serde_json::{Value, json};

    #[test]
    fn small_things_stand_on_one_line() {
        let value = json!({ "a": { "type": "string", "enum": ["x", "y"] }, "b": [], "c": {} });
        assert_eq!(
            text(&value),
            "{\n  \"a\": { \"type\": \"string\", \"enum\": [\"x\", \"y\"] },\n  \"b\": [],\n  \"c\": {}\n}\n"
        );
    }

    #[test]
    fn large_things_break_and_stay_within_the_width() {
        let value = json!({ "list": (0..60).map(|n| format!("value-{n}")).collect::<Vec<_>>() });
        let text = text(&value);
        assert_eq!(text.lines().count(), 64);
        assert!(text.lines().all(|line| line.len() <= super::WIDTH));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
