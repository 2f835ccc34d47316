//! JSON pointers, by RFC 6901.

use std::borrow::Cow;

/// The pointer of the given steps, escaped.
pub fn pointer<S: AsRef<str>>(steps: impl IntoIterator<Item = S>) -> String {
    let mut pointer = String::new();
    for step in steps {
        pointer.push('/');
        pointer.push_str(&escape(step.as_ref()));
    }
    pointer
}

/// A step as it stands in a pointer.
pub(super) fn escape(step: &str) -> Cow<'_, str> {
    if step.contains(['~', '/']) { Cow::Owned(step.replace('~', "~0").replace('/', "~1")) } else { Cow::Borrowed(step) }
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
    fn a_resource_is_known_by_any_place_in_it() {
        let check = |pointer, expect: Option<&str>| assert_eq!(resource_of(pointer).as_deref(), expect);
        check("/Resources/A~1B/Type", Some("A/B"));
        check("/Resources/A", Some("A"));
        check("/Resources", None);
        check("/Outputs/A", None);
    }
}
