//! Who is named by a policy.

use super::request::Requester;
use crate::iam::glob::{Compiled, Reading};
use crate::iam::{Certainty, Text, Tree};

/// Whom a statement names.
#[derive(Clone, Debug)]
pub struct Principals {
    /// Whether it is `NotPrincipal`: everyone else.
    pub not: bool,
    /// Each, by its kind: `AWS`, `Service`, `Federated`, `CanonicalUser`; `*` alone is of kind `AWS`.
    pub names: Vec<(String, Text)>,
    /// Why not all of them are known.
    pub open: Option<String>,
}

/// By what a principal was found in a policy. Which of a request's other limits count depends on it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// A user, a session, a service: nothing else has to allow.
    Itself,
    /// A role: boundary and session policies limit it.
    Role,
    /// Anyone: whether boundary and session policies limit it is not documented.
    Anyone,
    /// The account: its identity policies decide.
    Account,
}

impl Principals {
    /// Reads a statement's `Principal` or `NotPrincipal`.
    pub(super) fn read(tree: &Tree, not: bool) -> Self {
        let mut read = Self { not, names: Vec::new(), open: None };
        match &tree.kind {
            crate::iam::TreeKind::Map(map) => map.iter().for_each(|(kind, names)| read.add(kind, names)),
            _ => read.add("AWS", tree),
        }
        read
    }

    fn add(&mut self, kind: &str, names: &Tree) {
        for name in names.elements() {
            match name.text() {
                Some(text) => self.names.push((kind.to_owned(), text.clone())),
                None => self.open = Some("not everyone whom it names is known".into()),
            }
        }
    }

    /// Whether it names a requester through one of the ways.
    pub(super) fn name(&self, requester: &Requester, through: Through) -> Certainty {
        let named = self.names.iter().map(|(kind, name)| named(kind, name, requester, through));
        let found = Certainty::any(named);
        if self.open.is_some() { found.or(Certainty::Unknown) } else { found }
    }

    /// By which name it names a requester for certain.
    pub(super) fn name_of(&self, requester: &Requester) -> Option<&Text> {
        let ways = [Through::Itself, Through::Role, Through::Anyone, Through::Account];
        let is_it =
            |kind: &str, name: &Text| ways.iter().any(|way| named(kind, name, requester, *way) == Certainty::Yes);
        self.names.iter().find(|(kind, name)| is_it(kind, name)).map(|(_, name)| name)
    }

    /// Whether it names a requester in any way.
    pub(super) fn names_at_all(&self, requester: &Requester) -> Certainty {
        let ways = [Through::Itself, Through::Role, Through::Anyone, Through::Account];
        Certainty::any(ways.map(|through| self.name(requester, through)))
    }
}

fn named(kind: &str, name: &Text, requester: &Requester, through: Through) -> Certainty {
    match (requester, kind) {
        (Requester::Service(service), "Service") if through == Through::Itself => equal(name, service),
        (_, "AWS") if name.known() == Some("*") => (through == Through::Anyone).into(),
        (Requester::Identity { account, arn, session, is_role }, "AWS") => match through {
            Through::Itself if *is_role => session.as_ref().map_or(Certainty::No, |session| equal(name, session)),
            Through::Itself => equal(name, arn),
            Through::Role => is_role.then(|| equal(name, arn)).unwrap_or(Certainty::No),
            Through::Account => is_account(name, account),
            Through::Anyone => Certainty::No,
        },
        _ => Certainty::No,
    }
}

/// No wildcard stands in a principal but `*` alone.
fn equal(one: &Text, other: &Text) -> Certainty {
    Compiled::new(one, Reading::PLAIN).matches(&Compiled::new(other, Reading::PLAIN))
}

/// Whether a name is an account: its id, or the ARN of its root.
fn is_account(name: &Text, account: &Text) -> Certainty {
    let by_id = equal(name, account);
    let by_root = match name.split(':', 6).as_deref() {
        Some([arn, _, iam, region, of, root])
            if arn.known() == Some("arn") && iam.known() == Some("iam") && region.known() == Some("") =>
        {
            equal(root, &"root".into()).and(equal(of, account))
        }
        Some(_) => Certainty::No,
        None => Certainty::Unknown,
    };
    by_id.or(by_root)
}
