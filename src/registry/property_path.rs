//! Where a property stands in a resource.

use std::fmt;

use crate::template::{below, steps};

/// The path of a property below `Properties`: names, and `*` for every element of a list or every key of a map.
///
/// Displayed with `/` between, as in the resource documentation: `VpcConfig/SubnetIds`, `Rules/*/Id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyPath(Vec<String>);

impl PropertyPath {
    /// From names; `*` stands for any element or key.
    pub fn new(segments: impl IntoIterator<Item = impl Into<String>>) -> PropertyPath {
        PropertyPath(segments.into_iter().map(Into::into).collect())
    }

    /// From a JSON pointer as schemas have it: `/properties/VpcConfig/SubnetIds`.
    pub(crate) fn from_pointer(pointer: &str) -> PropertyPath {
        PropertyPath::new(steps(below(pointer, "/properties").unwrap_or(pointer)))
    }

    /// The names, outermost first.
    pub fn segments(&self) -> &[String] {
        &self.0
    }

    /// Whether `path`, below `Properties`, with indices or keys where this has `*`, is this property or lies in it.
    pub fn covers<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> bool {
        let mut path = path.into_iter();
        self.0.iter().all(|own| path.next().is_some_and(|other| own == "*" || own == other))
    }
}

impl fmt::Display for PropertyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::PropertyPath;

    #[test]
    fn covers_itself_and_what_lies_in_it() {
        let path = PropertyPath::from_pointer("/properties/Rules/*/Id");
        assert_eq!(path.to_string(), "Rules/*/Id");
        assert!(path.covers(["Rules", "0", "Id"]) && path.covers(["Rules", "0", "Id", "X"]));
        assert!(!path.covers(["Rules", "0"]) && !path.covers(["Rules", "0", "Name"]));
    }
}
