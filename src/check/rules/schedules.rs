//! Times: when a rule fires, how long a backup is kept.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};
use crate::resolve::Formula;

pub(super) const RULES: &[Rule] = &[EXPRESSION, COLD_STORAGE];

const EXPRESSION: Rule = Rule {
    code: Code::new("E3027", "malformed-schedule"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
    explanation: "A rule's schedule is `rate(5 minutes)` or `cron(0 9 ? * MON-FRI *)`: six fields, of which the day of the month or the day of the week is `?`.",
    bad: &[
        "Resources: { Nightly: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: rate(5 minute) } } }",
        "Resources: { Nightly: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: cron(0 9 * * * *) } } }",
    ],
    good: &[
        "Resources: { Nightly: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: rate(1 hour) } } }",
        "Resources: { Nightly: { Type: AWS::Events::Rule, Properties: { ScheduleExpression: cron(0 9 ? * MON-FRI *) } } }",
    ],
    find: |context, report| {
        for (id, _) in context.resources("AWS::Events::Rule") {
            for case in context.resolved.property(id, "ScheduleExpression") {
                if let Some(expression) = case.value.text()
                    && let Some((wrong, help)) = complaint(expression)
                {
                    let message = format!("`{expression}` {wrong}");
                    report.at(context.resolved.place(id, case.source), message).help = Some(help);
                }
            }
        }
    },
};

/// What is wrong with a schedule, and a way out.
fn complaint(expression: &str) -> Option<(String, String)> {
    let inner = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    match (inner("rate"), inner("cron")) {
        (Some(rate), _) => rate_complaint(rate),
        (_, Some(cron)) => cron_complaint(cron),
        _ => {
            let help = "write `rate(5 minutes)` or `cron(0 9 ? * MON-FRI *)`";
            Some(("is neither a rate nor a cron expression".to_owned(), help.to_owned()))
        }
    }
}

fn rate_complaint(rate: &str) -> Option<(String, String)> {
    let Some((count, unit)) = rate.split_once(' ') else {
        return Some(("is not a number and a unit".to_owned(), "write `rate(5 minutes)`".to_owned()));
    };
    let Some(count) = count.parse::<u64>().ok().filter(|count| *count > 0) else {
        return Some((format!("has `{count}` for a number"), "a rate has a whole number above 0".to_owned()));
    };
    let units = if count == 1 { ["minute", "hour", "day"] } else { ["minutes", "hours", "days"] };
    (!units.contains(&unit)).then(|| {
        let help = format!("with {count} the unit is `{}`, `{}` or `{}`", units[0], units[1], units[2]);
        (format!("has `{unit}` for a unit"), help)
    })
}

fn cron_complaint(cron: &str) -> Option<(String, String)> {
    let fields: Vec<&str> = cron.split(' ').collect();
    let [_, _, day_of_month, _, day_of_week, _] = fields[..] else {
        let help = "the fields are minutes, hours, day of the month, month, day of the week, year";
        return Some((format!("has {} fields, and 6 are needed", fields.len()), help.to_owned()));
    };
    (day_of_month != "?" && day_of_week != "?").then(|| {
        let help = "make one of the two `?`";
        ("names both the day of the month and the day of the week".to_owned(), help.to_owned())
    })
}

const COLD_STORAGE: Rule = Rule {
    code: Code::new("E3504", "short-cold-storage"),
    severity: Severity::Error,
    source: "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-backup-backupplan-lifecycleresourcetype.html",
    explanation: "A backup stays in cold storage for 90 days at least: it is deleted so long after it moved there, or later.",
    bad: &[
        "Resources: { Plan: { Type: AWS::Backup::BackupPlan, Properties: { BackupPlan: { BackupPlanName: p, BackupPlanRule: [{ RuleName: r, TargetBackupVault: v, Lifecycle: { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 60 } }] } } } }",
    ],
    good: &[
        "Resources: { Plan: { Type: AWS::Backup::BackupPlan, Properties: { BackupPlan: { BackupPlanName: p, BackupPlanRule: [{ RuleName: r, TargetBackupVault: v, Lifecycle: { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 120 } }] } } } }",
    ],
    find: |context, report| {
        for (id, _) in context.resources("AWS::Backup::BackupPlan") {
            for rule in context.resolved.elements(id, "BackupPlan/BackupPlanRule") {
                cold_storage(context, report, id, rule.source, rule.when);
                for copy in context.resolved.elements_in(rule.source, &["CopyActions"], rule.when) {
                    cold_storage(context, report, id, copy.source, copy.when);
                }
            }
        }
    },
};

/// In days.
const LEAST_IN_COLD_STORAGE: i64 = 90;

fn cold_storage<'a>(
    context: &Context<'a>,
    report: &mut Report,
    id: &str,
    value: &'a crate::template::Value,
    under: Formula,
) {
    let days = |name: &str| {
        let cases = context.resolved.look(value, &["Lifecycle", name], under);
        cases.into_iter().filter_map(|case| Some((case.value.integer()?, case.when, case.source))).collect::<Vec<_>>()
    };
    let moved = days("MoveToColdStorageAfterDays");
    for (deleted, when, source) in days("DeleteAfterDays") {
        for (moved, other, _) in &moved {
            let both = context.resolved.and(when, *other);
            if deleted - moved < LEAST_IN_COLD_STORAGE && context.resolved.is_certainly_possible(both) {
                let message =
                    format!("a backup that moves to cold storage after {moved} days is deleted after {deleted}");
                let help = format!("delete it after {} days or later", moved + LEAST_IN_COLD_STORAGE);
                report.at(context.resolved.place(id, source), message).help = Some(help);
            }
        }
    }
}
