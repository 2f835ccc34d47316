//! Walking values, each with the way to it.

use std::fmt;

use super::{Intrinsic, Map, Output, Reference, Resource, Template, Value, pointer};

/// The way to a value: a JSON pointer that is written only when it is displayed, so that a walk that finds nothing
/// writes nothing.
#[derive(Clone, Copy, Debug)]
pub enum Path<'p> {
    /// Where the walk starts.
    Start,
    /// A key of what lies further out.
    Key(&'p Path<'p>, &'p str),
    /// An index of it.
    Index(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    /// The way to a key of what this leads to.
    pub fn key(&'p self, key: &'p str) -> Self {
        Self::Key(self, key)
    }

    /// The keys on the way, innermost first; indices are left out.
    pub fn keys(&self) -> impl Iterator<Item = &'p str> + use<'p, '_> {
        let mut at = Some(self);
        std::iter::from_fn(move || {
            loop {
                match at? {
                    Self::Start => return None,
                    Self::Index(outer, _) => at = Some(outer),
                    Self::Key(outer, key) => {
                        at = Some(outer);
                        return Some(*key);
                    }
                }
            }
        })
    }

    /// The way to an element of what this leads to.
    pub fn index(&'p self, index: usize) -> Self {
        Self::Index(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => Ok(()),
            Self::Key(outer, key) => write!(f, "{outer}{}", pointer([key])),
            Self::Index(outer, index) => write!(f, "{outer}/{index}"),
        }
    }
}

/// What is called on each value, with the way to it.
pub type Visit<'v, 'a, R = Reference> = &'v mut dyn FnMut(&Path<'_>, &'a Value<R>);

impl<R> Value<R> {
    /// Calls `visit` on this value, to which `path` leads, and on all that it holds, outer ones first.
    pub fn walk<'a>(&'a self, path: &Path<'_>, visit: Visit<'_, 'a, R>) {
        visit(path, self);
        match self {
            Self::List(values) => {
                values.iter().enumerate().for_each(|(index, value)| value.walk(&path.index(index), visit));
            }
            Self::Map(map) => walk_map(map, path, visit),
            Self::Intrinsic(Intrinsic::Call(function, argument)) => {
                argument.walk(&path.key(function.long_name()), visit)
            }
            Self::Intrinsic(Intrinsic::Sub(sub)) => walk_map(&sub.variables, &path.key("Fn::Sub").index(1), visit),
            Self::Intrinsic(Intrinsic::Reference(_)) => {}
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => {}
        }
    }

    /// Whether `is` holds of this value or of one that it holds.
    pub fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        let mut any = false;
        self.walk(&Path::Start, &mut |_, value| any = any || is(value));
        any
    }

    /// Calls `visit` on every reference, in order.
    pub fn each_reference<'a>(&'a self, visit: &mut dyn FnMut(&'a R)) {
        self.walk(&Path::Start, &mut |_, value| value.own_references(visit));
    }

    fn own_references<'a>(&'a self, visit: &mut dyn FnMut(&'a R)) {
        match self {
            Self::Intrinsic(Intrinsic::Reference(reference)) => visit(reference),
            Self::Intrinsic(Intrinsic::Sub(sub)) => sub.references().for_each(visit),
            _ => {}
        }
    }
}

fn walk_map<'a, R>(map: &'a Map<R>, path: &Path<'_>, visit: Visit<'_, 'a, R>) {
    map.iter().for_each(|(key, value)| value.walk(&path.key(key), visit));
}

impl Resource {
    /// Calls `visit` on every value of its properties, policies, metadata and other keys; `path` leads to the resource.
    pub fn walk<'a>(&'a self, path: &Path<'_>, visit: Visit<'_, 'a>) {
        walk_map(&self.properties, &path.key("Properties"), visit);
        let policies = [
            ("CreationPolicy", &self.creation_policy),
            ("UpdatePolicy", &self.update_policy),
            ("DeletionPolicy", &self.deletion_policy),
            ("UpdateReplacePolicy", &self.update_replace_policy),
        ];
        for (name, policy) in policies {
            policy.iter().for_each(|value| value.walk(&path.key(name), visit));
        }
        walk_map(&self.metadata, &path.key("Metadata"), visit);
        walk_map(&self.other, path, visit);
    }

    /// Calls `visit` on every reference in its properties, policies and metadata, in order.
    pub fn each_reference<'a>(&'a self, visit: &mut dyn FnMut(&'a Reference)) {
        self.walk(&Path::Start, &mut |_, value| value.own_references(visit));
    }
}

impl Output {
    fn walk<'a>(&'a self, path: &Path<'_>, visit: Visit<'_, 'a>) {
        self.value.walk(&path.key("Value"), visit);
        self.export.iter().for_each(|name| name.walk(&path.key("Export").key("Name"), visit));
    }
}

impl Template {
    /// Calls `visit` on every value that CloudFormation computes: those of resources, outputs and conditions.
    pub fn walk<'a>(&'a self, visit: Visit<'_, 'a>) {
        let [resources, outputs, conditions] =
            ["Resources", "Outputs", "Conditions"].map(|section| Path::Start.key(section));
        self.resources.iter().for_each(|(id, resource)| resource.walk(&resources.key(id), visit));
        self.outputs.iter().for_each(|(name, output)| output.walk(&outputs.key(name), visit));
        walk_map(&self.conditions, &conditions, visit);
    }
}

#[cfg(test)]
mod tests {
    use crate::template::parse::parse;

    #[test]
    fn each_value_is_visited_once_and_its_path_is_a_pointer() {
        let text = "Resources:\n  A:\n    Type: T\n    Properties:\n      a/b: [x, !If [C, !Ref B, 1]]\n      \
                    s: !Sub ['${v}${B}', {v: 1}]\n    DeletionPolicy: Retain\nOutputs: {O: {Value: 1}}\n\
                    Conditions: {C: !Equals [1, 2]}\n";
        let (template, places, findings) = parse(text, "t.yaml");
        assert!(findings.is_empty(), "{findings:#?}");
        let mut paths = Vec::new();
        template.walk(&mut |path, _| paths.push(path.to_string()));
        let expect = "\
/Resources/A/Properties/a~1b
/Resources/A/Properties/a~1b/0
/Resources/A/Properties/a~1b/1
/Resources/A/Properties/a~1b/1/Fn::If
/Resources/A/Properties/a~1b/1/Fn::If/0
/Resources/A/Properties/a~1b/1/Fn::If/1
/Resources/A/Properties/a~1b/1/Fn::If/2
/Resources/A/Properties/s
/Resources/A/Properties/s/Fn::Sub/1/v
/Resources/A/DeletionPolicy
/Outputs/O/Value
/Conditions/C
/Conditions/C/Fn::Equals
/Conditions/C/Fn::Equals/0
/Conditions/C/Fn::Equals/1";
        assert_eq!(paths.join("\n"), expect);
        assert!(paths.iter().all(|path| places.get(path).is_some()), "what is read has a place");
    }

    #[test]
    fn references_come_in_order() {
        let text = "Resources: {A: {Type: T, Properties: {x: !Ref B, y: !Sub ['${C}${v}', {v: !GetAtt D.E}]}}}";
        let (template, ..) = parse(text, "t.yaml");
        let mut names = Vec::new();
        template.resources["A"].each_reference(&mut |reference| names.push(reference.name().to_owned()));
        assert_eq!(names, ["B", "C", "D"]);
    }
}
