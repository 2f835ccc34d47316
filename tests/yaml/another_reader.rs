//! What is written, in the eyes of a reader that is not ours.

use formwork::emit::yaml;
use formwork::template::Value;
use formwork::template::parse::parse_value;

use super::TRAPS;

/// What another reader, by the rules of YAML 1.2, makes of a text.
#[track_caller]
fn read_by_another(text: &str) -> serde_json::Value {
    serde_yaml::from_str(text).unwrap_or_else(|fault| panic!("{fault}\n{text}"))
}

#[test]
fn another_reader_reads_every_trap_as_it_was() {
    for trap in TRAPS {
        let value = Value::map([("value", Value::from(*trap)), ("list", Value::list([Value::from(*trap)]))]);
        assert_eq!(read_by_another(&yaml::value(&value)), value.to_json(), "{trap:?}");
    }
}

#[test]
fn another_reader_reads_the_sidecars_as_we_do() {
    for environment in ["uat", "prod"] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = root.join("out").join(environment).join("rds-proxy.formwork.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        let (ours, _, findings) = parse_value(&text, "sidecar.yaml");
        assert!(findings.is_empty(), "{findings:#?}");
        assert_eq!(read_by_another(&text), ours.unwrap().to_json());
    }
}
