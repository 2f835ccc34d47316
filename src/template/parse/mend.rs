//! Reading on behind what is no YAML, so that one run tells of every fault.
//!
//! What was mended to read on is never taken for the template: only further faults of the text come of it.

use super::tree::{Fault, FaultKind};
use crate::template::Function;

/// In one text no more faults are looked for than this.
pub(super) const MOST_FAULTS: usize = 20;

/// The text with every line of quoted text that stands too far left indented, which changes nothing of what it says:
/// YAML 1.2 refuses such a line, and the reader of CloudFormation, of YAML 1.1, does not. `line` and `column` (from 0) are
/// where the quoted text begins. None, if nothing had to be indented.
pub(super) fn indented(text: &str, line: usize, column: usize) -> Option<String> {
    let start = offset(text, line)?;
    let own_line = text[start..].lines().next().unwrap_or_default();
    let open = start + own_line.char_indices().nth(column)?.0;
    let quote = text[open..].chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let close = open + closing(&text[open..], quote)?;
    let needed = indentation(own_line) + 1;
    let mut mended = text[..open].to_owned();
    let mut is_mended = false;
    for (index, inner) in text[open..close].split('\n').enumerate() {
        if index > 0 {
            mended.push('\n');
            let missing = needed.saturating_sub(indentation(inner));
            is_mended |= missing > 0 && !inner.trim().is_empty();
            mended.push_str(&" ".repeat(missing));
        }
        mended.push_str(inner);
    }
    mended.push_str(&text[close..]);
    is_mended.then_some(mended)
}

/// How far behind its opening quote a quoted text closes.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if quote == '"' => _ = characters.next(),
            _ if character == quote => match characters.peek() {
                Some((_, next)) if quote == '\'' && *next == quote => _ = characters.next(),
                _ => return Some(at),
            },
            _ => {}
        }
    }
    None
}

/// The line (from 1) that a fault lies in, and the column (from 0) where that is not where the parser saw it: a key without
/// its `:` is seen on the next line only.
pub(super) fn culprit(text: &str, fault: &Fault) -> (usize, Option<usize>) {
    let line = fault.range.start.line();
    let is_key = matches!(&fault.kind, FaultKind::NoYaml(reason) if reason.contains("simple key"));
    let above = text.split('\n').enumerate().take(line.saturating_sub(1)).filter(|(_, line)| !line.trim().is_empty());
    match above.last().filter(|(_, above)| is_key && !above.contains(':')) {
        Some((index, above)) => (index + 1, Some(indentation(above))),
        None => (line, None),
    }
}

/// The text without what is wrong in a line (from 1), and the last line that was touched: only the outer of two tags that
/// follow each other, else the line and all that is indented below it.
pub(super) fn without(text: &str, line: usize) -> Option<(String, usize)> {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let faulty = lines.get(line.checked_sub(1)?)?.clone();
    if let Some(tag) = outer_tag(&faulty) {
        lines[line - 1] = faulty.replacen(&format!("{tag} "), &" ".repeat(tag.len() + 1), 1);
        return Some((lines.join("\n"), line));
    }
    let depth = indentation(&faulty);
    let below = lines[line..].iter().take_while(|line| line.trim().is_empty() || indentation(line) > depth).count();
    lines[line - 1..line + below].iter_mut().for_each(String::clear);
    Some((lines.join("\n"), line + below))
}

/// The outer one of two tags that follow each other.
fn outer_tag(line: &str) -> Option<&str> {
    let words: Vec<&str> = line.split([' ', '[', ',']).collect();
    let is_tag = |word: &str| word.strip_prefix('!').and_then(Function::from_tag).is_some();
    words.windows(2).find(|pair| is_tag(pair[0]) && is_tag(pair[1])).map(|pair| pair[0])
}

/// The lines from `line` on (from 1) that are indented by tabs, each with the column (from 0) of its first one.
pub(super) fn tabbed(text: &str, line: usize) -> impl Iterator<Item = (usize, usize)> {
    let lines = text.split('\n').enumerate().skip(line - 1).filter(|(_, line)| !line.trim().is_empty());
    lines.filter_map(|(index, line)| {
        let blank = &line[..line.len() - line.trim_start().len()];
        Some((index + 1, blank.find('\t')?))
    })
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Where a line (from 1) begins.
fn offset(text: &str, line: usize) -> Option<usize> {
    let lines = text.split_inclusive('\n').take(line.checked_sub(1)?);
    Some(lines.map(str::len).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_indented_where_it_must_be() {
        let mended = indented("a: \"x\n\ny\\\"\n z\" # \"\nb: c\n", 1, 3);
        assert_eq!(mended.as_deref(), Some("a: \"x\n \n y\\\"\n z\" # \"\nb: c\n"));
        assert_eq!(indented("a: 'it''s\nb'\n", 1, 3).as_deref(), Some("a: 'it''s\n b'\n"));
        assert_eq!(indented("a: \"x\n y\"\n", 1, 3), None, "it was indented");
        assert_eq!(indented("a: \"x\ny\n", 1, 3), None, "it does not close");
        assert_eq!(indented("a: b\n", 9, 9), None);
    }

    #[test]
    fn what_is_wrong_is_taken_out_with_what_lies_below() {
        assert_eq!(
            without("a:\n  b: 1\n   c: 2\n      d: 3\n\n  e: 4", 3),
            Some(("a:\n  b: 1\n\n\n\n  e: 4".into(), 5))
        );
        assert_eq!(without("a: !Base64 !Sub x", 1), Some(("a:         !Sub x".into(), 1)));
        assert_eq!(without("a", 3), None);
    }

    #[test]
    fn tabs_count_in_indentation_only() {
        assert_eq!(tabbed("a:\n\tb: 1\n  \tc: 2\n  d: \t3\n\t\n", 1).collect::<Vec<_>>(), [(2, 0), (3, 2)]);
    }
}
