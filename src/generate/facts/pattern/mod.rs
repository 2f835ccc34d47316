//! Patterns in the dialects of Java and Python, brought to ECMA 262's, which JSON Schema means.
//!
//! | published | written | since |
//! |---|---|---|
//! | `\A`, `\Z`, `\z` | `^`, `$` | ECMA has no other anchors; without its flag `m` these mean the whole text |
//! | `(?s)` | `.` becomes `[\s\S]` to the end of the group | ECMA 262 has no inline flags |
//! | `(?i)` | letters become classes of both cases to the end of the group | likewise |
//! | `[\w-.]`, `[+-\w]` | `[\w\-.]` | a class is no end of a range: the hyphen is one |
//! | `{`, `}` that are no quantifier | `\{`, `\}` | |
//! | `\p{Print}` and the other POSIX classes of `java.util.regex.Pattern` | ASCII ranges | |
//! | `[X&&[^Y]]` | `(?:(?![Y])[X])` | the intersection of Java |
//! | `\uD800\uDC00-\uDBFF\uDFFF` in a class | `\u{10000}-\u{10FFFF}` | surrogates spell one character |
//! | `$+`, `(?!x){1,9}` | `$`, `(?!x)` | to assert twice is to assert once |

mod class;
mod posix;
mod rewrite;
mod surrogate;

use std::collections::BTreeMap;

use jsonschema::Draft;
use serde_json::{Map, Value, json};

use super::Error;

/// A pattern in ECMA dialect that means the same; the pattern itself where it is in that dialect.
///
/// # Errors
/// What no rule knows, or what the engine says.
pub fn normalise(pattern: &str) -> Result<String, String> {
    let normal = rewrite::rewrite(pattern)?;
    let schema = json!({ "pattern": normal });
    jsonschema::options().with_draft(Draft::Draft7).build(&schema).map(|_| normal).map_err(|error| error.to_string())
}

/// Normalises the patterns of many schemas, each distinct one once.
#[derive(Default)]
pub struct Normaliser {
    known: BTreeMap<String, String>,
}

impl Normaliser {
    /// Normalises every pattern of a type's schema.
    pub fn apply(&mut self, type_name: &str, schema: &mut Value) -> Result<(), Error> {
        match schema {
            Value::Object(members) => {
                members.iter_mut().try_for_each(|(keyword, value)| self.member(type_name, keyword, value))
            }
            Value::Array(elements) => elements.iter_mut().try_for_each(|element| self.apply(type_name, element)),
            _ => Ok(()),
        }
    }

    fn member(&mut self, type_name: &str, keyword: &str, value: &mut Value) -> Result<(), Error> {
        match value {
            Value::String(pattern) if keyword == "pattern" => {
                *pattern = self.normal(type_name, pattern)?;
                Ok(())
            }
            Value::Object(members) if keyword == "patternProperties" => {
                let patterns: Map<String, Value> = std::mem::take(members);
                for (pattern, mut schema) in patterns {
                    self.apply(type_name, &mut schema)?;
                    members.insert(self.normal(type_name, &pattern)?, schema);
                }
                Ok(())
            }
            _ => self.apply(type_name, value),
        }
    }

    fn normal(&mut self, type_name: &str, pattern: &str) -> Result<String, Error> {
        if let Some(normal) = self.known.get(pattern) {
            return Ok(normal.clone());
        }
        let normal = normalise(pattern).map_err(|reason| Error::Pattern {
            type_name: type_name.to_owned(),
            pattern: pattern.to_owned(),
            reason,
        })?;
        self.known.insert(pattern.to_owned(), normal.clone());
        Ok(normal)
    }
}

#[cfg(test)]
mod tests {
    use super::normalise;
    use jsonschema::Draft;
    use serde_json::json;

    /// Rewritten as expected, and then matching and refusing what it should.
    #[track_caller]
    fn check(pattern: &str, normal: &str, matches: &[&str], refuses: &[&str]) {
        assert_eq!(normalise(pattern).unwrap(), normal);
        let validator = jsonschema::options().with_draft(Draft::Draft7).build(&json!({ "pattern": normal })).unwrap();
        matches.iter().for_each(|text| assert!(validator.is_valid(&json!(text)), "{normal} should match {text:?}"));
        refuses.iter().for_each(|text| assert!(!validator.is_valid(&json!(text)), "{normal} should refuse {text:?}"));
    }

