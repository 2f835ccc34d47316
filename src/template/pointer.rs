//! JSON pointers, by RFC 6901.

use std::borrow::Cow;

use crate::diagnostic::holds_secret_text;

/// The pointer of the given steps, escaped.
pub fn pointer<S: AsRef<str>>(steps: impl IntoIterator<Item = S>) -> String {
    let mut pointer = String::new();
    for step in steps {
        pointer.push('/');
        pointer.push_str(&escape(step.as_ref()));
    }
    pointer
}

/// A step as it stands in a pointer. Few steps need it, and many are asked.
pub(super) fn escape(step: &str) -> Cow<'_, str> {
    let is_escaped = step.bytes().any(|byte| matches!(byte, b'~' | b'/'));
    if is_escaped { Cow::Owned(step.replace('~', "~0").replace('/', "~1")) } else { Cow::Borrowed(step) }
}

/// The steps of a pointer, outermost first, as they were before they were escaped.
pub fn steps(pointer: &str) -> impl DoubleEndedIterator<Item = String> {
    let escaped = pointer.strip_prefix('/').into_iter().flat_map(|steps| steps.split('/'));
    escaped.map(|step| step.replace("~1", "/").replace("~0", "~"))
}

/// What is left of `pointer` behind `outer`, if it leads there or into it.
pub fn below<'a>(pointer: &'a str, outer: &str) -> Option<&'a str> {
    pointer.strip_prefix(outer).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The resource that a pointer leads to or into.
pub(crate) fn resource_of(pointer: &str) -> Option<String> {
    steps(below(pointer, "/Resources")?).next()
}

/// How much of a pointer leads to the text of a secret, if it leads to or into one: what lies deeper may be a part of it.
///
/// Logical ids and names say nothing: a resource `Password` is no secret. A parameter's default is one, by its name.
pub(crate) fn to_secret(pointer: &str) -> Option<&str> {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let is_given =
        matches!(steps.as_slice(), ["Parameters", name, "Default" | "AllowedValues", ..] if holds_secret_text(name));
    let index = if is_given { 2 } else { 2 + steps.iter().skip(2).position(|step| holds_secret_text(step))? };
    let length: usize = steps[..=index].iter().map(|step| step.len() + 1).sum();
    Some(&pointer[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_what_a_pointer_was_made_of() {
        let given = ["a/b", "~1", "", "0"];
        assert_eq!(pointer(given), "/a~1b/~01//0");
        assert_eq!(steps(&pointer(given)).collect::<Vec<_>>(), given);
        assert_eq!(steps("").count(), 0);
    }

    #[test]
    fn what_only_begins_alike_is_not_below() {
        assert_eq!(below("/a/b", "/a"), Some("/b"));
        assert_eq!(below("/a", "/a"), Some(""));
        assert_eq!(below("/ab", "/a"), None);
    }

    #[test]
    fn a_secret_is_known_by_its_key_and_not_by_a_logical_id() {
        let check = |pointer, expect: Option<&str>| assert_eq!(to_secret(pointer), expect);
        check("/Resources/D/Properties/MasterUserPassword", Some("/Resources/D/Properties/MasterUserPassword"));
        check("/Resources/D/Properties/Password/a/0", Some("/Resources/D/Properties/Password"));
        check("/Resources/Password/Properties/Name", None);
        check("/Parameters/Password/Type", None);
        check("/Parameters/Password/Default", Some("/Parameters/Password/Default"));
        check("", None);
    }

    #[test]
    fn a_resource_is_known_by_any_place_in_it() {
        let check = |pointer, expect: Option<&str>| assert_eq!(resource_of(pointer).as_deref(), expect);
        check("/Resources/A~1B/Type", Some("A/B"));
        check("/Resources/A", Some("A"));
        check("/Resources", None);
        check("/Outputs/A", None);
    }
}
