//! What fails in roles, secrets, keys and the policies of endpoints: the planted faults that show it and the codes that tell
//! it, or why no template can tell. The network has a table of its own, beside its proofs.

use super::cases;

/// The name of a fault, and the codes of which each of its plantings is told by one.
const TOLD: &[(&str, &[&str])] = &[
    // Trust, and what roles may do.
    ("proxy-role-wrong-trust", &["P3201"]),
    ("lambda-role-wrong-trust", &["P3201"]),
    ("proxy-role-no-getsecretvalue", &["P3202"]),
    ("proxy-role-secret-arn-suffix", &["P3202"]),
    ("the-secret-of-another-proxy", &["P3202"]),
    ("lambda-no-rds-db-connect", &["P3202"]),
    ("connect-arn-uses-dbi-resource-id", &["P3202"]),
    ("connect-arn-uses-proxy-name", &["P1003"]),
    ("connect-arn-is-rds-arn", &["P3202"]),
    ("connect-action-typo", &["P3202"]),
    ("connect-user-mismatch", &["P3202"]),
    ("connect-user-wildcard", &["P1002"]),
    ("connect-dead-permission", &["P1001"]),
    ("prx-id-hardcoded", &["P1006"]),
    ("describe-proxies-needless", &["P1008"]),
    ("e2e-dead-secret-grant", &["P1009"]),
    ("managed-key-literal-arn", &["P1012"]),
    ("initquery-secret", &["W3914"]),
    ("role-proxy-circular", &["E3004"]),
    ("e2e-proxy-role-no-connect", &["P3202"]),
    ("e2e-db-iam-off", &["P3207"]),
    ("lambda-no-eni-perms", &["P3202"]),
    ("lambda-eni-describe-scoped", &["P3202"]),
    ("permission-beyond-boundary", &["P3203"]),
    ("iam-auth-no-tls", &["I3904"]),
    // Secrets.
    ("secret-no-username-key", &["E3961"]),
    ("secret-not-json", &["E3961"]),
    ("secretarn-is-name", &["E3033"]),
    ("secretarn-is-dynamic-ref", &["W1051"]),
    ("secret-password-charset", &["E3962"]),
    ("secret-password-length", &["E3969"]),
    ("secret-host-cycle", &["E3004"]),
    ("secret-that-denies", &["P3204"]),
    ("attach-missing-rotation", &["W3964"]),
    ("attach-type-invalid", &["E3967"]),
    ("one-attachment-per-secret", &["E3963"]),
    ("rotation-multiuser-proxy", &["E3966"]),
    ("rotation-through-proxy", &["W3968"]),
    ("rotation-lambda-no-network", &["N3204"]),
    ("lambda-role-deleted-first", &["N3213"]),
    ("rotation-permission-race", &["N3213"]),
    ("hosted-rotation-transform", &["E3965"]),
    ("password-in-lambda-env", &["W3944"]),
    ("password-in-template", &["W2501"]),
    ("managed-secret-path", &["E3972"]),
    ("managed-secret-arn-literal", &["E3040"]),
    // Keys and the policies of endpoints.
    ("cmk-no-decrypt", &["P3202"]),
    ("viaservice-wrong-region", &["P3202"]),
    ("viaservice-of-another-service", &["P3202"]),
    ("key-policy-no-delegation", &["P3205"]),
    ("key-that-denies", &["P3205"]),
    ("key-disabled-or-deleted", &["W3974"]),
    ("vpce-policy-too-tight", &["P3206"]),
];

/// What no template can tell, and why.
const UNTOLD: &[(&str, &str)] = &[
    ("e2e-db-user-missing", "users of a database are rows in it, not resources"),
    ("secret-user-ne-db-user", "which users a database has besides its master is made inside it"),
    ("lambda-eni-scp", "policies of an organisation stand outside of the stacks that they limit"),
    ("token-wrong-host", "for which host a token is signed is in the code"),
    ("token-cached", "how long a token is kept is in the code"),
    ("iam-auth-throttled", "the load does not stand in a template"),
    ("secret-template-edit-regenerates", "it takes two templates to compare"),
    ("dynamic-ref-not-reresolved", "it takes two templates to compare"),
    ("secret-name-scheduled", "which names wait for their deletion is known to the account"),
    ("attach-removed", "it takes two templates to compare"),
    ("reencrypt-not-automatic", "with which key a version is encrypted is known to the service"),
];

#[test]
fn each_fault_is_told_by_its_code_wherever_it_is_planted() {
    let cases = cases("faults");
    let mut wrong = Vec::new();
    for (name, codes) in TOLD {
        let planted: Vec<_> = cases.iter().filter(|case| case.name == *name).collect();
        if planted.len() < 2 {
            wrong.push(format!("{name}: {} plantings", planted.len()));
        }
        for case in planted {
            let is_told = case.told.iter().any(|line| line.split(' ').nth(1).is_some_and(|code| codes.contains(&code)));
            if !is_told {
                wrong.push(format!("{name} {}: none of {codes:?} in {:?}", case.base, case.told));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_no_template_can_tell_is_planted_nowhere_and_has_its_reason() {
    let cases = cases("faults");
    for (name, why) in UNTOLD {
        assert!(why.len() > 20, "{name}: a reason is a sentence");
        assert!(!cases.iter().any(|case| case.name == *name), "{name} is planted, so it can be told");
    }
}
