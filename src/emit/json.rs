//! JSON in the long form.

use crate::template::Template;

/// The whole template, indented by two spaces, one newline at its end.
pub fn json(template: &Template) -> String {
    format!("{:#}\n", template.to_json())
}
