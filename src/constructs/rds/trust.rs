//! What no template can show of a database's users.

use super::database::{DatabaseCluster, DatabaseInstance, Target};
use super::{DatabaseProxy, DbUser};
use crate::constructs::secretsmanager::Secret;
use crate::diagnostic::Diagnostic;
use crate::stack::{self, Handle, Lowering};

/// A new secret's user is the database's master user, or SQL has to make it: that it does is taken on trust.
pub(crate) fn made_by_migration(secret: Handle<Secret>, target: &Target, lowering: &mut Lowering<'_>) {
    let stack = lowering.stack();
    if !stack.creates(secret.any()) || target.is_master(stack, secret) {
        return;
    }
    let Some(DbUser::Named(user)) = stack.noun(secret).and_then(Secret::database_user) else { return };
    let (database, secret) = (stack.name_of(target.database), stack.name_of(secret.any()));
    lowering.assume(
        format!("{database} has the user {user} with the password in {secret}"),
        "SQL makes users, such as a migration: CloudFormation makes the master user only",
    );
}

/// A user that logs in with IAM tokens is mapped to IAM by SQL.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html>
pub(super) fn mapped_to_iam(user: &DbUser, target: &Target, lowering: &mut Lowering<'_>) {
    let database = lowering.stack().name_of(target.database);
    lowering.assume(
        format!("{database} has the user {}, who logs in with IAM tokens", user.pattern()),
        "SQL maps users to IAM: `GRANT rds_iam` in PostgreSQL, `AWSAuthenticationPlugin` in MySQL and MariaDB",
    );
}

/// A database of the same stack takes IAM tokens by itself where a proxy brings them. One of another stack does not know
/// of the proxy, and has to be told.
pub(super) fn takes_tokens_elsewhere(target: &Target, lowering: &mut Lowering<'_>) {
    let (stack, database) = (lowering.stack(), target.database);
    let there = stack.canonical(database);
    if there == database {
        return;
    }
    let instance = stack.noun_of::<DatabaseInstance>(database).map(DatabaseInstance::says_if_it_takes_tokens);
    let cluster = stack.noun_of::<DatabaseCluster>(database).map(DatabaseCluster::says_if_it_takes_tokens);
    let of_other_proxy = stack.created_elsewhere::<DatabaseProxy>().any(|(_, proxy)| proxy.brings_tokens_to(there));
    if of_other_proxy || instance.or(cluster) != Some(false) {
        return;
    }
    let (proxy, database) = (lowering.id(), stack.name_of(database));
    let message = format!("`{proxy}` brings IAM tokens to `{database}`, whose own stack makes it without taking them");
    let cure = "say it there: `DatabaseInstance::new(…).iam_authentication(true)`, and of a cluster alike";
    lowering.report(Diagnostic::error(stack::MISSING, message).help(cure));
}
