//! The settings file: what is said of a wrong one, and what is read from a right one.

use formwork::diagnostic::render;
use formwork::settings::{self, Auth, Setting};

/// A sound file; the tests change one thing in it.
const SOUND: &str = "\
blueprint: lambda-rds-proxy
stack: rds-proxy
parameters: [function.memory]
defaults:
  region: ap-southeast-2
  database: { identifier: billie, engine: postgres }
  function: { memory: 256 }
environments:
  uat:
    account: 111122223333
    network:
      vpc: vpc-0c1e37a9d4b85f620
      private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072]
    database: { security-group: sg-09d2a1b2c3d4e5f60 }
    secret:
      arn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-nMKcow
      user: billie
      key: aws-managed
";

fn said(text: &str) -> String {
    let (_, findings) = settings::read("formwork.yaml", text);
    let text = render::full(&findings, &|file| (file == "formwork.yaml").then(|| text.to_owned()));
    anstream::adapter::strip_str(&text).to_string()
}

/// Changes the sound file and compares what is said of it.
#[track_caller]
fn check(old: &str, new: &str, expect: &str) {
    assert_eq!(SOUND.matches(old).count(), 1, "`{old}` must stand once in the sound file");
    let said = said(&SOUND.replace(old, new));
    assert_eq!(said.trim(), expect.trim(), "\n{said}");
}

fn read(text: &str) -> settings::Settings {
    let (settings, findings) = settings::read("formwork.yaml", text);
    settings.unwrap_or_else(|| panic!("{findings:#?}"))
}

#[test]
fn the_sound_file_is_sound() {
    check("stack: rds-proxy", "stack: rds-proxy", "");
}

#[test]
fn the_file_of_this_repository_is_sound() {
    let settings = read(include_str!("../formwork.yaml"));
    let [uat, prod] = ["uat", "prod"].map(|name| &settings.environments[name]);
    assert_eq!((uat.account.as_str(), prod.account.as_str()), ("111122223333", "444455556666"));
    assert_eq!(prod.function.memory, Some(Setting::Parameter { name: "FunctionMemory".into(), default: Some(1024) }));
    assert_eq!(uat.proxy.auth, Auth::Iam);
    assert!(settings.parameters.len() >= 3);
}

#[test]
fn defaults_are_merged_and_overridden() {
    let settings = read(
        &SOUND
            .replace("    account: 111122223333", "    account: 012345678901\n    function: { timeout: 45 }")
            .replace("111122223333", "012345678901"),
    );
    let uat = &settings.environments["uat"];
    assert_eq!(uat.account, "012345678901");
    assert_eq!((uat.function.timeout.clone(), uat.database.port()), (Some(Setting::Literal(45)), 5432));
    assert_eq!(uat.secret.as_ref().and_then(|secret| secret.key()), None);
    let place = settings.place("uat", "function.memory").map(ToString::to_string);
    assert_eq!(place.as_deref(), Some("formwork.yaml:7:15"), "a default has its place under `defaults`");
}

#[test]
fn what_stays_open_may_be_left_out() {
    let settings =
        read(&SOUND.replace("[function.memory]", "[network.vpc]").replace("      vpc: vpc-0c1e37a9d4b85f620\n", ""));
    let vpc = &settings.environments["uat"].network.vpc;
    assert_eq!(*vpc, Setting::Parameter { name: "NetworkVpc".into(), default: None });
    assert!(settings.is_parameter("network.vpc") && !settings.is_parameter("function.memory"));
}

#[test]
fn not_yaml() {
    check(
        "stack: rds-proxy",
        "stack: [rds-proxy",
        r#"
error[S0101]: the settings are not YAML: illegal placement of ':' indicator
 --> formwork.yaml:3:11
  |
3 | parameters: [function.memory]
  |           ^
  |
  = help: look at the indentation and the quotes here and in the line before

1 error
"#,
    );
}

#[test]
fn an_unknown_key() {
    check(
        "private-subnets:",
        "private-subnet:",
        r#"
error[S0103]: `network` has no key `private-subnet`
  --> formwork.yaml:13:7
   |
13 |       private-subnet: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072]
   |       ^^^^^^^^^^^^^^ unknown
   |
   = help: did you mean `private-subnets`? the keys here are: `vpc`, `private-subnets`

1 error
"#,
    );
}

