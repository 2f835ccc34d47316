//! Policies as they stand in a template, and whether a statement is what is claimed of it.

use serde_json::Value as Json;

use super::text::{OPEN, Texts};
use crate::prove::answer::{Asked, Covering, Test};

/// A statement where it stands.
#[derive(Clone, Debug)]
pub struct Statement<'j> {
    /// The resource that has it.
    pub resource: String,
    /// The pointer to it.
    pub path: String,
    /// It.
    pub json: &'j Json,
    /// Whether it is there under a condition only.
    pub is_conditional: bool,
}

/// The parts that a value may come to: elements of lists, branches of `Fn::If`; each with its path, and whether it is there
/// under a condition only.
fn unfolded<'j>(value: &'j Json, path: String, conditional: bool, found: &mut Vec<(String, &'j Json, bool)>) {
    match (value, value.get("Fn::If").and_then(Json::as_array)) {
        (_, Some(parts)) => {
            for (at, branch) in parts.iter().enumerate().skip(1) {
                unfolded(branch, format!("{path}/Fn::If/{at}"), true, found);
            }
        }
        (Json::Array(values), None) => {
            for (at, value) in values.iter().enumerate() {
                unfolded(value, format!("{path}/{at}"), conditional, found);
            }
        }
        (_, None) => found.push((path, value, conditional)),
    }
}

/// The parts of what stands below a key.
fn below<'j>(parts: Vec<(String, &'j Json, bool)>, key: &str) -> Vec<(String, &'j Json, bool)> {
    let mut found = Vec::new();
    for (path, value, conditional) in parts {
        if let Some(value) = value.get(key) {
            unfolded(value, format!("{path}/{key}"), conditional, &mut found);
        }
    }
    found
}

/// The values that an element of a statement has.
fn leaves<'j>(value: &'j Json) -> Vec<&'j Json> {
    let mut found = Vec::new();
    unfolded(value, String::new(), false, &mut found);
    found.into_iter().map(|(_, value, _)| value).collect()
}

