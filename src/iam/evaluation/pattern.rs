//! Patterns of policies, with policy variables in them.

use super::context::{Context, Presence};
use crate::iam::glob::{Compiled, Reading};
use crate::iam::text::Part;
use crate::iam::{Certainty, Text};

/// A value in a policy that requests are held against.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Text,
    pieces: Vec<Piece>,
    reading: Reading,
    /// Where no variable stands in it.
    compiled: Option<Compiled>,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(Text),
    /// What stands for itself: `${*}`.
    Literal(Text),
    Variable {
        key: String,
        default: Option<Text>,
    },
}

impl Pattern {
    /// Reads a value. Without a version of its own, a policy has no variables.
    pub(super) fn new(text: Text, reading: Reading, has_variables: bool) -> Self {
        let pieces = if has_variables { taken_apart(&text) } else { vec![Piece::Text(text.clone())] };
        let fixed = pieces.iter().all(|piece| !matches!(piece, Piece::Variable { .. }));
        let compiled = fixed.then(|| {
            let mut compiled = Compiled::new(&Text::default(), reading);
            for piece in &pieces {
                match piece {
                    Piece::Text(text) => compiled.push(text, reading),
                    Piece::Literal(text) => compiled.push(text, Reading { wild: false, ..reading }),
                    Piece::Variable { .. } => {}
                }
            }
            compiled
        });
        Self { text, pieces, reading, compiled }
    }

    /// As it was written.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// Whether it matches. A variable that the request has no value for matches nothing.
    pub(super) fn matches(&self, subject: &Compiled, context: &Context) -> Certainty {
        if let Some(compiled) = &self.compiled {
            return compiled.matches(subject);
        }
        let mut compiled = Compiled::new(&Text::default(), self.reading);
        let plain = Reading { wild: false, ..self.reading };
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => compiled.push(text, self.reading),
                Piece::Literal(text) => compiled.push(text, plain),
                Piece::Variable { key, default } => match (context.get(key), default) {
                    (Presence::Is(values), _) if values.len() == 1 => compiled.push(&values[0], plain),
                    (Presence::Absent, Some(default)) => compiled.push(default, plain),
                    (Presence::Absent | Presence::Is(_), _) => return Certainty::No,
                    (Presence::Perhaps(_) | Presence::Open, _) => return Certainty::Unknown,
                },
            }
        }
        compiled.matches(subject)
    }

    /// The text with every variable replaced by its value; none if one has none, or is not known.
    pub(super) fn filled(&self, context: &Context) -> Result<Text, Certainty> {
        let mut filled = Text::default();
        for piece in &self.pieces {
            filled = match piece {
                Piece::Text(text) | Piece::Literal(text) => filled.then(text.clone()),
                Piece::Variable { key, default } => match (context.get(key), default) {
                    (Presence::Is(values), _) if values.len() == 1 => filled.then(values[0].clone()),
                    (Presence::Absent, Some(default)) => filled.then(default.clone()),
                    (Presence::Absent | Presence::Is(_), _) => return Err(Certainty::No),
                    (Presence::Perhaps(_) | Presence::Open, _) => return Err(Certainty::Unknown),
                },
            };
        }
        Ok(filled)
    }

    /// The patterns of the segments of an ARN; none if it is not known where they end.
    pub(super) fn segments(&self, context: &Context) -> Option<Vec<Text>> {
        self.filled(context).ok()?.split(':', crate::iam::glob::SEGMENTS)
    }
}

/// `${key}` and `${key, 'default'}`, which never contain a part that is not known.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
fn taken_apart(text: &Text) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in text.parts() {
        let Part::Text(known) = part else {
            pieces.push(Piece::Text(part_alone(part)));
            continue;
        };
        let mut rest = known.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let Some((inside, after)) = after.split_once('}') else { break };
            if !before.is_empty() {
                pieces.push(Piece::Text(before.into()));
            }
            pieces.push(variable(inside));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
    }
    pieces
}

fn part_alone(part: &Part) -> Text {
    match part {
        Part::Text(text) => text.as_str().into(),
        Part::Symbol(symbol) => symbol.clone().into(),
    }
}

fn variable(inside: &str) -> Piece {
    if matches!(inside, "*" | "?" | "$") {
        return Piece::Literal(inside.into());
    }
    match inside.split_once(',') {
        Some((key, default)) => {
            let default = default.trim();
            let bare = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(default);
            Piece::Variable { key: key.trim().to_ascii_lowercase(), default: Some(bare.into()) }
        }
        None => Piece::Variable { key: inside.trim().to_ascii_lowercase(), default: None },
    }
}
