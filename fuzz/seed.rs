//! `seed FOLDER`: writes the examples of every rule there, for the fuzzer to begin with.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

use formwork::check::rules;

fn main() -> ExitCode {
    let Some(folder) = env::args().nth(1).map(PathBuf::from) else {
        eprintln!("name the folder");
        return ExitCode::from(2);
    };
    match seed(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write to `{}`: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}

fn seed(folder: &std::path::Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let examples = rules::ALL.iter().copied().flatten().flat_map(|rule| rule.bad.iter().chain(rule.good));
    examples.enumerate().try_for_each(|(index, text)| fs::write(folder.join(format!("rule-{index}.yaml")), text))
}
