//! What a value of a template reads, written anew for the checker: `${…}` stands for what nobody knows beforehand.

use std::collections::HashSet;

use serde_json::Value as Json;

use crate::resolve::Environment;

/// What cannot be followed.
pub const OPEN: &str = "${?}";
/// A value reads in no more ways.
const MOST: usize = 64;
/// Names are made of names no deeper than this.
const DEEPEST: usize = 8;

/// Reads values of one template.
pub struct Texts<'j> {
    /// The template.
    pub json: &'j Json,
    environment: &'j Environment,
    partition: Option<&'j str>,
}

impl<'j> Texts<'j> {
    /// Of a template that is deployed somewhere.
    pub fn new(json: &'j Json, environment: &'j Environment, partition: Option<&'j str>) -> Self {
        Self { json, environment, partition: environment.partition().or(partition) }
    }

    /// A resource.
    pub fn resource(&self, id: &str) -> Option<&'j Json> {
        super::resource(self.json, id)
    }

    /// The type of a resource.
    pub fn kind(&self, id: &str) -> &'j str {
        self.resource(id).and_then(|it| it.get("Type")).and_then(Json::as_str).unwrap_or_default()
    }

    /// A property by its path, such as `VpcConfig/SubnetIds`.
    pub fn property(&self, id: &str, path: &str) -> Option<&'j Json> {
        self.resource(id)?.pointer(&format!("/Properties/{path}"))
    }

    /// The resource that a value is a reference to.
    pub fn referred(&self, value: &Json) -> Option<String> {
        let named = match (value.get("Ref"), value.get("Fn::GetAtt")) {
            (Some(name), _) => name.as_str(),
            (_, Some(Json::Array(parts))) => parts.first()?.as_str(),
            (_, Some(Json::String(name))) => name.split('.').next(),
            _ => None,
        };
        named.filter(|name| self.resource(name).is_some()).map(str::to_owned)
    }

    /// All that a value may read: one text for each way through its `Fn::If`.
    pub fn of(&self, value: &Json) -> Vec<String> {
        self.read(value, 0)
    }

    /// What a pseudo parameter reads.
    pub fn pseudo(&self, name: &str) -> String {
        match (name, self.environment.pseudo(name), self.partition) {
            (_, Some(known), _) => known.to_owned(),
            ("AWS::Partition", _, Some(partition)) => partition.to_owned(),
            ("AWS::URLSuffix", _, Some("aws" | "aws-us-gov")) => "amazonaws.com".to_owned(),
            _ => format!("${{{name}}}"),
        }
    }

    /// `arn:partition:service:region:account:` of the stack itself.
    pub fn arn(&self, service: &str) -> String {
        let region = if service == "iam" { String::new() } else { self.pseudo("AWS::Region") };
        format!("arn:{}:{service}:{region}:{}:", self.pseudo("AWS::Partition"), self.pseudo("AWS::AccountId"))
    }

    fn read(&self, value: &Json, depth: usize) -> Vec<String> {
        if depth > DEEPEST {
            return vec![OPEN.to_owned()];
        }
        match value {
            Json::String(text) if text.contains("{{resolve:") => vec![OPEN.to_owned()],
            Json::String(text) => vec![text.clone()],
            Json::Number(number) => vec![number.to_string()],
            Json::Bool(truth) => vec![truth.to_string()],
            Json::Object(map) => match map.iter().next() {
                Some((function, argument)) if map.len() == 1 => self.call(function, argument, depth + 1),
                _ => vec![OPEN.to_owned()],
            },
            _ => vec![OPEN.to_owned()],
        }
    }

    fn call(&self, function: &str, argument: &Json, depth: usize) -> Vec<String> {
        let open = || vec![OPEN.to_owned()];
        match (function, argument) {
            ("Ref", Json::String(name)) => self.reference(name, None, depth),
            ("Fn::GetAtt", Json::Array(parts)) => match (parts.first().and_then(Json::as_str), parts.get(1)) {
                (Some(id), Some(Json::String(attribute))) => self.reference(id, Some(attribute), depth),
                _ => open(),
            },
            ("Fn::GetAtt", Json::String(name)) => match name.split_once('.') {
                Some((id, attribute)) => self.reference(id, Some(attribute), depth),
                None => open(),
            },
            ("Fn::Sub", Json::String(text)) => self.substituted(text, &Json::Null, depth),
            ("Fn::Sub", Json::Array(parts)) => match (parts.first().and_then(Json::as_str), parts.get(1)) {
                (Some(text), variables) => self.substituted(text, variables.unwrap_or(&Json::Null), depth),
                _ => open(),
            },
            ("Fn::If", Json::Array(parts)) => {
                let branches = parts.iter().skip(1).filter(|branch| !is_nothing(branch));
                branches.flat_map(|branch| self.read(branch, depth)).take(MOST).collect()
            }
            ("Fn::Join", Json::Array(parts)) => match (parts.first().and_then(Json::as_str), parts.get(1)) {
                (Some(between), Some(Json::Array(values))) => {
                    let values: Vec<&Json> = values.iter().filter(|value| !is_nothing(value)).collect();
                    let each = values.iter().enumerate().flat_map(|(at, value)| {
                        let before = (at > 0).then(|| vec![between.to_owned()]);
                        before.into_iter().chain([self.read(value, depth)])
                    });
                    joined(each)
                }
                _ => open(),
            },
            ("Fn::Select", Json::Array(parts)) => self.selected(parts, depth).unwrap_or_else(open),
            _ => open(),
        }
    }

    /// One of the parts between separators.
    fn selected(&self, parts: &[Json], depth: usize) -> Option<Vec<String>> {
        let [at, list] = parts else { return None };
        let at: usize = super::spelled(at)?.parse().ok()?;
        if let Json::Array(values) = list {
            return Some(self.read(values.get(at)?, depth));
        }
        let [between, of] = list.get("Fn::Split")?.as_array()?.as_slice() else { return None };
        let between = between.as_str()?;
        self.read(of, depth).iter().map(|text| Some(pieces(text, between).get(at)?.clone())).collect()
    }

    fn substituted(&self, text: &str, variables: &Json, depth: usize) -> Vec<String> {
        let mut each = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((inside, after)) = after.split_once('}') else { break };
            each.push(vec![before.to_owned()]);
            each.push(match (inside.strip_prefix('!'), variables.get(inside)) {
                (Some(literal), _) => vec![format!("${{{literal}}}")],
                (None, Some(value)) => self.read(value, depth),
                (None, None) => match inside.split_once('.') {
                    Some((id, attribute)) => self.reference(id, Some(attribute), depth),
                    None => self.reference(inside, None, depth),
                },
            });
            rest = after;
        }
        each.push(vec![rest.to_owned()]);
        joined(each)
    }

    /// What a reference returns, for what is known how that is made up.
    pub fn reference(&self, id: &str, attribute: Option<&str>, depth: usize) -> Vec<String> {
        let one = |text: String| vec![text];
        if id.starts_with("AWS::") {
            return one(self.pseudo(id));
        }
        if self.resource(id).is_none() {
            return one(self.environment.parameter(id).map_or_else(|| format!("${{{id}}}"), str::to_owned));
        }
        let named = |property: &str| match self.property(id, property) {
            Some(value) => self.read(value, depth + 1),
            None => one(format!("${{{id}}}")),
        };
        let behind = |start: String, each: Vec<String>, end: &str| joined([one(start), each, one(end.to_owned())]);
        let (secrets, rds) = (self.arn("secretsmanager"), self.arn("rds"));
        match (self.kind(id), attribute) {
            ("AWS::SecretsManager::Secret", None | Some("Id")) => {
                behind(format!("{secrets}secret:"), named("Name"), &format!("-${{{id}.suffix}}"))
            }
            ("AWS::SecretsManager::SecretTargetAttachment" | "AWS::SecretsManager::ResourcePolicy", None) => {
                named("SecretId")
            }
            ("AWS::RDS::DBInstance", Some("MasterUserSecret.SecretArn")) => {
                one(format!("{secrets}secret:rds!db-${{{id}.secret}}-${{{id}.suffix}}"))
            }
            ("AWS::RDS::DBCluster", Some("MasterUserSecret.SecretArn")) => {
                one(format!("{secrets}secret:rds!cluster-${{{id}.secret}}-${{{id}.suffix}}"))
            }
            ("AWS::IAM::Role", Some("Arn")) => {
                let path = self.property(id, "Path").map_or_else(|| one("/".into()), |path| self.read(path, depth + 1));
                joined([one(format!("{}role", self.arn("iam"))), path, named("RoleName")])
            }
            ("AWS::IAM::Role", None) => named("RoleName"),
            ("AWS::KMS::Key", Some("Arn")) => one(format!("{}key/${{{id}.id}}", self.arn("kms"))),
            ("AWS::KMS::Key", None | Some("KeyId")) => one(format!("${{{id}.id}}")),
            ("AWS::Lambda::Function", Some("Arn")) => {
                behind(format!("{}function:", self.arn("lambda")), named("FunctionName"), "")
            }
            ("AWS::Lambda::Function", None) => named("FunctionName"),
            ("AWS::RDS::DBProxy", Some("DBProxyArn")) => one(format!("{rds}db-proxy:prx-${{{id}.id}}")),
            ("AWS::RDS::DBInstance", Some("DbiResourceId")) => one(format!("db-${{{id}.id}}")),
            ("AWS::RDS::DBCluster", Some("DBClusterResourceId")) => one(format!("cluster-${{{id}.id}}")),
            ("AWS::RDS::DBInstance", Some("DBInstanceArn")) => {
                behind(format!("{rds}db:"), named("DBInstanceIdentifier"), "")
            }
            ("AWS::RDS::DBCluster", Some("DBClusterArn")) => {
                behind(format!("{rds}cluster:"), named("DBClusterIdentifier"), "")
            }
            ("AWS::Logs::LogGroup", Some("Arn")) => {
                behind(format!("{}log-group:", self.arn("logs")), named("LogGroupName"), ":*")
            }
            ("AWS::EC2::VPCEndpoint", None | Some("Id")) => one(format!("vpce-${{{id}}}")),
            ("AWS::EC2::VPC", None | Some("VpcId")) => one(format!("vpc-${{{id}}}")),
            (_, Some(attribute)) => one(format!("${{{id}.{attribute}}}")),
            (_, None) => one(format!("${{{id}}}")),
        }
    }

    /// Whether two unknowns are ids of two resources, which are never the same.
    fn are_apart(&self, one: &str, other: &str) -> bool {
        let is_id = |hole: &str| {
            let (id, attribute) = hole.split_once('.').unwrap_or((hole, ""));
            matches!(attribute, "" | "id" | "secret") && self.resource(id).is_some()
        };
        one != other && is_id(one) && is_id(other)
    }

    /// Whether a pattern matches a text whatever the unknowns stand for.
    pub fn covers(&self, pattern: &str, text: &str, is_wild: bool) -> bool {
        let (pattern, text) = (units(pattern, is_wild), units(text, false));
        walk(&pattern, &text, &|one, other| match (one?, other) {
            (Unit::Many(_), None) => Some((true, false, None)),
            (Unit::Many(within), Some(unit)) => {
                Some((true, false, (!*within || !unit.may_be(':')).then_some((false, true))))
            }
            (Unit::One, Some(Unit::Char(_) | Unit::Part(..))) => Some((false, false, Some((true, true)))),
            (one, Some(other)) => (one == other && !one.is_open()).then_some((false, false, Some((true, true)))),
            _ => None,
        })
    }

    /// Whether a pattern matches a text for some value of the unknowns, as far as that is seen.
    pub fn may_cover(&self, pattern: &str, text: &str, is_wild: bool) -> bool {
        let (pattern, text) = (units(pattern, is_wild), units(text, false));
        walk(&pattern, &text, &|one, other| match (one, other) {
            (Some(Unit::Many(_)), None) => Some((true, false, None)),
            (Some(Unit::Many(within)), Some(unit)) => {
                Some((true, false, (!*within || *unit != Unit::Char(':')).then_some((false, true))))
            }
            (Some(Unit::Hole(one)), Some(Unit::Hole(other))) if self.are_apart(one, other) => None,
            (Some(one), Some(other)) if one == other => Some((false, false, Some((true, true)))),
            // An unknown has one character or more: it is left with the last of them, and kept before.
            (Some(one), Some(other)) if one.meets(other) => {
                let (keep_one, keep_other) = (matches!(one, Unit::Hole(_)), matches!(other, Unit::Hole(_)));
                Some((keep_other, keep_one, Some((true, true))))
            }
            _ => None,
        })
    }
}