#[test]
fn a_key_in_the_wrong_place() {
    check(
        "    account: 111122223333",
        "    account: 111122223333\n    memory: 512",
        r#"
error[S0103]: environment `uat` has no key `memory`
  --> formwork.yaml:11:5
   |
11 |     memory: 512
   |     ^^^^^^ unknown
   |
   = help: it belongs into an environment or `defaults`, as `function.memory`

1 error
"#,
    );
}

#[test]
fn a_wrong_type() {
    check(
        "{ memory: 256 }",
        "{ memory: lots }",
        r#"
error[S0201]: `function.memory` is the text `lots`, and a whole number is wanted
 --> formwork.yaml:7:23
  |
7 |   function: { memory: lots }
  |                       ^^^^ a whole number is wanted
  |
  = help: for example `memory: 256`

1 error
"#,
    );
}

#[test]
fn an_empty_section() {
    check(
        "  function: { memory: 256 }",
        "  function:",
        r#"
error[S0201]: `function` is empty, and a map of keys is wanted
 --> formwork.yaml:7:3
  |
7 |   function:
  |   ^^^^^^^^ a map of keys is wanted
  |
  = help: the keys here are: `runtime`, `handler`, `memory`, `timeout`, `code`, `environment`, `connect-as`, `describe-proxy`

1 error
"#,
    );
}

#[test]
fn a_duplicate_key() {
    check(
        "stack: rds-proxy",
        "stack: rds-proxy\nstack: other",
        r#"
error[S0102]: `stack` stands twice in this map
 --> formwork.yaml:3:1
  |
2 | stack: rds-proxy
  | ----- first here
3 | stack: other
  | ^^^^^ a second time here
  |
  = help: keep one of the two, or put both contents under one key

1 error
"#,
    );
}

#[test]
fn a_choice_that_does_not_exist() {
    check(
        "engine: postgres",
        "engine: postgresql",
        r#"
error[S0202]: `database.engine` does not take `postgresql`
 --> formwork.yaml:6:43
  |
6 |   database: { identifier: billie, engine: postgresql }
  |                                           ^^^^^^^^^^
  |
  = help: did you mean `postgres`? the choices are: `postgres`, `mysql`, `mariadb`, `sqlserver`, `aurora-postgresql`, `aurora-mysql`

1 error
"#,
    );
}

#[test]
fn a_malformed_id() {
    check(
        "vpc: vpc-0c1e37a9d4b85f620",
        "vpc: vpc-0c1e37a9d",
        r#"
error[S0203]: `network.vpc` does not take `vpc-0c1e37a9d`: a VPC id is `vpc-` and 8 or 17 hex digits
  --> formwork.yaml:12:12
   |
12 |       vpc: vpc-0c1e37a9d
   |            ^^^^^^^^^^^^^
   |
   = help: for example `vpc: vpc-0c1e37a9d4b85f620`

1 error
"#,
    );
}

#[test]
fn a_malformed_arn() {
    check(
        "arn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-nMKcow",
        "arn: secretsmanager:billie",
        r#"
error[S0203]: `secret.arn` does not take `secretsmanager:billie`: an ARN is `arn:aws:<service>:<region>:<account>:<resource>`
  --> formwork.yaml:16:12
   |
16 |       arn: secretsmanager:billie
   |            ^^^^^^^^^^^^^^^^^^^^^
   |
   = help: for example `arn: arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:billie-uat-rds-proxy-nMKcow`

1 error
"#,
    );
}

#[test]
fn a_malformed_account() {
    check(
        "account: 111122223333",
        "account: 1111-2222-3333",
        r#"
error[S0203]: `account` does not take `1111-2222-3333`: an account is twelve digits
  --> formwork.yaml:10:14
   |
10 |     account: 1111-2222-3333
   |              ^^^^^^^^^^^^^^
   |
   = help: for example `account: 111122223333`

1 error
"#,
    );
}

