//! Findings as workflow commands, which GitHub shows beside the lines of a pull request.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use super::sorted;
use crate::diagnostic::{Diagnostic, Severity};

/// `::error file=…,line=…,col=…,title=…::message`, a line each.
pub fn github(diagnostics: &[Diagnostic]) -> String {
    sorted(diagnostics).into_iter().map(command).collect()
}

fn command(diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(span) = diagnostic.place() {
        properties.push(format!("file={},line={},col={}", property(&span.file), span.line, span.column));
    }
    properties.push(format!("title={}", property(&format!("{} {}", diagnostic.code.id, diagnostic.code.name))));
    let help = diagnostic.help.iter().map(|help| format!("\nhelp: {help}"));
    let message: String = [diagnostic.message.clone()].into_iter().chain(help).collect();
    format!("::{level} {}::{}\n", properties.join(","), data(&message))
}

/// What the message of a command must not hold as it is. A log is read in a terminal too, whose cursor nothing may move.
fn data(text: &str) -> String {
    let shown = |character: char| if character.is_control() && !"\r\n".contains(character) { ' ' } else { character };
    text.chars().map(shown).collect::<String>().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What a property must not hold besides.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn no_text_of_a_template_moves_the_cursor_or_ends_the_command() {
        let found = Diagnostic::error(Code::new("E0001", "x"), "a\u{1b}[2Jb\n::stop").path("/Resources");
        assert_eq!(github(&[found]), "::error title=E0001 x::a [2Jb%0A::stop\n");
    }
}