impl<'j> Texts<'j> {
    /// The statements of the policy documents below a property of a resource: `AssumeRolePolicyDocument`, or
    /// `Policies/PolicyDocument`.
    pub fn statements(&self, id: &str, property: &str) -> Vec<Statement<'j>> {
        let Some(whole) = self.resource(id) else { return Vec::new() };
        let conditional = whole.get("Condition").is_some();
        let mut parts = vec![(format!("/Resources/{id}"), whole, conditional)];
        for key in std::iter::once("Properties").chain(property.split('/')).chain(["Statement"]) {
            parts = below(parts, key);
        }
        let made = |(path, json, is_conditional)| Statement { resource: id.to_owned(), path, json, is_conditional };
        parts.into_iter().map(made).collect()
    }

    /// The statements of the identity policies of a role that stand in the template.
    pub fn of_role(&self, role: &str) -> Vec<Statement<'j>> {
        let mut found = self.statements(role, "Policies/PolicyDocument");
        let attaching =
            [("AWS::IAM::Policy", "Roles"), ("AWS::IAM::ManagedPolicy", "Roles"), ("AWS::IAM::RolePolicy", "RoleName")];
        for (id, property) in attaching.into_iter().flat_map(|(kind, of)| self.of_kind(kind).map(move |id| (id, of))) {
            let names = self.property(id, property).is_some_and(|value| self.names(value, role));
            let is_named = || self.property(role, "ManagedPolicyArns").is_some_and(|value| self.names(value, id));
            if names || is_named() {
                found.extend(self.statements(id, "PolicyDocument"));
            }
        }
        found
    }

    /// The resources of a type.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'j str> {
        let all = self.json.get("Resources").and_then(Json::as_object).into_iter().flatten();
        all.filter(move |(_, it)| it.get("Type").and_then(Json::as_str) == Some(kind)).map(|(id, _)| id.as_str())
    }

    /// Whether a value names a resource: by reference, or by its name or ARN.
    pub fn names(&self, value: &Json, id: &str) -> bool {
        let spelled = [None, Some("Arn")].into_iter().flat_map(|attribute| self.reference(id, attribute, 0));
        let spelled: Vec<String> = spelled.collect();
        leaves(value).into_iter().any(|leaf| {
            self.referred(leaf).as_deref() == Some(id) || self.of(leaf).iter().any(|text| spelled.contains(text))
        })
    }

    /// Why a statement doesn't allow a request as is claimed, if it does not.
    pub fn allows(&self, statement: &Json, asked: &Asked, by: &[Covering], given: &[Test]) -> Option<String> {
        if statement.get("Effect").and_then(Json::as_str) != Some("Allow") {
            return Some("is no `Allow`".to_owned());
        }
        self.is_about(statement, asked, by, given)
    }

    /// Why a statement is not about a request as is claimed, if it is not, whatever its effect.
    pub fn is_about(&self, statement: &Json, asked: &Asked, by: &[Covering], given: &[Test]) -> Option<String> {
        let elements = elements(statement);
        if by.len() != elements.len() || !by.iter().all(|one| elements.contains(&one.element.as_str())) {
            return Some("has other elements".to_owned());
        }
        let wrong = by.iter().find(|one| !self.is_covered(statement, asked, one));
        if let Some(wrong) = wrong {
            return Some(format!("does not cover that by its `{}`", wrong.element));
        }
        let tests = tests(statement);
        let is_told = |(operator, key, _): &(String, String, &Json)| {
            given.iter().any(|test| test.operator == *operator && test.key == *key)
        };
        if given.len() != tests.len() || !tests.iter().all(is_told) {
            return Some("has other conditions".to_owned());
        }
        let wrong = given.iter().find(|test| !self.stands_there(statement, test));
        wrong.map(|test| format!("has no such condition of `{}`", test.key))
    }

    /// Whether a denial is not about a request by the element that is claimed. Of a condition, whether it is there.
    pub fn spares(&self, statement: &Json, asked: &Asked, element: &str, test: Option<&Test>) -> Option<String> {
        if statement.get("Effect").and_then(Json::as_str) != Some("Deny") {
            return Some("is no `Deny`".to_owned());
        }
        match (element, test) {
            ("Condition", Some(test)) => {
                (!self.stands_there(statement, test)).then(|| format!("has no such condition of `{}`", test.key))
            }
            (name, None) if elements(statement).contains(&name) => (!self.is_missed(statement, asked, name))
                .then(|| format!("may deny that, for all that its `{name}` says")),
            _ => Some(format!("has no `{element}`")),
        }
    }

    fn is_covered(&self, statement: &Json, asked: &Asked, covering: &Covering) -> bool {
        let Some(value) = statement.get(&covering.element) else { return false };
        match (covering.element.as_str(), &covering.by) {
            ("Action", Some(by)) => self.has(value, by) && self.covers(&folded(by), &folded(&asked.action), true),
            ("Resource", Some(by)) => self.has(value, by) && self.covers(by, &asked.on, true),
            ("Principal", Some(by)) => {
                self.named_by(value).any(|(kind, text)| text == *by && self.is_name_of(&asked.who, kind, by))
            }
            ("NotAction", None) => {
                let action = folded(&asked.action);
                self.all(value).all(|text| !self.may_cover(&folded(&text), &action, true))
            }
            ("NotResource", None) => self.all(value).all(|text| !self.may_cover(&text, &asked.on, true)),
            ("NotPrincipal", None) => {
                self.named_by(value).all(|(kind, text)| !self.is_name_of(&asked.who, kind, &text))
            }
            _ => false,
        }
    }

    /// Whether an element is certainly not about a request.
    fn is_missed(&self, statement: &Json, asked: &Asked, element: &str) -> bool {
        let Some(value) = statement.get(element) else { return false };
        let action = folded(&asked.action);
        match element {
            "Action" => self.all(value).all(|text| !self.may_cover(&folded(&text), &action, true)),
            "Resource" => self.all(value).all(|text| !self.may_cover(&text, &asked.on, true)),
            "Principal" => self.named_by(value).all(|(kind, text)| !self.may_be_name_of(&asked.who, kind, &text)),
            "NotAction" => self.all(value).any(|text| self.covers(&folded(&text), &action, true)),
            "NotResource" => self.all(value).any(|text| self.covers(&text, &asked.on, true)),
            "NotPrincipal" => self.named_by(value).any(|(kind, text)| self.is_name_of(&asked.who, kind, &text)),
            _ => false,
        }
    }

    /// Whether a denial is of exactly an action and what it is done on, under no condition, by whomever.
    pub fn denies_plainly(&self, statement: &Json, asked: &Asked) -> bool {
        let says = |element: &str, what: &str| {
            statement.get(element).is_some_and(|value| self.all(value).any(|text| folded(&text) == folded(what)))
        };
        statement.get("Effect").and_then(Json::as_str) == Some("Deny")
            && statement.get("Condition").is_none()
            && statement.get("Principal").is_none()
            && (says("Action", &asked.action) || says("Action", "*"))
            && (says("Resource", &asked.on) || says("Resource", "*"))
    }

    fn all<'s>(&'s self, value: &'s Json) -> impl Iterator<Item = String> + 's {
        leaves(value).into_iter().flat_map(|leaf| self.of(leaf))
    }

    fn has(&self, value: &Json, text: &str) -> bool {
        self.all(value).any(|one| one == text)
    }

    /// Whom a statement names, with the kind of each.
    fn named_by<'s>(&'s self, value: &'s Json) -> impl Iterator<Item = (&'s str, String)> {
        let kinds: Vec<(&str, &Json)> = match value {
            Json::Object(map) if !map.keys().any(|key| key.starts_with("Fn::") || key == "Ref") => {
                map.iter().map(|(kind, names)| (kind.as_str(), names)).collect()
            }
            other => vec![("AWS", other)],
        };
        kinds.into_iter().flat_map(|(kind, names)| self.all(names).map(move |text| (kind, text)))
    }

    /// Whether a name in a policy is that of a role, of its account, of anyone, or of a service.
    fn is_name_of(&self, who: &str, kind: &str, name: &str) -> bool {
        match (self.kind(who), kind) {
            ("AWS::IAM::Role", "AWS") => {
                name == "*" || self.account().iter().any(|own| own == name) || self.is_itself(who, name)
            }
            ("AWS::IAM::Role", _) => false,
            (_, kind) => (kind == "Service" && name == who) || (kind == "AWS" && name == "*"),
        }
    }

    /// Whether a name in a policy is that of a role itself, or of anyone.
    pub fn is_itself(&self, role: &str, name: &str) -> bool {
        name == "*" || self.reference(role, Some("Arn"), 0).iter().any(|arn| arn == name)
    }

    fn may_be_name_of(&self, who: &str, kind: &str, name: &str) -> bool {
        let arns = || self.reference(who, Some("Arn"), 0).into_iter().chain(self.account());
        match (self.kind(who), kind) {
            (_, "AWS") if name == "*" => true,
            ("AWS::IAM::Role", "AWS") => arns().any(|arn| self.may_cover(name, &arn, false)),
            ("AWS::IAM::Role", _) => false,
            (_, kind) => kind == "Service" && self.may_cover(name, who, false),
        }
    }

    /// The names of the stack's account.
    fn account(&self) -> [String; 2] {
        [self.pseudo("AWS::AccountId"), format!("{}root", self.arn("iam"))]
    }

    /// Whether a condition stands in a statement, with the values that are claimed.
    fn stands_there(&self, statement: &Json, test: &Test) -> bool {
        let tests = tests(statement);
        let there = tests.iter().find(|(operator, key, _)| *operator == test.operator && *key == test.key);
        let Some((.., values)) = there else { return false };
        let leaves = leaves(values);
        let told = |leaf: &&Json| self.of(leaf).iter().any(|text| test.values.contains(text));
        let is_whole = leaves.iter().all(told) || is_choice(values);
        let all: Vec<String> = leaves.iter().flat_map(|leaf| self.of(leaf)).collect();
        is_whole && !test.values.is_empty() && test.values.iter().all(|value| all.contains(value))
    }

    /// Whether something of a statement cannot be followed.
    pub fn is_open(&self, statement: &Json, elements: &[Covering]) -> bool {
        let values = elements.iter().filter_map(|one| statement.get(&one.element));
        values
            .flat_map(leaves)
            .filter(|leaf| !leaf.is_object() || leaf.as_object().is_some_and(|map| map.len() == 1))
            .any(|leaf| self.of(leaf).iter().any(|text| text.contains(OPEN)))
    }
}

fn is_choice(values: &Json) -> bool {
    leaves(values).len() > 1 && values.get("Fn::If").is_some()
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// The elements of a statement by which it is about requests, but for its conditions.
fn elements(statement: &Json) -> Vec<&'static str> {
    let pairs = [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")];
    let there = |name: &str| statement.get(name).is_some();
    pairs.into_iter().filter_map(|(one, not)| if there(one) { Some(one) } else { there(not).then_some(not) }).collect()
}

/// The conditions of a statement: operator, key, values.
fn tests(statement: &Json) -> Vec<(String, String, &Json)> {
    let operators = statement.get("Condition").into_iter().flat_map(leaves).filter_map(Json::as_object).flatten();
    let mut found = Vec::new();
    for (operator, keys) in operators {
        for (key, values) in leaves(keys).into_iter().filter_map(Json::as_object).flatten() {
            found.push((operator.clone(), key.clone(), values));
        }
    }
    found
}
