//! What exists and what is new: what is read of it, and what is said of what cannot be.

use formwork::settings::{self, Setting};

use super::said;

/// A sound file in which nothing exists yet; the tests change one thing in it.
const NEW: &str = "\
blueprint: lambda-rds-proxy
stack: billing
parameters: []
environments:
  uat:
    account: 111122223333
    region: ap-southeast-2
    network: { new: { range: 10.20.0.0/16 } }
    database: { engine: postgres, new: {} }
    secret: { user: billie, new: {} }
    endpoints: {}
";

/// Changes the sound file and says which findings there are: code, and what stands there.
#[track_caller]
fn found(changes: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let text = changes.iter().fold(NEW.to_owned(), |text, (old, new)| {
        assert_eq!(text.matches(old).count(), 1, "`{old}` must stand once in {text}");
        text.replace(old, new)
    });
    let (_, found) = settings::read("formwork.yaml", &text);
    let lines: Vec<&str> = text.lines().collect();
    let found = found.into_iter().map(|finding| {
        assert!(finding.help.is_some(), "{finding:#?}");
        let span = finding.span.expect("a place");
        let rest = lines[span.line - 1].chars().skip(span.column - 1);
        (finding.code.name, rest.take(span.length).collect())
    });
    found.collect()
}

#[track_caller]
fn check(changes: &[(&str, &str)], expect: &[(&str, &str)]) {
    let found = found(changes);
    let found: Vec<_> = found.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(found, expect);
}

const RDS: (&str, &str) = ("user: billie, new: {}", "user: billie, new: { kept-by: rds }");

#[test]
fn nothing_is_wrong_with_what_is_new() {
    check(&[], &[]);
    check(&[RDS], &[]);
    check(&[("endpoints: {}", "endpoints: { secrets-manager: {} }\n    rotation: {}")], &[]);
}

#[test]
fn one_of_both_shapes() {
    check(
        &[("range: 10.20.0.0/16 }", "range: 10.20.0.0/16 }, vpc: vpc-0c1e37a9d4b85f620")],
        &[("exclusive-settings", "vpc")],
    );
    check(&[("engine: postgres", "engine: postgres, identifier: x")], &[("exclusive-settings", "identifier")]);
}

#[test]
fn a_database_that_exists_in_a_network_that_does_not() {
    let text = NEW.replace(
        "engine: postgres, new: {}",
        "engine: postgres, identifier: billie, security-group: sg-09d2a1b2c3d4e5f60",
    );
    let expect = "
error[S0405]: `network` is new, and `database` exists: it stays in its own VPC, to which no way leads from a new one
 --> formwork.yaml:8:16
  |
8 |     network: { new: { range: 10.20.0.0/16 } }
  |                ^^^
9 |     database: { engine: postgres, identifier: billie, security-group: sg-09d2a1b2c3d4e5f60 }
  |                                   ---------- the database
  |
  = help: name the network of the database, `vpc` and `private-subnets`, or say `database: { new: … }`

1 error
";
    assert_eq!(said(&text).trim(), expect.trim(), "{}", said(&text));
}

#[test]
fn a_new_database_needs_a_master_user() {
    check(
        &[
            ("    secret: { user: billie, new: {} }\n", "    proxy: { auth: end-to-end }\n"),
            ("engine: postgres", "engine: postgres, user: x"),
        ],
        &[("missing-setting", "new")],
    );
    check(&[("user: billie", "user: 1billie")], &[("wrong-shape", "1billie")]);
}

#[test]
fn what_rds_keeps_is_rotated_by_rds() {
    check(
        &[RDS, ("endpoints: {}", "rotation: {}\n    endpoints: { secrets-manager: {} }")],
        &[("exclusive-settings", "rotation")],
    );
    check(
        &[("user: billie, new: {}", "user: billie, access: full, new: { kept-by: rds }")],
        &[("setting-without-effect", "full")],
    );
}

