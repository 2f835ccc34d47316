//! What must exist before what: CloudFormation creates a resource after whatever it refers to or names in `DependsOn`, and
//! everything else at the same time.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html>

use std::collections::HashMap;

use super::{Formula, Resolved};

impl<'a> Resolved<'a> {
    /// Whatever is created before a resource, and in which of the worlds of `under`: what it refers to and what it names
    /// in `DependsOn`, what those need in turn, and itself.
    pub fn awaited(&self, resource: &str, under: Formula) -> HashMap<&'a str, Formula> {
        let Some((first, _)) = self.template.resources.get_key_value(resource) else { return HashMap::new() };
        let mut reached = HashMap::from([(first.as_str(), under)]);
        let mut open = vec![first.as_str()];
        while let Some(id) = open.pop() {
            let (Some(declared), here) = (self.template.resources.get(id), reached[id]) else { continue };
            let mut go = |name: &'a str, when| {
                if !self.template.resources.contains_key(name) {
                    return;
                }
                let known = reached.get(name).copied().unwrap_or(Formula::FALSE);
                let now = self.or(known, self.and(here, when));
                if now != known {
                    reached.insert(name, now);
                    open.push(name);
                }
            };
            declared.depends_on.iter().for_each(|name| go(name.as_str(), self.exists(name)));
            self.each_reference(id, &mut |name, _, when, _| go(name, when));
        }
        reached
    }

    /// Whether `from` is created after `to` wherever `under` holds.
    pub fn waits(&self, from: &str, to: &str, under: Formula) -> bool {
        self.awaited(from, under).get(to).is_some_and(|reached| self.implies(under, *reached))
    }
}
