//! What no template can show of a database's users.

use super::DbUser;
use super::database::Target;
use crate::constructs::secretsmanager::Secret;
use crate::stack::{Handle, Lowering};

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
