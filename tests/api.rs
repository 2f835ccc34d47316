//! The public words of the language take types where a type says more than text.

use std::fs;
use std::path::{Path, PathBuf};

/// Names of parameters whose values have a type of their own.
const TYPED: &[&str] = &["arn", "port", "id", "vpc", "subnet", "subnets", "group", "timeout", "cidr", "region", "key"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The signatures of public functions: name and parameters.
fn signatures(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices("fn ") {
        let line = text[..start].rsplit('\n').next().unwrap_or_default().trim();
        if !(line.ends_with("pub") || line.ends_with("pub const")) {
            continue;
        }
        let rest = &text[start + 3..];
        let Some(open) = rest.find('(') else { continue };
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        found.push((name, parameters(&rest[open + 1..])));
    }
    found
}

/// Parameters up to the parenthesis that closes the list.
fn parameters(text: &str) -> Vec<(String, String)> {
    let (mut depth, mut all, mut one) = (0, Vec::new(), String::new());
    for c in text.chars() {
        match c {
            '(' | '[' | '<' => depth += 1,
            ')' if depth == 0 => break,
            ')' | ']' | '>' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            all.push(std::mem::take(&mut one));
        } else {
            one.push(c);
        }
    }
    all.push(one);
    let split = |parameter: &String| {
        let (name, kind) = parameter.split_once(':')?;
        Some((name.trim().trim_start_matches("mut ").to_owned(), kind.trim().to_owned()))
    };
    all.iter().filter_map(split).collect()
}

fn is_text(kind: &str) -> bool {
    ["&str", "String", "&String", "impl Into<String>", "impl AsRef<str>"].contains(&kind)
}

fn loose(text: &str) -> Vec<String> {
    let loose = signatures(text).into_iter().flat_map(|(name, parameters)| {
        let typed = |word: &str| TYPED.iter().any(|typed| word == *typed || word.ends_with(&format!("_{typed}")));
        let found = parameters.into_iter().filter(|(word, kind)| typed(word) && is_text(kind)).collect::<Vec<_>>();
        found.into_iter().map(move |(word, kind)| format!("{name}({word}: {kind})"))
    });
    loose.collect()
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let text = "impl X {\n    pub fn existing(arn: &str, f: impl Fn(u8) -> u8) -> Self {}\n    fn own(id: String) {}\n    pub(crate) fn inner(id: String) {}\n}";
    assert_eq!(loose(text), ["existing(arn: &str)"]);
}

#[test]
fn no_public_word_takes_text_for_what_has_a_type() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    ["stack", "constructs"].iter().for_each(|folder| sources(&root.join(folder), &mut files));
    assert!(files.len() > 20);
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        let public: String =
            text.lines().filter(|line| !line.trim_start().starts_with("fn ")).collect::<Vec<_>>().join("\n");
        found.extend(loose(&public).into_iter().map(|what| format!("{}: {what}", file.display())));
    }
    // Keys of maps, mappings and tags are names of the author's own.
    found.retain(|what| !what.ends_with("(key: &str)") && !what.ends_with("(key: impl Into<String>)"));
    assert!(found.is_empty(), "these take text where a type says more: {found:#?}");
}
