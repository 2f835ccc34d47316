//! `formwork prove --matrix`, and files of facts that tell none.

use super::Place;

fn template(place: &Place) {
    place.write("app.yaml", include_str!("../authorisation/inline.yaml"));
}

#[test]
fn a_matrix_fits_a_terminal_and_is_data_too() {
    let place = Place::new();
    template(&place);
    let shown = place.run("prove --matrix app.yaml");
    assert_eq!(shown.status.code(), Some(0));
    let text = String::from_utf8(shown.stdout).expect("text");
    assert!(text.contains("ProxyRole\n") && text.contains("secretsmanager:GetSecretValue"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let json = place.run("prove --matrix app.yaml --format json").stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let cells = json["permissions"].as_array().expect("cells");
    assert!(
        cells
            .iter()
            .any(|cell| cell["verdict"] == "allowed" && cell["line"].is_u64() && cell["needed_by"][0] == "Proxy")
    );
    assert!(cells.iter().any(|cell| cell["verdict"] == "denied"));
    let markdown = String::from_utf8(place.run("prove --matrix app.yaml --format markdown").stdout).expect("text");
    assert!(markdown.lines().count() > cells.len(), "{markdown}");
    let sarif = place.run("prove --matrix app.yaml --format sarif");
    assert_eq!(sarif.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&sarif.stderr).contains("S0823"));
}

#[test]
fn what_no_policy_tells_is_taken_for_given_where_a_permission_is_proved() {
    let place = Place::new();
    template(&place);
    place.write("silent.yaml", "Resources: { Topic: { Type: AWS::SNS::Topic } }\n");
    let says = |args: &str| String::from_utf8(place.run(args).stdout).expect("text").contains("no organisation policy");
    assert!(says("prove app.yaml") && says("prove app.yaml --format markdown"));
    assert!(!says("prove silent.yaml") && !says("prove silent.yaml --format markdown"));
}

#[test]
fn a_file_of_facts_that_tells_none_is_told_by_its_place_and_never_shown() {
    let place = Place::new();
    template(&place);
    place.write("facts/a.json", "{\n  \"Role\": { \"RoleName\": \"r\",\n    \"Arn\": \"arn:aws:iam::111122223333:role/r\",\n    \"AssumeRolePolicyDocument\": \"hunter1\" }\n}\n");
    place.write("facts/b.json", "{ \"ARN\": \"arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf\",\n \"Name\": \"s\", \"SecretString\": \"hunter2\" }\n");
    place.write("facts/c.json", "{ \"Subnets\": [\n");
    let run = place.run("prove app.yaml --facts facts");
    assert_eq!(run.status.code(), Some(2));
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    for wanted in ["a.json:4:", "its text is not JSON", "b.json", "the value of a secret", "c.json:2:"] {
        assert!(said.contains(wanted), "`{wanted}` in {said}");
    }
    assert!(!said.contains("hunter"), "{said}");
}
