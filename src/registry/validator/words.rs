//! Lists and names in messages.

use serde_json::Value;

/// How many values a message lists.
const LISTED: usize = 8;

/// How many characters of a value a message shows.
const SHOWN: usize = 200;

/// `a`, `b` and `c`.
pub fn all(names: impl IntoIterator<Item = String>) -> String {
    join(names.into_iter().map(|name| format!("`{name}`")).collect(), "and")
}

/// An integer, a list or a text.
pub fn either(phrases: impl IntoIterator<Item = String>) -> String {
    join(phrases.into_iter().collect(), "or")
}

/// `a`; one of `a`, `b` and 20 more.
pub fn values(values: &[Value]) -> String {
    let mut shown: Vec<String> = values.iter().take(LISTED).map(|value| format!("`{}`", plain(value))).collect();
    if values.len() > LISTED {
        shown.push(format!("{} more", values.len() - LISTED));
    }
    if values.len() == 1 { shown.concat() } else { format!("one of {}", join(shown, "and")) }
}

/// A scalar as a template has it, without quotes; the beginning of a long one.
pub fn plain(value: &Value) -> String {
    let mut text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some((end, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// A schema's type with its article.
pub fn type_name(name: &str) -> &'static str {
    match name {
        "object" => "an object",
        "array" => "a list",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "a boolean",
        "null" => "null",
        _ => "a string",
    }
}

/// A count with its noun.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn join(mut phrases: Vec<String>, word: &str) -> String {
    match phrases.pop() {
        Some(last) if phrases.is_empty() => last,
        Some(last) => format!("{} {word} {last}", phrases.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{all, plain, values};
    use serde_json::json;

    #[test]
    fn lists() {
        assert_eq!(all(["a".to_owned()]), "`a`");
        assert_eq!(all(["a", "b", "c"].map(str::to_owned)), "`a`, `b` and `c`");
        assert_eq!(values(&[json!("a")]), "`a`");
        assert_eq!(values(&[json!("a"), json!(2)]), "one of `a` and `2`");
        assert_eq!(plain(&json!("é".repeat(300))).chars().count(), 201);
        assert!(values(&vec![json!(1); 30]).ends_with("`1` and 22 more"));
    }
}
