//! ARNs: of the right service and resource, of the environment's region and account.

use super::super::arn::{Arn, partition_of};
use super::super::codes;
use super::super::model::{Code, SecretKey, Setting};
use super::Site;
use crate::diagnostic::Diagnostic;

/// What the ARN of a setting must be.
struct Kind {
    path: &'static str,
    thing: &'static str,
    service: &'static str,
    form: &'static str,
    fits: fn(&str) -> bool,
    reason: &'static str,
}

const SECRET: Kind = Kind {
    path: "secret.arn",
    thing: "secret",
    service: "secretsmanager",
    form: "secret:<name>-<six characters>",
    fits: is_full_secret,
    reason: "without the six characters that Secrets Manager adds, no policy matches the secret",
};

const KEY: Kind = Kind {
    path: "secret.key",
    thing: "key",
    service: "kms",
    form: "key/<id>",
    fits: |resource| resource.starts_with("key/"),
    reason: "a policy matches the key itself; one that names an alias matches nothing",
};

fn is_full_secret(resource: &str) -> bool {
    let suffix = resource.strip_prefix("secret:").and_then(|name| name.rsplit_once('-')).map(|(_, suffix)| suffix);
    suffix.is_some_and(|suffix| suffix.len() == 6 && suffix.chars().all(|c| c.is_ascii_alphanumeric()))
}

pub(super) fn check(site: &Site<'_>) -> Vec<Diagnostic> {
    let mut findings = image(site);
    if let Some(secret) = &site.environment.secret {
        findings.extend(secret.arn().and_then(Setting::known).and_then(|arn| one(site, arn, &SECRET)));
        if let SecretKey::Given(arn) = secret.key() {
            findings.extend(arn.known().and_then(|arn| key(site, arn)));
        }
    }
    findings
}

fn key(site: &Site<'_>, arn: &str) -> Option<Diagnostic> {
    if arn != "aws-managed" && arn != "new" {
        return one(site, arn, &KEY);
    }
    let message = format!("`secret.key` is `{arn}` and stays open as a parameter, and a parameter is the ARN of a key");
    let help = "name the key by its ARN, or take `secret.key` out of `parameters`";
    Some(site.error(codes::EXCLUSIVE, KEY.path, message).help(help))
}

fn one(site: &Site<'_>, text: &str, kind: &Kind) -> Option<Diagnostic> {
    let arn = Arn::of(text)?;
    let (region, account) = (site.environment.region.code(), &site.environment.account);
    let Kind { path, thing, service, form, .. } = kind;
    if arn.service != *service {
        let message = format!("`{path}` is an ARN of `{}`, and one of `{service}` is wanted", arn.service);
        let help = format!("`arn:{}:{service}:{region}:{account}:{form}`", partition_of(region));
        return Some(site.error(codes::WRONG_SERVICE, path, message).help(help));
    }
    if arn.region != region || arn.partition != partition_of(region) {
        let there = match arn.partition == partition_of(region) {
            true => format!("region `{}`", arn.region),
            false => format!("partition `{}`", arn.partition),
        };
        let message = format!("`{path}` is an ARN of {there}, and the environment is in `{region}`");
        let finding = site.error(codes::WRONG_REGION, path, message).help(format!("name the {thing} of this region"));
        return Some(site.beside(finding, "region", "the environment's region"));
    }
    if arn.account != account {
        let message = format!("`{path}` is an ARN of account `{}`, and the environment is `{account}`", arn.account);
        let finding = site.error(codes::WRONG_ACCOUNT, path, message).help(format!("name the {thing} of this account"));
        return Some(site.beside(finding, "account", "the environment's account"));
    }
    if !(kind.fits)(arn.resource) {
        let message = format!("`{path}` names `{}`, and `{form}` is wanted", arn.resource);
        return Some(
            site.error(codes::WRONG_RESOURCE, path, message)
                .note(kind.reason)
                .help("copy the ARN from the console or from `describe-…`"),
        );
    }
    None
}

fn image(site: &Site<'_>) -> Vec<Diagnostic> {
    let Some(Code::Image(image)) = &site.environment.function.code else { return Vec::new() };
    let region = image.known().and_then(|image| image.split('.').nth(3));
    let other = region.filter(|region| *region != site.environment.region.code());
    let finding = other.map(|region| {
        let message = format!(
            "the image is in `{region}`, and Lambda takes one of its own region, `{}`",
            site.environment.region
        );
        let finding = site.error(codes::WRONG_REGION, "function.code.image", message);
        site.beside(finding, "region", "the environment's region")
            .help("let ECR replicate the repository, and name that one")
    });
    finding.into_iter().collect()
}
