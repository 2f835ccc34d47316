//! A change in words: what `--check` says of a file.

use similar::TextDiff;

use super::{Change, Kind};

/// One line on the file, and for a changed text the lines that differ.
pub fn describe(change: &Change) -> String {
    let path = change.path();
    let path = path.display();
    match &change.kind {
        Kind::Missing(_) => format!("missing  {path}\n"),
        Kind::Orphan => format!("orphan   {path}\n"),
        Kind::Changed { old, new } => format!("changed  {path}\n{}", lines(old, new)),
    }
}

/// How many lines of a difference are worth reading.
const LINES: usize = 40;

fn lines(old: &[u8], new: &[u8]) -> String {
    let (Ok(old), Ok(new)) = (str::from_utf8(old), str::from_utf8(new)) else { return String::new() };
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().context_radius(1).to_string();
    let mut shown: String = text.lines().take(LINES).map(|line| format!("         {line}\n")).collect();
    let rest = text.lines().count().saturating_sub(LINES);
    if rest > 0 {
        shown.push_str(&format!("         … {rest} more lines\n"));
    }
    shown
}
