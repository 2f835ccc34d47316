//! Policy documents that are JSON in a text, which a property of a JSON type takes too.

use super::world::World;
use crate::iam::{Part, Symbol, Text, Tree, TreeKind};
use crate::template::Value;

/// What is not known stands in the text as one character from here on, of those that Unicode leaves to private use.
const FIRST: u32 = 0xe000;
/// The last of them.
const LAST: u32 = 0xf8ff;

impl<'a> World<'_, 'a> {
    /// A policy document, which is a map, or JSON in a text, written out or made by `Fn::Sub`.
    pub fn document(&self, value: &'a Value) -> Tree {
        let tree = self.tree(value);
        let TreeKind::Text(text) = &tree.kind else { return tree };
        let kind = read(text).unwrap_or_else(|| TreeKind::Open("its text is no JSON that can be read".into()));
        Tree { kind, source: tree.source }
    }
}

/// The JSON of a text; none if it is no JSON.
fn read(text: &Text) -> Option<TreeKind> {
    let (mut known, mut symbols) = (String::new(), Vec::new());
    for part in text.parts() {
        match part {
            Part::Text(text) if text.chars().any(is_place) => return None,
            Part::Text(text) => known.push_str(text),
            Part::Symbol(symbol) => {
                known.push(place(symbols.len())?);
                symbols.push(symbol);
            }
        }
    }
    let json = serde_json::from_str(&known).ok()?;
    Some(filled(Tree::from_json(&json), &symbols).kind)
}

fn is_place(character: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(character))
}

fn place(index: usize) -> Option<char> {
    u32::try_from(index).ok().and_then(|index| char::from_u32(FIRST + index)).filter(|place| is_place(*place))
}

/// With what is not known back in its places. A key that is not known makes its map one.
fn filled(tree: Tree, symbols: &[&Symbol]) -> Tree {
    let kind = match tree.kind {
        TreeKind::Text(text) => TreeKind::Text(text.known().map(|known| put_back(known, symbols)).unwrap_or(text)),
        TreeKind::List(values) => TreeKind::List(values.into_iter().map(|value| filled(value, symbols)).collect()),
        TreeKind::Map(map) if map.iter().any(|(key, _)| key.chars().any(is_place)) => {
            TreeKind::Open("the name of a part of it is not known".into())
        }
        TreeKind::Map(map) => {
            TreeKind::Map(map.into_iter().map(|(key, value)| (key, filled(value, symbols))).collect())
        }
        open @ TreeKind::Open(_) => open,
    };
    Tree { kind, ..tree }
}

fn put_back(known: &str, symbols: &[&Symbol]) -> Text {
    known.split_inclusive(is_place).fold(Text::default(), |text, piece| match piece.chars().next_back() {
        Some(last) if is_place(last) => {
            let text = text.then(&piece[..piece.len() - last.len_utf8()]);
            let index = usize::try_from(u32::from(last) - FIRST).unwrap_or(usize::MAX);
            match symbols.get(index) {
                Some(symbol) => text.then((*symbol).clone()),
                None => text,
            }
        }
        _ => text.then(piece),
    })
}
