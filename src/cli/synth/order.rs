//! In which order stacks are deployed.

use std::collections::BTreeMap;

use crate::cli::Synthesized;

/// The order of each environment where one stack imports from another; nothing where the order does not matter.
pub(super) fn told(synthesized: &[Synthesized]) -> String {
    let mut environments: BTreeMap<&str, BTreeMap<&str, &[String]>> = BTreeMap::new();
    for stack in synthesized {
        environments.entry(&stack.environment).or_default().insert(&stack.stack, &stack.depends_on);
    }
    environments.retain(|_, stacks| stacks.values().any(|on| !on.is_empty()));
    let line =
        |(environment, stacks)| format!("deploy in this order ({environment}): {}\n", ordered(stacks).join(", "));
    environments.into_iter().map(line).collect()
}

/// The stacks, each after those that it depends on; by name where that leaves a choice. Of a circle, which was found
/// before, nothing is left out.
pub(super) fn ordered<'a>(mut left: BTreeMap<&'a str, &'a [String]>) -> Vec<&'a str> {
    let mut order = Vec::new();
    while !left.is_empty() {
        let free = |on: &[String]| on.iter().all(|on| !left.contains_key(on.as_str()));
        let next = left.iter().find(|(_, on)| free(on)).or_else(|| left.iter().next()).map(|(name, _)| *name);
        left.retain(|name, _| Some(*name) != next);
        order.extend(next);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stacks: &[(&str, &[&str])], expect: &[&str]) {
        let on: Vec<Vec<String>> =
            stacks.iter().map(|(_, on)| on.iter().map(|name| (*name).to_owned()).collect()).collect();
        let left = stacks.iter().zip(&on).map(|((name, _), on)| (*name, on.as_slice())).collect();
        assert_eq!(ordered(left), expect);
    }

    #[test]
    fn a_stack_comes_after_those_that_it_imports_from() {
        check(&[("a", &["c"]), ("b", &[]), ("c", &["b"])], &["b", "c", "a"]);
        check(&[("a", &["elsewhere"]), ("b", &[])], &["a", "b"]);
        check(&[("a", &["b"]), ("b", &["a"])], &["a", "b"]);
    }
}
