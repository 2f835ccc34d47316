//! Cases as texts: a base, changes to it like those of a patch, and what is to be told.
//!
//! ```text
//! === lambda-sg-egress-blocks-proxy separate.yaml
//!  a line that stays
//! -a line that goes
//! +a line that comes
//! @@
//! +lines that come alone are a further resource
//! => error N3205 FnSg: Fn cannot reach Proxy on tcp 5432
//! ```

/// One case.
pub struct Case {
    pub name: String,
    /// The file that is changed.
    pub base: String,
    hunks: Vec<Hunk>,
    /// What is expected, a line each.
    pub told: Vec<String>,
}

#[derive(Default)]
struct Hunk {
    old: Vec<String>,
    new: Vec<String>,
}

/// All cases of a file.
pub fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("=== ") {
            let (name, base) = head.split_once(' ').unwrap_or_else(|| panic!("no base: {head}"));
            let hunks = vec![Hunk::default()];
            cases.push(Case { name: name.to_owned(), base: base.to_owned(), hunks, told: Vec::new() });
        } else if let Some(case) = cases.last_mut() {
            case.read(line);
        }
    }
    cases
}

impl Case {
    fn read(&mut self, line: &str) {
        if let Some(told) = line.strip_prefix("=> ") {
            return self.told.push(told.to_owned());
        }
        if line == "@@" {
            return self.hunks.push(Hunk::default());
        }
        let Some(hunk) = self.hunks.last_mut() else { return };
        match line.split_at_checked(1) {
            Some((" ", rest)) => {
                hunk.old.push(rest.to_owned());
                hunk.new.push(rest.to_owned());
            }
            Some(("-", rest)) => hunk.old.push(rest.to_owned()),
            Some(("+", rest)) => hunk.new.push(rest.to_owned()),
            None | Some(("#", _)) => {}
            Some(_) => panic!("{}: no such line: {line}", self.name),
        }
    }

    /// The base with all changes made, each of which must have one place.
    pub fn apply(&self, base: &str) -> String {
        let hunks = self.hunks.iter().filter(|hunk| !hunk.old.is_empty() || !hunk.new.is_empty());
        hunks.fold(base.to_owned(), |text, hunk| self.apply_one(&text, hunk))
    }

    fn apply_one(&self, text: &str, hunk: &Hunk) -> String {
        let block = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let (old, new) = (block(&hunk.old), block(&hunk.new));
        if old.is_empty() {
            let head = if text.starts_with('{') { "\"Resources\": {\n" } else { "\nResources:\n" };
            assert!(text.contains(head), "{}: no resources", self.name);
            return text.replacen(head, &format!("{head}{new}"), 1);
        }
        let (text, old, new) = (format!("\n{text}"), format!("\n{old}"), format!("\n{new}"));
        assert_eq!(text.matches(&old).count(), 1, "{}: one place wanted for {old}", self.name);
        text.replacen(&old, &new, 1).trim_start_matches('\n').to_owned()
    }
}