#[test]
fn an_api_out_of_reach() {
    check(&[("endpoints: {}", "proxy: { auth: password }")], &[("api-out-of-reach", "password")]);
    check(&[("endpoints: {}", "function: { describe-proxy: true }")], &[("api-out-of-reach", "true")]);
    check(&[("endpoints: {}", "rotation: { days: 7 }")], &[("api-out-of-reach", "rotation")]);
    let unnamed = "rotation: { days: 7 }\n    endpoints: { secrets-manager: { private-dns: false } }";
    check(&[("endpoints: {}", unnamed)], &[("api-out-of-reach", "rotation")]);
    let way = "function: { describe-proxy: true, reaches: [{ range: 0.0.0.0/0 }] }";
    check(&[("endpoints: {}", way), ("/16 }", "/16, nat: one }")], &[]);
}

#[test]
fn a_way_out_that_nobody_takes() {
    check(&[("/16 }", "/16, nat: one }")], &[("setting-without-effect", "one")]);
}

#[test]
fn an_endpoint_that_exists_in_a_network_that_does_not() {
    let endpoints = "endpoints: { rds: { security-group: sg-09d2a1b2c3d4e5f60 } }";
    check(&[("endpoints: {}", endpoints)], &[("parts-that-cannot-meet", "sg-09d2a1b2c3d4e5f60")]);
}

#[test]
fn addresses_that_cannot_be() {
    check(&[("10.20.0.0/16", "10.20.0.0/25")], &[("out-of-range", "10.20.0.0/25")]);
    check(&[("10.20.0.0/16", "10.20.0.1/16")], &[("wrong-shape", "10.20.0.1/16")]);
    check(&[("10.20.0.0/16", "10.20.0.0/21"), ("[]", "[network.new.range]")], &[("out-of-range", "10.20.0.0/21")]);
    check(&[("endpoints: {}", "function: { reaches: [{ range: 10.0.0.300/8 }] }")], &[("wrong-shape", "10.0.0.300/8")]);
}

#[test]
fn settings_of_another_engine() {
    let cases = [
        ("postgres", "readers: 1", "1"),
        ("postgres", "edition: web", "web"),
        ("aurora-mysql", "storage: 20", "20"),
        ("aurora-mysql", "multi-az: true", "true"),
        ("sqlserver", "multi-az: true", "true"),
        ("mysql", "log-exports: [postgresql]", "postgresql"),
    ];
    for (engine, setting, place) in cases {
        let new = format!("engine: {engine}, new: {{ {setting} }}");
        check(&[("engine: postgres, new: {}", &new)], &[("setting-unfit-for-engine", place)]);
    }
    check(&[("engine: postgres, new", "engine: sqlserver, name: x, new")], &[("setting-unfit-for-engine", "x")]);
}

#[test]
fn what_stays_open_is_of_the_engine_too() {
    let open = ("[]", "[database.new.multi-az]");
    let found = found(&[("postgres, new", "aurora-mysql, new"), open]);
    assert_eq!(found.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["setting-unfit-for-engine"]);
    check(&[open], &[]);
}

#[test]
fn versions_are_in_full() {
    check(&[("postgres, new: {}", "postgres, new: { version: 17 }")], &[("wrong-shape", "17")]);
    check(&[("postgres, new: {}", "mysql, new: { version: 8.4 }")], &[("wrong-shape", "8.4")]);
    check(&[("postgres, new: {}", "mysql, new: { version: 8.4.11 }")], &[]);
}

#[test]
fn versions_have_the_shape_of_their_engine() {
    let versions = [
        ("postgres", "17.11", "8.4.11"),
        ("mysql", "8.4.11", "17.11"),
        ("mariadb", "11.4.13", "8.0.mysql_aurora.3.12.0"),
        ("sqlserver", "16.00.4265.3.v1", "16.00"),
        ("aurora-postgresql", "16.13-limitless", "17.x"),
        ("aurora-mysql", "8.0.mysql_aurora.3.12.0", "8.0.42"),
    ];
    for (engine, right, wrong) in versions {
        let with = |version: &str| format!("{engine}, new: {{ version: '{version}' }}");
        check(&[("postgres, new: {}", &with(right))], &[]);
        let found = found(&[("postgres, new: {}", &with(wrong))]);
        assert_eq!(found.len(), 1, "{engine} {wrong}: {found:?}");
        assert_eq!((found[0].0, found[0].1.trim_end().trim_matches('\'')), ("wrong-shape", wrong));
    }
}

