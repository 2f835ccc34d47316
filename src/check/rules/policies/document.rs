//! Policy documents read under conditions: what of their structure IAM refuses.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::condition;
use crate::resolve::{Case, Formula, Piece, Resolution, Resolved};
use crate::template::{Map, Value, is_macro};

/// A sort of policy: what its statements have and lack.
pub(super) struct Sort {
    /// Whether statements name a principal; otherwise they must not.
    pub has_principal: bool,
    /// Whether statements name resources; otherwise they must not.
    pub has_resource: bool,
    /// Whether no two statements may have one `Sid`.
    pub unique_sids: bool,
    /// Whether a `Sid` is letters and digits only.
    pub plain_sids: bool,
    /// Whether `*` may stand for all resources.
    pub any_resource: bool,
}

/// What is wrong, and where.
pub(super) struct Fault<'a> {
    /// The part of the template.
    pub at: &'a Value,
    /// The key below it, where it is about one.
    pub key: Option<&'a str>,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
    /// Whether it is about the ARN of a resource.
    pub is_arn: bool,
}

/// Everything that is wrong with a document, wherever the condition that leads to it can hold.
pub(super) fn faults<'a>(resolved: &Resolved<'a>, sort: &Sort, document: &'a Value, under: Formula) -> Vec<Fault<'a>> {
    let mut reader = Reader { resolved, sort, faults: Vec::new() };
    for case in resolved.value(document, under) {
        match case.value {
            Resolution::Map(map) => reader.document(map, case.source, case.when),
            Resolution::List(_) | Resolution::Null | Resolution::Bool(_) | Resolution::Number(_) => {
                reader.fault(case.source, "a policy document is a map".into(), "write `Version` and `Statement` in it");
            }
            _ => {}
        }
    }
    reader.faults
}

/// Reads a document and takes down what is wrong.
pub(super) struct Reader<'r, 'a> {
    resolved: &'r Resolved<'a>,
    sort: &'r Sort,
    faults: Vec<Fault<'a>>,
}

const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Action", "NotAction", "Condition", "Principal", "NotPrincipal", "Resource", "NotResource"];

