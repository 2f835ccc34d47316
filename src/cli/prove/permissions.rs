//! `formwork prove --matrix`: which role may do what.

use std::fs;

use super::{ProveArgs, ProveFormat, Proved};
use crate::cli::{Exit, codes, speak};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::render;
use crate::emit::permissions;

/// Tells the matrices of all templates.
pub fn report(args: &ProveArgs, proved: &[Proved], unfit: &[Diagnostic]) -> Exit {
    let mut unfit = unfit.to_vec();
    if args.format == ProveFormat::Sarif {
        let message = "a matrix of permissions has no findings, which is all that SARIF tells";
        unfit.push(Diagnostic::error(codes::UNTELLABLE, message).help("take `--format tree`, `json` or `markdown`"));
    }
    if !unfit.is_empty() {
        speak::talk(&render::full(&unfit, &|file| fs::read_to_string(file).ok()));
    }
    let said = match args.format {
        ProveFormat::Tree => {
            let tables = proved.iter().map(|one| permissions::table(&one.name, &one.matrix, &one.places));
            speak::told(&tables.collect::<Vec<_>>().join("\n"))
        }
        ProveFormat::Json => {
            let names: Vec<_> = proved.iter().map(|one| one.name.clone()).collect();
            let cells = proved.iter().flat_map(|one| permissions::entries(&one.name, &one.matrix, &one.places));
            speak::data(&permissions::json(&names, &cells.collect::<Vec<_>>()))
        }
        ProveFormat::Markdown => {
            let all: Vec<_> = proved.iter().map(|one| (one.name.clone(), &one.matrix)).collect();
            speak::data(&permissions::markdown(&all))
        }
        ProveFormat::Sarif => Exit::Failed,
    };
    if said == Exit::Fine && !unfit.is_empty() { Exit::Failed } else { said }
}