    #[test]
    fn what_is_ecma_stays() {
        for pattern in [
            r"^[a-zA-Z0-9-_]{1,9}?$",
            r"(?<name>a|b)",
            r"^(?!aws:)[\p{L}\p{Z}.:/=+\-@]*$",
            r"[\w.-]",
            r"[^\]{}.$]",
            r"a\{2\}",
            "",
        ] {
            assert_eq!(normalise(pattern).unwrap(), pattern);
        }
    }

    #[test]
    fn anchors() {
        check(r"\A(a|b)\Z", "^(a|b)$", &["a"], &["ab", "a\n"]);
        check(r"a\z|b", "a$|b", &["ca", "bc"], &["ac"]);
    }

    #[test]
    fn a_dot_that_matches_line_feeds_does_so_to_the_end_of_its_group() {
        check("^(?s).+$", r"^[\s\S]+$", &["a\nb"], &[""]);
        check("^(?:(?s).)[.].$", r"^(?:[\s\S])[.].$", &["\n.a"], &["\n.\n", "\naa"]);
    }

    #[test]
    fn case_is_ignored_to_the_end_of_the_group() {
        check("^(?!(?i)aws)[a-z]+$", "^(?![aA][wW][sS])[a-z]+$", &["a"], &["aWs", "A"]);
        check("^(?:x|(?i)[0-9a-f]b)$", "^(?:x|[0-9a-fA-F][bB])$", &["x", "AB", "1b"], &["X"]);
        check("^(?i:k)k$", "^(?:[kK])k$", &["Kk"], &["KK"]);
    }

    #[test]
    fn a_hyphen_beside_a_class_is_a_hyphen() {
        check(r"^[\w-.~]+$", r"^[\w\-.~]+$", &["a-.~"], &["+"]);
        check(r"^[+-\w]+$", r"^[+\-\w]+$", &["+-a"], &["."]);
        check(r"^[\p{L}-_]+$", r"^[\p{L}\-_]+$", &["é-_"], &["0"]);
    }

    #[test]
    fn braces_that_are_no_quantifier() {
        check(r"^\$\{a*}$", r"^\$\{a*\}$", &["${aa}"], &["${aa"]);
        check("^a{x}{2}$", r"^a\{x\}{2}$", &["a{x}}"], &["a{x}"]);
    }

    #[test]
    fn posix_classes_are_ascii() {
        check(r"^\p{Print}+$", r"^[\x20-\x7E]+$", &["a b"], &["é", "\t"]);
        check(r"^[\p{Graph}\x20]+$", r"^[\x21-\x7E\x20]+$", &["a b"], &["é"]);
        check(r"^\P{ASCII}$", r"^[^\x00-\x7F]$", &["é"], &["e"]);
    }

    #[test]
    fn intersections() {
        check(r"^[\p{Print}&&[^|:/]]+$", r"^(?:(?![|:/])[\x20-\x7E])+$", &["a b"], &["a|b", "é"]);
    }

    #[test]
    fn surrogates() {
        check(
            r"^[\u0020-\uD7FF\uD800\uDC00-\uDBFF\uDFFF\t]*$",
            r"^[\u0020-\uD7FF\u{10000}-\u{10FFFF}\t]*$",
            &["a\u{1F600}"],
            &["\n"],
        );
        check(r"^[\uD800\uDBFF-\uDC00\uDFFF]$", r"^[\u{10000}-\u{10FFFF}]$", &["\u{1F600}"], &["a"]);
        check(r"^[\uD83C-\uDBFF\uDC00-\uDFFF]$", r"^[\u{1F000}-\u{10FFFF}]$", &["\u{1F600}"], &["\u{10000}"]);
    }

    #[test]
    fn assertions_are_not_repeated() {
        check("^(a)${1,128}", "^(a)$", &["a"], &["ab"]);
        check(r"^(?!\.)+a", r"^(?!\.)a", &["a"], &[".a"]);
    }

    #[test]
    fn what_no_rule_knows_is_refused() {
        for pattern in [r"a++", r"\Qa\E", r"(?x)a b", r"(?!a)*b", r"\uD800", r"(a", "a)", "[a"] {
            assert!(normalise(pattern).is_err(), "{pattern}");
        }
    }
}