impl<'a> Reader<'_, 'a> {
    fn document(&mut self, map: &'a Map, at: &'a Value, under: Formula) {
        for (key, value) in map {
            match key.as_str() {
                "Statement" => self.statements(value, under),
                "Version" => self.one_of(value, under, "Version", &["2012-10-17", "2008-10-17"]),
                "Id" => {}
                key if is_macro(key) => {}
                key => self.key(
                    at,
                    key,
                    format!("a policy document has no `{key}`"),
                    "it has `Version`, `Id`, `Statement`",
                ),
            }
        }
        self.need(map, at, &["Statement"], under, "the policy document");
    }

    fn statements(&mut self, value: &'a Value, under: Formula) {
        let mut sids: HashMap<String, Formula> = HashMap::new();
        for element in self.resolved.elements_in(value, &[], under) {
            match &element.value {
                Resolution::Map(map) => {
                    self.statement(map, element.source, element.when);
                    self.sid(map, element.when, &mut sids);
                }
                Resolution::Symbol(_) | Resolution::Mixed(_) => {}
                _ => self.fault(
                    element.source,
                    "a statement is a map".into(),
                    "write `Effect`, `Action` and so on in it",
                ),
            }
        }
    }

    fn sid(&mut self, map: &'a Map, under: Formula, known: &mut HashMap<String, Formula>) {
        for Case { when, value, source } in map.get("Sid").into_iter().flat_map(|sid| self.resolved.value(sid, under)) {
            let Some(sid) = value.text() else { continue };
            if self.sort.plain_sids && !sid.chars().all(|character| character.is_ascii_alphanumeric()) {
                self.fault(
                    source,
                    format!("the `Sid` `{sid}` is not of letters and digits only"),
                    "leave the others out",
                );
            }
            let taken = known.entry(sid.to_owned()).or_insert(Formula::FALSE);
            let twice = self.resolved.and(*taken, when);
            *taken = self.resolved.or(*taken, when);
            let is_so = twice == when || self.resolved.is_certainly_possible(twice);
            if self.sort.unique_sids && !sid.is_empty() && is_so {
                self.fault(source, format!("two statements have the `Sid` `{sid}`"), "give each its own, or none");
            }
        }
    }

    fn statement(&mut self, map: &'a Map, at: &'a Value, under: Formula) {
        for (key, value) in map {
            let key = key.as_str();
            match key {
                "Effect" => self.one_of(value, under, "Effect", &["Allow", "Deny"]),
                "Action" | "NotAction" => self.actions(value, under),
                "Condition" => condition::read(self, value, under),
                "Principal" | "NotPrincipal" if self.sort.has_principal => self.principal(value, under),
                "Resource" | "NotResource" if self.sort.has_resource => self.arns(value, under),
                "Principal" | "NotPrincipal" => {
                    let message = format!("a policy of an identity has no `{key}`");
                    self.key(at, key, message, "leave it out: the policy is about whom it is attached to");
                }
                "Resource" | "NotResource" => {
                    let message = format!("a policy of this sort has no `{key}`");
                    self.key(at, key, message, "leave it out: the policy is about what it is attached to");
                }
                "Sid" => {}
                key if is_macro(key) => {}
                key => self.key(at, key, format!("a statement has no `{key}`"), &like(key)),
            }
        }
        self.need(map, at, &["Effect"], under, "the statement");
        self.need(map, at, &["Action", "NotAction"], under, "the statement");
        if self.sort.has_principal {
            self.need(map, at, &["Principal", "NotPrincipal"], under, "the statement");
        }
        if self.sort.has_resource {
            self.need(map, at, &["Resource", "NotResource"], under, "the statement");
        }
    }

    /// One of the names, and no two of them, is there.
    fn need(&mut self, map: &'a Map, at: &'a Value, names: &[&str], under: Formula, what: &str) {
        let resolved = self.resolved;
        let (mut any, mut twice) = (Formula::FALSE, Formula::FALSE);
        for value in names.iter().filter_map(|name| map.get(*name)) {
            let cases = resolved.value(value, under).into_iter().filter(|case| !case.value.is_absent());
            let here = cases.fold(Formula::FALSE, |here, case| resolved.or(here, case.when));
            twice = resolved.or(twice, resolved.and(any, here));
            any = resolved.or(any, here);
        }
        let none = resolved.and(under, resolved.not(any));
        let named = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
        let is_so = names.iter().all(|name| !map.contains_key(*name)) || resolved.is_certainly_possible(none);
        if is_so && !map.keys().any(|key| is_macro(key)) {
            let place = resolved.place_where(none);
            let place = if resolved.implies(under, none) { String::new() } else { place };
            let message = match names {
                [name] => format!("{what} has no `{name}`{place}"),
                _ => format!("{what} has neither {}{place}", named.join(" nor ")),
            };
            self.fault(at, message, &format!("add {}", named.join(" or ")));
        }
        if resolved.is_certainly_possible(twice) {
            self.fault(at, format!("{what} has both {}", named.join(" and ")), "leave one of them out");
        }
    }

    fn one_of(&mut self, value: &'a Value, under: Formula, name: &str, known: &[&str]) {
        for case in self.resolved.value(value, under) {
            let wrong = match &case.value {
                Resolution::Map(_) | Resolution::List(_) | Resolution::Null => Some("what stands here".to_owned()),
                value => value.spelled().filter(|text| !known.contains(&&**text)).map(|text| format!("`{text}`")),
            };
            if let Some(wrong) = wrong {
                let known = known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(" or ");
                self.fault(case.source, format!("{wrong} is no `{name}`"), &format!("write {known}"));
            }
        }
    }

    /// The texts of what is one text or a list of them; what is neither is told.
    fn texts(&mut self, value: &'a Value, under: Formula, what: &str) -> Vec<(Resolution<'a>, &'a Value)> {
        let mut texts = Vec::new();
        for case in self.resolved.value(value, under) {
            match case.value {
                Resolution::List(elements) => {
                    for element in elements {
                        match element.value {
                            Resolution::Map(_) | Resolution::List(_) => self.no_text(element.source, what),
                            value => texts.push((value, element.source)),
                        }
                    }
                }
                Resolution::Map(_) | Resolution::Null => self.no_text(case.source, what),
                Resolution::Absent => {}
                value => texts.push((value, case.source)),
            }
        }
        texts
    }

    fn no_text(&mut self, at: &'a Value, what: &str) {
        self.fault(at, format!("this is no {what}"), &format!("write text, or a list of texts: each is one {what}"));
    }

    fn actions(&mut self, value: &'a Value, under: Formula) {
        if value.as_list().is_some_and(<[Value]>::is_empty) {
            self.fault(value, "there is no action here".into(), "name one, such as `s3:GetObject`");
        }
        self.texts(value, under, "action");
    }

    fn arns(&mut self, value: &'a Value, under: Formula) {
        for (arn, at) in self.texts(value, under, "ARN") {
            let wrong = match &arn {
                Resolution::Text(text) => (!self.is_arn(text)).then(|| text.to_string()),
                Resolution::Mixed(pieces) => match pieces.first() {
                    Some(Piece::Text(text)) if !text.starts_with("arn:") && !"arn:".starts_with(&**text) => {
                        Some(format!("{text}…"))
                    }
                    _ => None,
                },
                _ => None,
            };
            if let Some(wrong) = wrong {
                let help = "write `arn:<partition>:<service>:<region>:<account>:<resource>`";
                let message = format!("`{wrong}` is no ARN of a resource");
                let (key, help) = (None, help.to_owned());
                self.faults.push(Fault { at, key, message, help, is_arn: true });
            }
        }
    }

    fn is_arn(&self, text: &str) -> bool {
        (text == "*" && self.sort.any_resource) || ARN.is_match(text)
    }

    fn principal(&mut self, value: &'a Value, under: Formula) {
        for case in self.resolved.value(value, under) {
            match &case.value {
                Resolution::Map(map) => {
                    for (key, names) in *map {
                        match key.as_str() {
                            "AWS" => self.accounts(names, case.when),
                            "Service" | "Federated" | "CanonicalUser" => _ = self.texts(names, case.when, "principal"),
                            key if is_macro(key) => {}
                            key => {
                                let message = format!("`{key}` is no sort of principal");
                                self.key(
                                    case.source,
                                    key,
                                    message,
                                    "`AWS`, `Service`, `Federated`, `CanonicalUser` are",
                                );
                            }
                        }
                    }
                }
                Resolution::Symbol(_) | Resolution::Mixed(_) | Resolution::Absent => {}
                Resolution::Text(text) if text == "*" => {}
                _ => {
                    let message = "a principal is `*`, or a map from sort to names".to_owned();
                    self.fault(case.source, message, "write `Principal: { Service: … }`, or `AWS:` and so on");
                }
            }
        }
    }

    fn accounts(&mut self, value: &'a Value, under: Formula) {
        for (name, at) in self.texts(value, under, "principal") {
            if let Some(name) = name.spelled().filter(|name| !ACCOUNT.is_match(name)) {
                let message = format!("`{name}` is no account, role or user");
                self.fault(at, message, "write an account's number, or the ARN of a role, a user or an account's root");
            }
        }
    }

    /// What values a condition compares with: text, numbers, truth values.
    pub(super) fn operands(&mut self, value: &'a Value, under: Formula) -> Vec<(Resolution<'a>, &'a Value)> {
        self.texts(value, under, "value to compare with")
    }

    /// What each case of a value is.
    pub(super) fn cases(&self, value: &'a Value, under: Formula) -> Vec<Case<'a>> {
        self.resolved.value(value, under)
    }

    pub(super) fn fault(&mut self, at: &'a Value, message: String, help: &str) {
        self.faults.push(Fault { at, key: None, message, help: help.to_owned(), is_arn: false });
    }

    pub(super) fn key(&mut self, at: &'a Value, key: &'a str, message: String, help: &str) {
        self.faults.push(Fault { at, key: Some(key), message, help: help.to_owned(), is_arn: false });
    }
}

/// The element whose name differs in its case only, or all of them.
fn like(key: &str) -> String {
    let like = ELEMENTS.iter().find(|element| {
        element.eq_ignore_ascii_case(key) || key.strip_suffix('s').is_some_and(|one| element.eq_ignore_ascii_case(one))
    });
    match like {
        Some(element) => format!("did you mean `{element}`?"),
        None => format!("it has {}", ELEMENTS.map(|element| format!("`{element}`")).join(", ")),
    }
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
static ARN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^arn:(aws[A-Za-z-]*|\*):[^:]+:[^:]*(:(\d{12}|\*|aws)?:.+)?$"));

/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(\*|\d{12}|A(ID|RO)A[A-Z0-9]{12,}|arn:aws(-[a-z-]+)?:(iam::\d{12}:(root|user|group|role).*|sts::\d{12}:(assumed-role|federated-user).*|iam::cloudfront:user/.+))$",
    )
});

fn pattern(text: &str) -> Regex {
    // INVARIANT (patterns compile): they are literals, and a test matches with each.
    Regex::new(text).unwrap_or_else(|error| unreachable!("patterns compile: {error}"))
}