/// `AWS::NoValue`.
fn is_nothing(value: &Json) -> bool {
    value.get("Ref").and_then(Json::as_str) == Some("AWS::NoValue")
}

/// Every way to put texts together.
fn joined(each: impl IntoIterator<Item = Vec<String>>) -> Vec<String> {
    each.into_iter().fold(vec![String::new()], |all, next| {
        let both = all.iter().flat_map(|start| next.iter().map(move |end| format!("{start}{end}")));
        both.take(MOST).collect()
    })
}

/// The parts of a text between separators, of which none stands in an unknown.
fn pieces(text: &str, between: &str) -> Vec<String> {
    let (mut found, mut rest, mut open) = (vec![String::new()], text, false);
    while let Some(next) = rest.chars().next() {
        if !open && !between.is_empty() && rest.starts_with(between) {
            found.push(String::new());
            rest = &rest[between.len()..];
            continue;
        }
        open = (open || rest.starts_with("${")) && next != '}';
        if let Some(last) = found.last_mut() {
            last.push(next);
        }
        rest = &rest[next.len_utf8()..];
    }
    found
}

/// A place in a text or pattern.
#[derive(Clone, Debug, PartialEq)]
enum Unit {
    Char(char),
    /// What is not known, of one character or more.
    Hole(String),
    /// One of the characters of an unknown of which there are so many.
    Part(String, usize),
    /// `?`.
    One,
    /// `*`; whether it stays in its segment of an ARN.
    Many(bool),
}

