//! What reading a template costs without judging it, to measure beside `check`.
//!
//! ```console
//! target/benches/parse app.yaml …
//! ```

use std::process::ExitCode;
use std::{env, fs};

use formwork::template::parse::parse;

fn main() -> ExitCode {
    // `cargo bench` adds an argument of its own.
    for path in env::args().skip(1).filter(|argument| argument != "--bench") {
        let Ok(text) = fs::read_to_string(&path) else {
            eprintln!("cannot read `{path}`");
            return ExitCode::from(2);
        };
        let (template, ..) = parse(&text, &path);
        println!("{path}: {} resources", template.resources.len());
    }
    ExitCode::SUCCESS
}
