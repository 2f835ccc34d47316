//! Where each part of a template was written.

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};

use crate::diagnostic::{Diagnostic, Span};

/// Spans by JSON pointer. Kept beside the model, so that the same meaning is the same template wherever it was written.
///
/// A pointer has the place of a key (`/Resources/Proxy`); with `#` at its end, that of the value.
///
/// A template has tens of thousands of parts, and few of them are ever asked for: they are kept as a tree whose steps
/// are written once each, and a span is made when somebody asks.
#[derive(Clone, Debug, Default)]
pub struct Places {
    files: Vec<String>,
    top: Spots,
    steps: IndexMap<Step, Spots, RandomState>,
}

/// A part of which places can be recorded, by its number: 0 is the whole, the others are one more than their step's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Part(usize);

/// The last step of a pointer, escaped, and the part that the others lead to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Step<S = Box<str>> {
    outer: Part,
    name: S,
}

impl Equivalent<Step> for Step<&str> {
    fn equivalent(&self, step: &Step) -> bool {
        self.outer == step.outer && *self.name == *step.name
    }
}

/// The places of a key and of its value.
#[derive(Clone, Copy, Debug, Default)]
struct Spots {
    key: Option<Spot>,
    value: Option<Spot>,
}

/// A span whose file is known by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    file: u32,
    line: u32,
    column: u32,
    length: u32,
}

impl Spot {
    /// A place in the file of this number.
    pub(super) fn new(file: u32, line: usize, column: usize, length: usize) -> Self {
        Self { file, line: narrow(line), column: narrow(column), length: narrow(length) }
    }
}

impl Places {
    /// Records the place of `pointer`.
    pub fn insert(&mut self, pointer: impl AsRef<str>, span: Span) {
        let pointer = pointer.as_ref();
        let spot = self.spot(&span.file, span.line, span.column, span.length);
        match pointer.strip_suffix('#') {
            Some(owner) => {
                let part = self.part_at(owner);
                self.insert_value(part, spot);
            }
            None => {
                let part = self.part_at(pointer);
                self.insert_key(part, spot);
            }
        }
    }

    /// The place of `pointer`, or of the nearest thing around it that has one.
    pub fn nearest(&self, pointer: &str) -> Option<Span> {
        self.get(pointer).or_else(|| {
            let mut part = Part::default();
            let mut nearest = self.top.key;
            for name in names(pointer) {
                let Some(inner) = self.inner(part, name) else { break };
                part = inner;
                nearest = self.spots(part).key.or(nearest);
            }
            nearest.map(|spot| self.span(spot))
        })
    }

    /// Gives a finding that has no place yet that of its path: in Rust, where it was built; in a template, where it stands.
    pub fn locate(&self, finding: &mut Diagnostic) {
        let place = finding.path.as_deref().and_then(|path| self.nearest(path));
        match place {
            Some(place) if place.file.ends_with(".rs") => finding.source = finding.source.take().or(Some(place)),
            place => finding.span = finding.span.take().or(place),
        }
    }

    /// The place of exactly `pointer`.
    pub fn get(&self, pointer: &str) -> Option<Span> {
        let key = self.find(pointer).and_then(|part| self.spots(part).key);
        let value = || self.spots(self.find(pointer.strip_suffix('#')?)?).value;
        key.or_else(value).map(|spot| self.span(spot))
    }

    /// The part that a step, as it stands in a pointer, leads to from `outer`. Whoever goes through a whole document needs no
    /// pointers.
    pub(super) fn part_of_escaped(&mut self, outer: Part, name: &str) -> Part {
        self.inner(outer, name).unwrap_or_else(|| self.append(outer, name))
    }

    /// Records the place of a part's key.
    pub(crate) fn insert_key(&mut self, part: Part, spot: Spot) {
        self.spots_mut(part).key = Some(spot);
    }

    /// Records the place of a part's value.
    pub(crate) fn insert_value(&mut self, part: Part, spot: Spot) {
        self.spots_mut(part).value = Some(spot);
    }

