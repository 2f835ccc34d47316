//! Our corrections of published schemas.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Error;
use crate::template::steps;

/// One fact that the published schema has wrong, or lacks. An element of the lists in `schemas/corrections/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The resource type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Why, in a sentence.
    pub reason: String,
    /// Where the fact is documented.
    pub link: String,
    /// JSON pointer into the type's facts.
    pub path: String,
    /// What upstream has there; absent: nothing.
    pub was: Option<Value>,
    /// What is true; absent: nothing should be there.
    pub now: Option<Value>,
}

impl Correction {
    /// The corrections in a file of `schemas/corrections/`.
    ///
    /// # Errors
    /// If the text is no list of corrections.
    pub fn list(text: &str) -> Result<Vec<Correction>, Error> {
        serde_json::from_str(text).map_err(|error| Error::Corrections(error.to_string()))
    }
}

/// Applies all corrections, or names the first that no longer fits.
pub fn apply(corrections: &[Correction], types: &mut BTreeMap<String, Value>) -> Result<(), Error> {
    corrections.iter().try_for_each(|correction| match types.get_mut(&correction.type_name) {
        Some(schema) => correct(schema, correction),
        None => Err(stale(correction, "no such type")),
    })
}

fn correct(schema: &mut Value, correction: &Correction) -> Result<(), Error> {
    let found = schema.pointer(&correction.path);
    if found != correction.was.as_ref() {
        return Err(stale(correction, &found.map_or("nothing".to_owned(), |found| format!("`{found}`"))));
    }
    let key = steps(&correction.path).next_back().unwrap_or_default();
    let (parent, _) = correction.path.rsplit_once('/').unwrap_or_default();
    let Some(parent) = schema.pointer_mut(parent).and_then(Value::as_object_mut) else {
        return Err(stale(correction, "no object around it"));
    };
    match &correction.now {
        Some(now) => parent.insert(key, now.clone()),
        None => parent.shift_remove(&key),
    };
    Ok(())
}

fn stale(correction: &Correction, found: &str) -> Error {
    Error::Correction {
        type_name: correction.type_name.clone(),
        path: correction.path.clone(),
        found: found.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Correction, apply};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn corrected(correction: Value) -> Result<Value, String> {
        let correction: Correction = serde_json::from_value(correction).unwrap();
        let mut types = BTreeMap::from([("A::B::C".to_owned(), json!({ "properties": { "P": { "maxLength": 64 } } }))]);
        apply(&[correction], &mut types).map_err(|error| error.to_string())?;
        Ok(types["A::B::C"]["properties"]["P"].clone())
    }

    #[test]
    fn changes_adds_and_removes() {
        let at = |path: &str, was: Value, now: Value| {
            corrected(json!({ "type": "A::B::C", "reason": "r", "link": "l", "path": path, "was": was, "now": now }))
                .unwrap()
        };
        assert_eq!(at("/properties/P/maxLength", json!(64), json!(63)), json!({ "maxLength": 63 }));
        assert_eq!(at("/properties/P/minLength", Value::Null, json!(1)), json!({ "maxLength": 64, "minLength": 1 }));
        assert_eq!(at("/properties/P/maxLength", json!(64), Value::Null), json!({}));
    }

    #[test]
    fn what_upstream_has_changed_is_named() {
        let stale = json!({ "type": "A::B::C", "reason": "r", "link": "l", "path": "/properties/P/maxLength", "was": 65, "now": 63 });
        assert_eq!(
            corrected(stale).unwrap_err(),
            "the correction of `A::B::C` at `/properties/P/maxLength` no longer applies: upstream has `64`"
        );
    }
}
