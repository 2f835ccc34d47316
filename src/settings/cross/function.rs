//! The function: code and runtime agree, and its variables hold no secret.

use super::super::codes;
use super::super::model::Code;
use super::Site;
use crate::diagnostic::{Diagnostic, holds_secret_text};

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    let secrets = site.environment.function.environment.keys().filter(|name| holds_secret_text(name));
    let secrets = secrets.map(|name| secret(site, name));
    secrets.chain(image(site)).chain(inline(site)).chain(supplied(site)).collect()
}

fn secret(site: &Site<'_>, name: &str) -> Diagnostic {
    let message =
        format!("`{name}` would hold a secret's text, and whoever may read the function may read its variables");
    let help = "let the function read the secret when it runs, or log in by token with `proxy.auth: iam`; if the file was shared, rotate the secret";
    let path = format!("function.environment.{name}");
    let key = site.settings.place(site.name, &path);
    site.error(codes::SECRET_TEXT, &path, message).secret().help(help).span(key)
}

fn image(site: &Site<'_>) -> Vec<Diagnostic> {
    let Some(Code::Image(_)) = site.environment.function.code else { return Vec::new() };
    let beside = ["runtime", "handler", "layers"].into_iter().map(|key| (key, format!("function.{key}")));
    let written = beside.filter(|(_, path)| site.wrote(path));
    let findings = written.map(|(key, path)| {
        let message = format!("`{path}` stands beside `function.code.image`, and an image brings its own {key}");
        let finding = site.error(codes::EXCLUSIVE, &path, message).help(format!("delete `{key}`"));
        site.beside(finding, "function.code.image", "the image")
    });
    findings.collect()
}

fn inline(site: &Site<'_>) -> Option<Diagnostic> {
    let function = &site.environment.function;
    let Some(Code::Inline(_)) = function.code else { return None };
    let takes = function.runtime.takes_inline_code();
    let message = format!(
        "the code is inline, which Lambda takes for Python and Node.js only, and the runtime is `{}`",
        function.runtime.id()
    );
    let finding = (!takes).then(|| site.error(codes::EXCLUSIVE, "function.code.inline", message))?;
    Some(site.beside(finding, "function.runtime", "the runtime").help("say `code: { s3: … }` or `code: { image: … }`"))
}

/// The supplied code is in Python or JavaScript.
fn supplied(site: &Site<'_>) -> Option<Diagnostic> {
    let function = &site.environment.function;
    let runtime = function.runtime.id();
    let message =
        format!("the runtime is `{runtime}`, and the handler that Formwork supplies is for Python and Node.js");
    let wrong = function.code.is_none() && !function.runtime.takes_inline_code();
    let finding = wrong.then(|| site.error(codes::EXCLUSIVE, "function.runtime", message))?;
    Some(finding.help("say where the code is: `code: { s3: … }`, `code: { local: … }`"))
}