impl Unit {
    fn is_open(&self) -> bool {
        *self == Self::Hole("?".to_owned())
    }

    /// Whether a character can be in it.
    fn may_be(&self, c: char) -> bool {
        match self {
            Self::Char(own) => *own == c,
            Self::Hole(name) if name == "AWS::AccountId" => c.is_ascii_digit(),
            Self::Hole(name) if name.starts_with("AWS::") || name.ends_with(".id") => {
                c.is_ascii_alphanumeric() || c == '-'
            }
            Self::Hole(_) | Self::One | Self::Many(_) => true,
            Self::Part(..) => c.is_ascii_alphanumeric(),
        }
    }

    /// Whether both can be the same character.
    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Char(c), other) | (other, Self::Char(c)) => other.may_be(*c),
            _ => true,
        }
    }
}

/// The suffix of a secret's ARN has so many characters.
///
/// Source: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html>
const SUFFIX: usize = 6;

fn units(text: &str, is_wild: bool) -> Vec<Unit> {
    let (mut found, mut rest, mut colons) = (Vec::new(), text, 0);
    while let Some(next) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
            match name.ends_with(".suffix") {
                true => found.extend((0..SUFFIX).map(|at| Unit::Part(name.to_owned(), at))),
                false => found.push(Unit::Hole(name.to_owned())),
            }
            rest = after;
            continue;
        }
        rest = &rest[next.len_utf8()..];
        colons += usize::from(next == ':');
        // In the first five segments of an ARN, a wildcard with more of the segment behind it stays within.
        let within = colons < 5 && !matches!(rest.chars().next(), None | Some(':' | '*'));
        found.push(match next {
            '*' if is_wild => Unit::Many(within && text.starts_with("arn:")),
            '?' if is_wild => Unit::One,
            c => Unit::Char(c),
        });
    }
    found
}

/// How a pair of places can be passed: by leaving the first, by leaving the second, and which of them a common step leaves.
type Passing = (bool, bool, Option<(bool, bool)>);

/// Whether both ends can be reached.
fn walk(one: &[Unit], other: &[Unit], pass: &dyn Fn(Option<&Unit>, Option<&Unit>) -> Option<Passing>) -> bool {
    let (mut seen, mut open) = (HashSet::new(), vec![(0, 0)]);
    while let Some((a, b)) = open.pop() {
        if a == one.len() && b == other.len() {
            return true;
        }
        if !seen.insert((a, b)) {
            continue;
        }
        let Some((first, second, both)) = pass(one.get(a), other.get(b)) else { continue };
        open.extend(first.then_some((a + 1, b)));
        open.extend(second.then_some((a, b + 1)));
        open.extend(both.map(|(first, second)| (a + usize::from(first), b + usize::from(second))));
    }
    false
}
