//! Names of DNS that lie in one another.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::{Case, Resolved};

pub(super) const RULES: &[Rule] = &[OUTSIDE_ZONE, OUTSIDE_VALIDATION];

const OUTSIDE_ZONE: Rule = Rule {
    code: Code::new("E3041", "record-outside-its-zone"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-route53-recordset.html",
    explanation: "`HostedZoneName` ends in a dot, and the record's name is it or lies in it.",
    bad: &[
        "Resources: { Site: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneName: example.com., Name: www.example.org, Type: A, TTL: '60', ResourceRecords: [192.0.2.1] } } }",
        "Resources: { Site: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneName: example.com, Name: www.example.com, Type: A, TTL: '60', ResourceRecords: [192.0.2.1] } } }",
    ],
    good: &[
        "Resources: { Site: { Type: AWS::Route53::RecordSet, Properties: { HostedZoneName: example.com., Name: www.example.com, Type: A, TTL: '60', ResourceRecords: [192.0.2.1] } } }",
    ],
    find: |context, report| {
        for (id, _) in context.resources("AWS::Route53::RecordSet") {
            let zones = context.resolved.property(id, "HostedZoneName");
            for case in &zones {
                if let Some(zone) = case.value.text().filter(|zone| !zone.ends_with('.')) {
                    let message = format!("the zone `{zone}` is named without the dot at its end");
                    report.at(context.resolved.place(id, case.source), message).help = Some(format!("write `{zone}.`"));
                }
            }
            let names = context.resolved.property(id, "Name");
            each_pair(context.resolved, &names, &zones, |name, zone, source, place| {
                if !lies_in(name.trim_end_matches('.'), zone.trim_end_matches('.')) {
                    let message = format!("`{name}` does not lie in the zone `{zone}`{place}");
                    report.at(context.resolved.place(id, source), message).help =
                        Some("name a record of the zone".into());
                }
            });
        }
    },
};

const OUTSIDE_VALIDATION: Rule = Rule {
    code: Code::new("E3503", "validated-elsewhere"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-certificatemanager-certificate-domainvalidationoption.html",
    explanation: "The domain to which ACM writes for validation is the one that is validated, or one that it lies in.",
    bad: &[
        "Resources: { Proof: { Type: AWS::CertificateManager::Certificate, Properties: { DomainName: www.example.com, DomainValidationOptions: [{ DomainName: www.example.com, ValidationDomain: example.org }] } } }",
    ],
    good: &[
        "Resources: { Proof: { Type: AWS::CertificateManager::Certificate, Properties: { DomainName: www.example.com, DomainValidationOptions: [{ DomainName: www.example.com, ValidationDomain: example.com }] } } }",
    ],
    find: outside_validation,
};

fn outside_validation(context: &Context<'_>, report: &mut Report) {
    let resolved = context.resolved;
    for (id, _) in context.resources("AWS::CertificateManager::Certificate") {
        for option in resolved.elements(id, "DomainValidationOptions") {
            let part = |name| resolved.look(option.source, &[name], option.when);
            each_pair(resolved, &part("DomainName"), &part("ValidationDomain"), |name, domain, source, place| {
                if !lies_in(name, domain) {
                    let message = format!("`{name}` does not lie in `{domain}`, by which it is to be validated{place}");
                    report.at(resolved.place(id, source), message).help =
                        Some("validate by the domain itself, or by one that it lies in".into());
                }
            });
        }
    }
}

/// Whether a domain is another or lies in it.
fn lies_in(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Calls `visit` on every two texts that two values can be together.
fn each_pair<'a>(
    resolved: &Resolved<'a>,
    ones: &[Case<'a>],
    others: &[Case<'a>],
    mut visit: impl FnMut(&str, &str, &'a crate::template::Value, String),
) {
    for one in ones {
        for other in others {
            let both = resolved.and(one.when, other.when);
            if let (Some(first), Some(second)) = (one.value.text(), other.value.text())
                && resolved.is_certainly_possible(both)
            {
                visit(first, second, one.source, resolved.place_where(both));
            }
        }
    }
}
