//! What settings may be together.

use super::check;

#[test]
fn an_arn_of_another_region() {
    check(
        "arn:aws:secretsmanager:ap-southeast-2:",
        "arn:aws:secretsmanager:us-east-1:",
        r#"
error[S0302]: `secret.arn` is an ARN of region `us-east-1`, and the environment is in `ap-southeast-2`
  --> formwork.yaml:16:12
   |
 5 |   region: ap-southeast-2
   |   ------ the environment's region
...
16 |       arn: arn:aws:secretsmanager:us-east-1:111122223333:secret:billie-nMKcow
   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: name the secret of this region

1 error
"#,
    );
}

#[test]
fn an_arn_of_another_account() {
    check(
        "111122223333:secret:",
        "444455556666:secret:",
        r#"
error[S0303]: `secret.arn` is an ARN of account `444455556666`, and the environment is `111122223333`
  --> formwork.yaml:16:12
   |
10 |     account: 111122223333
   |     ------- the environment's account
...
16 |       arn: arn:aws:secretsmanager:ap-southeast-2:444455556666:secret:billie-nMKcow
   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: name the secret of this account

1 error
"#,
    );
}

#[test]
fn an_arn_of_another_service() {
    check(
        "arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-nMKcow",
        "arn:aws:kms:ap-southeast-2:111122223333:key/1",
        r#"
error[S0301]: `secret.arn` is an ARN of `kms`, and one of `secretsmanager` is wanted
  --> formwork.yaml:16:12
   |
16 |       arn: arn:aws:kms:ap-southeast-2:111122223333:key/1
   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = help: `arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:<name>-<six characters>`

1 error
"#,
    );
}

#[test]
fn an_arn_without_its_suffix() {
    check(
        "secret:billie-nMKcow",
        "secret:billie",
        r#"
error[S0304]: `secret.arn` names `secret:billie`, and `secret:<name>-<six characters>` is wanted
  --> formwork.yaml:16:12
   |
16 |       arn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie
   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = note: without the six characters that Secrets Manager adds, no policy matches the secret
   = help: copy the ARN from the console or from `describe-…`

1 error
"#,
    );
}

#[test]
fn an_alias_in_place_of_a_key() {
    check(
        "key: aws-managed",
        "key: arn:aws:kms:ap-southeast-2:111122223333:alias/billie",
        r#"
error[S0304]: `secret.key` names `alias/billie`, and `key/<id>` is wanted
  --> formwork.yaml:18:12
   |
18 |       key: arn:aws:kms:ap-southeast-2:111122223333:alias/billie
   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   |
   = note: a policy matches the key itself; one that names an alias matches nothing
   = help: copy the ARN from the console or from `describe-…`

1 error
"#,
    );
}

#[test]
fn mixed_authentication_is_for_sql_server() {
    check(
        "    account: 111122223333",
        "    account: 111122223333\n    proxy: { auth: mixed }\n    endpoints: { secrets-manager: {} }",
        r#"
error[S0401]: `proxy.auth` is `mixed`, and the engine is `postgres`
  --> formwork.yaml:11:20
   |
 6 |   database: { identifier: billie, engine: postgres }
   |                                   ------ the engine
...
11 |     proxy: { auth: mixed }
   |                    ^^^^^
   |
   = note: RDS Proxy mixes tokens and passwords for SQL Server only
   = help: say `iam`, or `password`

1 error
"#,
    );
}

#[test]
fn end_to_end_needs_a_resource_id_and_a_user() {
    check(
        "    account: 111122223333",
        "    account: 111122223333\n    proxy: { auth: end-to-end }",
        r#"
error[S0402]: `proxy.auth` is `end-to-end`, and `database.resource-id` is missing
  --> formwork.yaml:11:20
   |
11 |     proxy: { auth: end-to-end }
   |                    ^^^^^^^^^^
   |
   = note: the proxy's role may connect to one resource id, `db-…` or `cluster-…`; the identifier does not do
   = help: add `resource-id: db-…` under `database`, or name `database.resource-id` under `parameters`

error[S0402]: `proxy.auth` is `end-to-end`, and `database.user` is missing
  --> formwork.yaml:11:20
   |
11 |     proxy: { auth: end-to-end }
   |                    ^^^^^^^^^^
   |
   = note: there is no secret to tell the user, and both roles may connect as one user
   = help: add `user: …` under `database`: a user that is mapped to IAM

warning[S0403]: `secret` has no effect: with `proxy.auth: end-to-end` the proxy logs in with a token
  --> formwork.yaml:16:5
   |
16 |     secret:
   |     ^^^^^^
   |
   = help: delete `secret` for this environment, or say `auth: iam`

2 errors, 1 warning
"#,
    );
}

#[test]
fn a_secret_has_no_place_in_a_variable() {
    check(
        "    account: 111122223333",
        "    account: 111122223333\n    function: { environment: { DB_PASSWORD: hunter2 } }",
        r#"
error[S0105]: `DB_PASSWORD` would hold a secret's text, and whoever may read the function may read its variables
--> formwork.yaml:11:32
 = help: let the function read the secret when it runs, or log in by token with `proxy.auth: iam`; if the file was shared, rotate the secret

1 error
"#,
    );
}

