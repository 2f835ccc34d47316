//! JSON.

use serde_json::Value as Json;

use crate::template::Template;

/// The whole template in the long form, indented by two spaces, one newline at its end.
pub fn json(template: &Template) -> String {
    format!("{:#}\n", template.to_json())
}

/// JSON in ASCII, indented by two spaces, one newline at its end. The AWS CLI reads a file in the encoding of the machine
/// that it runs on, which escapes do not depend on.
pub(super) fn ascii(json: &Json) -> String {
    let mut text = String::new();
    for c in format!("{json:#}\n").chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            // Beyond ASCII there is nothing but text in JSON, where an escape may stand.
            text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}
