//! Who may do what, for people and for programs.

use std::collections::HashSet;

use serde_json::{Value as Json, json};

use crate::prove::authorisation::{Cell, Matrix, Permitted};
use crate::template::Places;

/// No line of a table is longer.
const WIDTH: usize = 100;
/// How far what decides is set in.
const INDENT: usize = 10;

/// What no template and no fact tells.
pub(super) const ASSUMED: &str = "no organisation policy (SCP, RCP), session policy or KMS grant changes any of it";

/// A matrix as a table that fits a terminal: a block for each role, in it a line for each permission, and what decides below.
pub fn table(name: &str, matrix: &Matrix, places: &Places) -> String {
    let mut text = format!("{name}: {}\n", counted(matrix));
    let longest = matrix.cells.iter().map(|cell| cell.action.chars().count()).max().unwrap_or_default();
    let mut principal = None;
    for cell in &matrix.cells {
        if principal != Some(&cell.principal) {
            text.push_str(&format!("\n{BOLD}{}{RESET}\n", cell.principal));
            principal = Some(&cell.principal);
        }
        let (colour, word) = (colour(cell.permitted), cell.permitted.name());
        let room = WIDTH.saturating_sub(INDENT + longest + 2);
        let on = cut(&on(cell), room);
        text.push_str(&format!("  {colour}{word:<8}{RESET}{:<longest$}  {on}\n", cell.action));
        let needed = match cell.needed_by.as_slice() {
            [] => String::new(),
            by => format!("needed by {}; ", by.join(", ")),
        };
        let place = cell.path.as_deref().and_then(|path| places.nearest(path));
        let place = place.map(|span| format!("{}:{} ", span.line, span.column)).unwrap_or_default();
        let says = cut(&format!("{place}{needed}{}", shortened(&cell.says)), WIDTH - INDENT);
        text.push_str(&format!("{:INDENT$}{DIM}{says}{RESET}\n", ""));
    }
    if !matrix.cells.is_empty() {
        text.push_str(&format!("\n{DIM}taken for given: {ASSUMED}{RESET}\n"));
    }
    text
}

/// A matrix in Markdown.
pub fn markdown(matrices: &[(String, &Matrix)]) -> String {
    let mut text = String::from(
        "| template | role | action | resource | verdict | needed by | what decides |\n|---|---|---|---|---|---|---|\n",
    );
    for (name, matrix) in matrices {
        for cell in &matrix.cells {
            let needed = cell.needed_by.join(", ");
            let cells = [name, &cell.principal, &cell.action, &on(cell), cell.permitted.name(), &needed, &cell.says];
            let cells = cells.map(|cell| cell.replace('|', "\\|").replace(['\n', '\r'], " "));
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    text.push_str(&format!("\nTaken for given: {ASSUMED}.\n"));
    text
}

/// The cells of a matrix in machine-readable output. `template` is the file that they are about.
pub fn entries(template: &str, matrix: &Matrix, places: &Places) -> Vec<Json> {
    let entry = |cell: &Cell| {
        let span = cell.path.as_deref().and_then(|path| places.nearest(path));
        json!({
            "template": template,
            "principal": cell.principal,
            "action": cell.action,
            "resource": cell.resource,
            "id": cell.id,
            "verdict": cell.permitted.name(),
            "message": cell.says,
            "path": cell.path,
            "line": span.as_ref().map(|span| span.line),
            "column": span.as_ref().map(|span| span.column),
            "needed_by": cell.needed_by,
        })
    };
    matrix.cells.iter().map(entry).collect()
}

/// The whole of machine-readable output.
pub fn json(templates: &[String], cells: &[Json]) -> String {
    let all = json!({ "version": 1, "templates": templates, "permissions": cells, "assumptions": [ASSUMED] });
    format!("{all:#}\n")
}

fn counted(matrix: &Matrix) -> String {
    let roles: HashSet<_> = matrix.cells.iter().map(|cell| &cell.principal).collect();
    if roles.is_empty() {
        return "it has no role of which a permission is needed or named".to_owned();
    }
    let count = |permitted| matrix.cells.iter().filter(|cell| cell.permitted == permitted).count();
    let each = [Permitted::Allowed, Permitted::Denied, Permitted::Depends];
    let each = each.map(|permitted| (count(permitted), permitted.name()));
    let each: Vec<_> = each.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let roles = if roles.len() == 1 { "1 role".to_owned() } else { format!("{} roles", roles.len()) };
    format!("{roles}, {} permissions: {}", matrix.cells.len() / roles_of(matrix), each.join(", "))
}

/// How many roles there are, and one where there is none.
fn roles_of(matrix: &Matrix) -> usize {
    matrix.cells.iter().map(|cell| &cell.principal).collect::<HashSet<_>>().len().max(1)
}

/// On what: the logical id, with the database user of a login.
fn on(cell: &Cell) -> String {
    let user = cell.resource.split_once(":dbuser:").and_then(|(_, rest)| rest.split_once('/')).map(|(_, user)| user);
    match (&cell.id, user) {
        (Some(id), Some(user)) => format!("{id} as {user}"),
        (Some(id), None) => id.clone(),
        (None, _) => shortened(&cell.resource),
    }
}

/// Without what every ARN of the stack has.
fn shortened(text: &str) -> String {
    text.replace("arn:${AWS::Partition}:", "")
        .replace("${AWS::Region}:${AWS::AccountId}:", "…:")
        .replace("arn:aws:", "")
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn colour(permitted: Permitted) -> &'static str {
    match permitted {
        Permitted::Allowed => "\u{1b}[32m",
        Permitted::Depends => "\u{1b}[33m",
        Permitted::Denied => "\u{1b}[31m",
    }
}

const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";
