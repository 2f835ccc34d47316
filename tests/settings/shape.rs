//! What each setting may be: keys, types, shapes, choices.

use super::check;

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
   = help: did you mean `private-subnets`? the keys here are: `vpc`, `private-subnets`, `new`

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
  = help: the keys here are: `runtime`, `handler`, `memory`, `timeout`, `architecture`, `reserved-concurrency`, `log-days`, `log-format`, `tracing`, `layers`, `code`, `environment`, `connect-as`, `describe-proxy`, `reaches`

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
fn two_places_for_the_code() {
    check(
        "    account: 111122223333",
        "    account: 111122223333\n    function: { code: { inline: x, s3: { bucket: artifacts, key: a.zip } } }",
        r#"
error[S0204]: `function.code` has 2 entries: the code comes from exactly one of `s3`, `image`, `inline` and `local`
  --> formwork.yaml:11:17
   |
11 |     function: { code: { inline: x, s3: { bucket: artifacts, key: a.zip } } }
   |                 ^^^^
   |
   = help: for example `code: { s3: { bucket: artifacts, key: handler.zip } }`

1 error
"#,
    );
}

#[test]
fn a_region_that_does_not_exist() {
    check(
        "  region: ap-southeast-2",
        "  region: ap-south-east-2",
        r#"
error[S0202]: `region` does not take `ap-south-east-2`
 --> formwork.yaml:5:11
  |
5 |   region: ap-south-east-2
  |           ^^^^^^^^^^^^^^^
  |
  = help: did you mean `ap-southeast-2`?

1 error
"#,
    );
}

#[test]
fn a_missing_section() {
    check(
        "    network:\n      vpc: vpc-0c1e37a9d4b85f620\n      private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072]\n",
        "",
        r#"
error[S0206]: environment `uat` lacks `network.private-subnets`
 --> formwork.yaml:9:3
  |
9 |   uat:
  |   ^^^
  |
  = help: for example `private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072]`, here or under `defaults`, or leave it to whoever deploys by naming it under `parameters`

error[S0206]: environment `uat` lacks `network.vpc`
 --> formwork.yaml:9:3
  |
9 |   uat:
  |   ^^^
  |
  = help: for example `vpc: vpc-0c1e37a9d4b85f620`, here or under `defaults`, or leave it to whoever deploys by naming it under `parameters`

2 errors
"#,
    );
}

#[test]
fn a_second_document() {
    check(
        "blueprint: lambda-rds-proxy\nstack: rds-proxy\n",
        "# nothing\n---\n--- # two\n",
        r#"
error[S0104]: a second document begins here
 --> formwork.yaml:3:1
  |
3 | --- # two
  | ^^^
  |
  = help: settings are one document to a file

1 error
"#,
    );
}

#[test]
fn a_tag_is_refused() {
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
fn an_alias_is_refused() {
    check(
        "stack: rds-proxy",
        "stack: &name rds-proxy\nx: *name",
        r#"
error[S0104]: settings have no aliases
 --> formwork.yaml:3:4
  |
3 | x: *name
  |    ^^^^^
  |
  = help: put what is shared under `defaults`

1 error
"#,
    );
}

#[test]
fn what_is_nested_too_deep() {
    let text = format!("stack: {}", "[".repeat(200));
    let said = super::said(&text);
    assert!(said.starts_with("error[S0104]: this is nested deeper than any setting is"), "{said}");
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

#[test]
fn a_second_function_is_for_a_program() {
    check(
        "  function: { memory: 256 }",
        "  functions: { memory: 256 }",
        r#"
error[S0103]: `defaults` has no key `functions`
 --> formwork.yaml:7:3
  |
7 |   functions: { memory: 256 }
  |   ^^^^^^^^^ unknown
  |
  = help: the settings make one function with one database user; a program makes more: `examples/two_users.rs`, `ProxyAuth::iam(first).and(second)`

1 error
"#,
    );
}

#[test]
fn a_reader_endpoint_is_for_a_program() {
    check(
        "engine: postgres }",
        "engine: aurora-postgresql, reader: true }",
        r#"
error[S0103]: `database` has no key `reader`
 --> formwork.yaml:6:62
  |
6 |   database: { identifier: billie, engine: aurora-postgresql, reader: true }
  |                                                              ^^^^^^ unknown
  |
  = help: `database.new.readers` says how many instances read; a read-only endpoint of the proxy is made by a program: `examples/aurora_reader.rs`, `ProxyEndpoint::new(…).read_only()`

1 error
"#,
    );
}