    /// A place as it is kept.
    pub(crate) fn spot(&mut self, file: &str, line: usize, column: usize, length: usize) -> Spot {
        let file = self.file(file);
        Spot::new(file, line, column, length)
    }

    /// The number of a file.
    pub(super) fn file(&mut self, file: &str) -> u32 {
        let known = self.files.iter().rposition(|known| known == file);
        narrow(known.unwrap_or_else(|| {
            self.files.push(file.to_owned());
            self.files.len() - 1
        }))
    }

    fn part_at(&mut self, pointer: &str) -> Part {
        names(pointer).fold(Part::default(), |outer, name| self.part_of_escaped(outer, name))
    }

    fn append(&mut self, outer: Part, name: &str) -> Part {
        let (index, _) = self.steps.insert_full(Step { outer, name: name.into() }, Spots::default());
        Part(index + 1)
    }

    fn find(&self, pointer: &str) -> Option<Part> {
        if !(pointer.is_empty() || pointer.starts_with('/')) {
            return None;
        }
        names(pointer).try_fold(Part::default(), |outer, name| self.inner(outer, name))
    }

    fn inner(&self, outer: Part, name: &str) -> Option<Part> {
        self.steps.get_index_of(&Step { outer, name }).map(|index| Part(index + 1))
    }

    fn spots(&self, part: Part) -> Spots {
        part.0.checked_sub(1).map_or(self.top, |index| self.steps[index])
    }

    fn spots_mut(&mut self, part: Part) -> &mut Spots {
        match part.0.checked_sub(1) {
            Some(index) => &mut self.steps[index],
            None => &mut self.top,
        }
    }

    fn span(&self, spot: Spot) -> Span {
        let Spot { file, line, column, length } = spot;
        Span::new(&self.files[file as usize], line as usize, column as usize, length as usize)
    }
}

/// Nothing that is read has as many files, lines or characters as this cuts off.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The steps of a pointer, outermost first, as they stand in it.
fn names(pointer: &str) -> impl Iterator<Item = &str> {
    pointer.strip_prefix('/').into_iter().flat_map(|steps| steps.split('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(recorded: &[(&str, usize)]) -> Places {
        let mut places = Places::default();
        recorded.iter().for_each(|(pointer, line)| places.insert(pointer, Span::new("t.yaml", *line, 1, 0)));
        places
    }

    #[track_caller]
    fn check(places: &Places, pointer: &str, exact: Option<usize>, nearest: Option<usize>) {
        let line = |span: Option<Span>| span.map(|span| span.line);
        assert_eq!((line(places.get(pointer)), line(places.nearest(pointer))), (exact, nearest), "{pointer}");
    }

    #[test]
    fn a_place_is_found_or_else_the_nearest_around_it() {
        let places = places(&[("", 1), ("/A", 2), ("/A#", 3), ("/A/B/0", 4), ("/A/~1x", 5)]);
        check(&places, "", Some(1), Some(1));
        check(&places, "/A", Some(2), Some(2));
        check(&places, "/A#", Some(3), Some(3));
        check(&places, "/A/B", None, Some(2));
        check(&places, "/A/B/0/C", None, Some(4));
        check(&places, "/A/B/0#", None, Some(2));
        check(&places, "/A/~1x", Some(5), Some(5));
        check(&places, "/Z/Z", None, Some(1));
        check(&places, "#", None, Some(1));
        check(&Places::default(), "/A", None, None);
    }

    #[test]
    fn the_last_record_counts_and_files_are_told_apart() {
        let mut places = places(&[("/A", 2), ("/A", 3)]);
        places.insert("/B", Span::new("b.rs", 7, 8, 9));
        check(&places, "/A", Some(3), Some(3));
        assert_eq!(places.get("/B"), Some(Span::new("b.rs", 7, 8, 9)));
        assert_eq!(places.get("/A").map(|span| span.file), Some("t.yaml".to_owned()));
    }
}