#[test]
fn fewer_than_two_subnets() {
    check(
        "[subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072]",
        "[subnet-0a41d2c3b4e5f6071]",
        r#"
error[S0204]: `network.private-subnets` has one entry: a proxy needs at least two subnets, in two Availability Zones; a function takes at most 16
  --> formwork.yaml:13:7
   |
13 |       private-subnets: [subnet-0a41d2c3b4e5f6071]
   |       ^^^^^^^^^^^^^^^
   |
   = help: for example `private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072]`

1 error
"#,
    );
}

#[test]
fn the_same_subnet_twice() {
    check(
        "subnet-0b72d2c3b4e5f6072",
        "subnet-0a41d2c3b4e5f6071",
        r#"
error[S0205]: `network.private-subnets` has `subnet-0a41d2c3b4e5f6071` twice
  --> formwork.yaml:13:51
   |
13 |       private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0a41d2c3b4e5f6071]
   |                         ------------------------  ^^^^^^^^^^^^^^^^^^^^^^^^
   |                         |
   |                         first here
   |
   = help: name each once

1 error
"#,
    );
}

#[test]
fn a_number_out_of_range() {
    check(
        "{ memory: 256 }",
        "{ memory: 64 }",
        r#"
error[S0204]: `function.memory` does not take `64`: Lambda takes 128 to 10240 MB
 --> formwork.yaml:7:23
  |
7 |   function: { memory: 64 }
  |                       ^^
  |
  = help: for example `memory: 256`

1 error
"#,
    );
}

#[test]
fn a_missing_setting() {
    check(
        "      vpc: vpc-0c1e37a9d4b85f620\n",
        "",
        r#"
error[S0206]: environment `uat` lacks `network.vpc`
  --> formwork.yaml:11:5
   |
11 |     network:
   |     ^^^^^^^
   |
   = help: for example `vpc: vpc-0c1e37a9d4b85f620`, here or under `defaults`, or leave it to whoever deploys by naming it under `parameters`

1 error
"#,
    );
}

#[test]
fn a_parameter_that_is_no_setting() {
    check(
        "[function.memory]",
        "[function.memroy]",
        r#"
error[S0202]: `parameters` does not take `function.memroy`
 --> formwork.yaml:3:14
  |
3 | parameters: [function.memroy]
  |              ^^^^^^^^^^^^^^^
  |
  = help: did you mean `function.memory`?

1 error
"#,
    );
}

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
        "    account: 111122223333\n    proxy: { auth: mixed }",
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
fn aurora_is_a_cluster() {
    check(
        "engine: postgres }",
        "engine: aurora-postgresql, kind: instance }",
        r#"
error[S0404]: `database.kind` is `instance`, and the target of a proxy before `aurora-postgresql` is the cluster
 --> formwork.yaml:6:68
  |
6 |   database: { identifier: billie, engine: aurora-postgresql, kind: instance }
  |                                   ------ the engine                ^^^^^^^^
  |
  = help: say `kind: cluster`, with the cluster's identifier

1 error
"#,
    );
}

#[test]
fn a_secret_has_no_place_in_the_settings() {
    check(
        "      user: billie",
        "      user: billie\n      password: hunter2",
        r#"
error[S0105]: `password` would hold the text of a secret, and no secret belongs into the settings
--> formwork.yaml:18:7
 = help: delete it, and name the secret by its ARN: `secret.arn`; if the file was shared, rotate the secret

1 error
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
fn aliases_and_tags_are_refused() {
    check(
        "stack: rds-proxy",
        "stack: !Ref x",
        r#"
error[S0104]: settings have no tags
 --> formwork.yaml:2:8
  |
2 | stack: !Ref x
  |        ^^^^^^
  |
  = help: write the value itself, without `!`

1 error
"#,
    );
}

#[test]
fn an_environment_with_a_bad_name() {
    check(
        "  uat:",
        "  UAT:",
        r#"
error[S0203]: `environments` does not take the name `UAT`: an environment's name begins with a lower case letter and has up to 32 lower case letters, digits and hyphens
 --> formwork.yaml:9:3
  |
9 |   UAT:
  |   ^^^
  |
  = help: choose another name

1 error
"#,
    );
}
