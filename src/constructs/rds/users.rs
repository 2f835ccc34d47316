//! Database users, and who of them a proxy lets in.

use super::proxy::{DatabaseProxy, connect};
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::Statement;
use crate::stack::{self, Handle, Link, Stack};

/// A user that the proxy cannot log in as.
const STRANGER: Code = Code::new("S1303", "user-without-credentials");

/// A database user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DbUser {
    /// The one of this name.
    Named(String),
    /// Any of them, the master user included.
    Any,
}

/// The database user of this name.
pub fn user(name: impl Into<String>) -> DbUser {
    DbUser::Named(name.into())
}

impl DbUser {
    /// As the last part of a `dbuser` ARN has it.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html>
    pub fn pattern(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Any => "*",
        }
    }
}

/// Whoever says which database user is meant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no database user",
    label = "not a database user",
    note = "a database user is named: `user(\"billie\")`"
)]
pub trait NamesUser {
    /// The user.
    fn db_user(self) -> DbUser;
}

impl NamesUser for DbUser {
    fn db_user(self) -> DbUser {
        self
    }
}

/// The statements of logging in as `user` at the proxy, which must have the user's secret.
pub(super) fn connect_as(
    stack: &Stack,
    proxy: Handle<DatabaseProxy>,
    user: &DbUser,
) -> Result<Vec<Statement<Link>>, Box<Diagnostic>> {
    match stranger(stack, proxy, user) {
        Some(finding) => Err(Box::new(finding)),
        None => Ok(vec![connect(proxy, user)]),
    }
}

/// What is wrong with a user that the proxy has no credentials of. Of a proxy some of whose users are not known, nothing
/// is: the user may be one of them.
///
/// Source: `This RDS proxy has no credentials for the role` in
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html>
fn stranger(stack: &Stack, proxy: Handle<DatabaseProxy>, user: &DbUser) -> Option<Diagnostic> {
    let auth = &stack.noun(proxy)?.auth;
    let kept = auth.secrets.iter().map(|secret| secret.user(stack)).collect::<Option<Vec<_>>>()?;
    let known: Vec<&DbUser> = auth.users.iter().chain(&kept).collect();
    if *user == DbUser::Any || known.contains(&user) || known.contains(&&DbUser::Any) {
        return None;
    }
    let name = stack.name_of(proxy.any());
    let users = listed(known.into_iter());
    let message = format!("`{name}` cannot log in as `{}`: it has the credentials of {users} only", user.pattern());
    let more = if kept.is_empty() {
        "name the user where the proxy is made: `ProxyAuth::end_to_end(…).and_user(user(\"…\"))`"
    } else {
        "give the proxy the secret of that user too, `ProxyAuth::iam(…).and(secret)`, or name a user that it has"
    };
    Some(Diagnostic::error(STRANGER, message).resource(name).help(more))
}

fn listed<'a>(users: impl Iterator<Item = &'a DbUser>) -> String {
    users.map(|user| format!("`{}`", user.pattern())).collect::<Vec<_>>().join(", ")
}

/// The one user that a proxy knows.
pub(super) fn only_user(stack: &Stack, proxy: Handle<DatabaseProxy>) -> Result<DbUser, Box<Diagnostic>> {
    let name = stack.name_of(proxy.any());
    let Some(noun) = stack.noun(proxy) else { return Err(Box::new(stack::foreign(stack.name()))) };
    let mut users = noun.auth.users.clone();
    for secret in &noun.auth.secrets {
        users.push(secret.user(stack).ok_or_else(|| Box::new(unknown_user(name, stack.name_of(secret.any()))))?);
    }
    users.dedup();
    match users.as_slice() {
        [user] => Ok(user.clone()),
        _ => Err(Box::new(
            Diagnostic::error(
                stack::MISSING,
                format!("`{name}` has {} users: `connect` does not say which", users.len()),
            )
            .resource(name)
            .help(format!("name one, `proxy.connect_as(user(\"…\"))`: it has {}", listed(users.iter()))),
        )),
    }
}

fn unknown_user(proxy: &str, secret: &str) -> Diagnostic {
    Diagnostic::error(
        stack::MISSING,
        format!("the user of `{secret}` is not known, so neither is whom `{proxy}` lets in"),
    )
    .resource(proxy)
    .help("say it where the secret is imported, `.user(user(\"…\"))`, or in the grant, `proxy.connect_as(user(\"…\"))`")
}