#[test]
fn two_environments_that_are_one_stack() {
    check(
        "environments:\n",
        "environments:\n  dev: { account: 111122223333, network: { vpc: vpc-0c1e37a9d4b85f620, private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072] }, database: { security-group: sg-09d2a1b2c3d4e5f60 }, secret: { arn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-nMKcow, user: billie, key: aws-managed } }\n",
        r#"
error[S0501]: environments `dev` and `uat` are both the stack `rds-proxy` of one account and region
  --> formwork.yaml:10:3
   |
 9 |   dev: { account: 111122223333, network: { vpc: vpc-0c1e37a9d4b85f620, private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4...
   |   --- the other one
10 |   uat:
   |   ^^^
   |
   = note: whichever is deployed last would overwrite the other
   = help: give `uat` its own account or region, or its own `stack: rds-proxy-uat`

1 error
"#,
    );
}

#[test]
fn end_to_end_is_not_for_sql_server() {
    check(
        "engine: postgres }",
        "engine: sqlserver, resource-id: db-ABC, user: billie }\n  proxy: { auth: end-to-end }",
        r#"
error[S0401]: `proxy.auth` is `end-to-end`, and the engine is `sqlserver`
 --> formwork.yaml:7:18
  |
6 |   database: { identifier: billie, engine: sqlserver, resource-id: db-ABC, user: billie }
  |                                   ------ the engine
7 |   proxy: { auth: end-to-end }
  |                  ^^^^^^^^^^
  |
  = note: tokens go all the way to MySQL, MariaDB and PostgreSQL only
  = help: say `iam`, `password` or `mixed`, with a secret

warning[S0403]: `secret` has no effect: with `proxy.auth: end-to-end` the proxy logs in with a token
  --> formwork.yaml:16:5
   |
16 |     secret:
   |     ^^^^^^
   |
   = help: delete `secret` for this environment, or say `auth: iam`

1 error, 1 warning
"#,
    );
}

#[test]
fn a_secret_is_needed_unless_tokens_go_all_the_way() {
    check(
        "    secret:\n      arn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-nMKcow\n      user: billie\n      key: aws-managed\n",
        "",
        r#"
error[S0402]: `proxy.auth` is `iam`, and `secret` is missing
 --> formwork.yaml:9:3
  |
9 |   uat:
  |   ^^^
  |
  = note: the proxy logs in to the database with the user and password of a secret
  = help: add `secret` with `arn`, `user` and `key`, or say `auth: end-to-end`

1 error
"#,
    );
}

#[test]
fn no_more_idle_connections_than_there_may_be() {
    check(
        "    account: 111122223333",
        "    account: 111122223333\n    proxy: { max-connections-percent: 50, max-idle-connections-percent: 60 }",
        r#"
error[S0204]: `proxy.max-idle-connections-percent` is 60, more than `proxy.max-connections-percent`, which is 50
  --> formwork.yaml:11:73
   |
11 |     proxy: { max-connections-percent: 50, max-idle-connections-percent: 60 }
   |              ----------------------- the share that may be used at all  ^^
   |
   = help: keep at most as many idle as there may be

1 error
"#,
    );
}

#[test]
fn the_resource_id_is_that_of_the_kind() {
    check(
        "engine: postgres }",
        "engine: postgres, resource-id: cluster-ABC }",
        r#"
error[S0203]: `database.resource-id` is `cluster-ABC`, and that of an instance begins with `db-`
 --> formwork.yaml:6:66
  |
6 |   database: { identifier: billie, engine: postgres, resource-id: cluster-ABC }
  |                                                                  ^^^^^^^^^^^
  |
  = help: `DbiResourceId` of an instance and `DbClusterResourceId` of a cluster, as `aws rds describe-…` has them

1 error
"#,
    );
}

#[test]
fn an_image_brings_its_own_runtime() {
    check(
        "  function: { memory: 256 }",
        "  function: { runtime: python3.13, code: { image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/handler:1 } }",
        r#"
error[S0207]: `function.runtime` stands beside `function.code.image`, and an image brings its own runtime
 --> formwork.yaml:7:24
  |
7 |   function: { runtime: python3.13, code: { image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/handler:1 } }
  |                        ^^^^^^^^^^          ----- the image
  |
  = help: delete `runtime`

error[S0302]: the image is in `us-east-1`, and Lambda takes one of its own region, `ap-southeast-2`
 --> formwork.yaml:7:51
  |
5 |   region: ap-southeast-2
  |   ------ the environment's region
6 |   database: { identifier: billie, engine: postgres }
7 |   function: { runtime: python3.13, code: { image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/handler:1 } }
  |                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: let ECR replicate the repository, and name that one

2 errors
"#,
    );
}

#[test]
fn the_key_that_aws_manages_cannot_be_a_parameter() {
    check(
        "[function.memory]",
        "[secret.key]",
        r#"
error[S0207]: `secret.key` is `aws-managed` and stays open as a parameter, and a parameter is the ARN of a key
  --> formwork.yaml:18:12
   |
18 |       key: aws-managed
   |            ^^^^^^^^^^^
   |
   = help: name the key by its ARN, or take `secret.key` out of `parameters`

1 error
"#,
    );
}

#[test]
fn a_parameter_of_a_section_that_no_environment_has() {
    check(
        "[function.memory]",
        "[function.code.s3.key]",
        r#"
warning[S0403]: `function.code.s3.key` stays open, and no environment has `function.code.s3`
 --> formwork.yaml:3:14
  |
3 | parameters: [function.code.s3.key]
  |              ^^^^^^^^^^^^^^^^^^^^
  |
  = help: delete it, or give the environments that need it `function.code.s3`

1 warning
"#,
    );
}