#[test]
fn the_master_user_has_no_reserved_name() {
    check(&[("user: billie", "user: admin")], &[("name-reserved-by-engine", "admin")]);
    check(&[("user: billie", "user: rdsadmin")], &[("name-reserved-by-engine", "rdsadmin")]);
    check(&[("user: billie", "user: user")], &[("name-reserved-by-engine", "user")]);
    check(&[("user: billie", "user: admin"), ("postgres, new", "mysql, new")], &[]);
    check(&[("user: billie", "user: postgres")], &[]);
}

#[test]
fn sizes_that_contradict_each_other() {
    check(&[("postgres, new: {}", "postgres, new: { storage-up-to: 21 }")], &[("out-of-range", "21")]);
    check(&[("postgres, new: {}", "postgres, new: { storage: 100, storage-up-to: 105 }")], &[("out-of-range", "105")]);
    let capacity = "aurora-postgresql, new: { capacity: { min: 8, max: 4 } }";
    check(&[("postgres, new: {}", capacity)], &[("out-of-range", "capacity")]);
    let both = "aurora-postgresql, new: { class: db.r6g.large, capacity: { min: 0.5, max: 4 } }";
    check(&[("postgres, new: {}", both)], &[("exclusive-settings", "db.r6g.large")]);
}

#[test]
fn the_key_of_a_secret_that_exists_is_decided() {
    let given = "user: billie, key: new, arn: 'arn:aws:secretsmanager:ap-southeast-2:111122223333:secret:x-nMKcow'";
    check(&[("user: billie, new: {}", given)], &[("exclusive-settings", "new")]);
    check(&[("user: billie", "user: billie, key: new"), ("[]", "[secret.key]")], &[("exclusive-settings", "new")]);
}

#[test]
fn what_an_environment_says_of_the_shape_wins_over_the_defaults() {
    let text = "\
blueprint: lambda-rds-proxy
stack: billing
parameters: [network.vpc, network.new.range]
defaults:
  region: eu-west-1
  network: { new: { range: 10.20.0.0/16 } }
  database: { engine: postgres, new: { storage: 20 } }
  secret: { user: billie, key: aws-managed, new: {} }
environments:
  dev:
    account: 111122223333
  prod:
    account: 444455556666
    network: { vpc: vpc-0c1e37a9d4b85f620, private-subnets: [subnet-0a41d2c3b4e5f6071, subnet-0b72d2c3b4e5f6072] }
    database: { identifier: billing, security-group: sg-09d2a1b2c3d4e5f60 }
    secret: { arn: 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:billing-nMKcow' }
";
    let (settings, found) = settings::read("formwork.yaml", text);
    let settings = settings.unwrap_or_else(|| panic!("{found:#?}"));
    assert!(found.is_empty(), "{found:#?}");
    let [dev, prod] = ["dev", "prod"].map(|name| &settings.environments[name]);
    let range = dev.network.created().map(|new| &new.range);
    let open = |name: &str, default: &str| Setting::Parameter { name: name.into(), default: Some(default.into()) };
    assert_eq!(range, Some(&open("NetworkRange", "10.20.0.0/16")));
    let given = prod.network.given().expect("a network that exists");
    assert_eq!(given.vpc, open("NetworkVpc", "vpc-0c1e37a9d4b85f620"));
    assert!(dev.database.created().is_some() && prod.database.given().is_some());
    assert!(prod.secret.as_ref().is_some_and(|secret| secret.arn().is_some()));
}
