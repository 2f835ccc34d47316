//! Which keys hold the text of a secret.

/// How such keys end, in lower case and without what stands between their words.
const ENDINGS: [&str; 7] = ["password", "passwd", "pwd", "secretstring", "secretkey", "secretaccesskey", "privatekey"];

/// Whether a key of this name is there to hold the text of a secret: `MasterUserPassword`, `secret_access_key`.
pub fn holds_secret_text(key: &str) -> bool {
    let letters: String = key.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    ENDINGS.iter().any(|ending| letters.ends_with(ending))
}

/// The line with whatever stands after the key of a secret's text blotted out, letter by letter.
///
/// What only names something (`!Ref`, `{{resolve:…}}`) and a switch are no secret text. Any other tag may have some behind
/// it, or be some itself: a password may begin with `!`.
pub(super) fn redacted(line: &str) -> String {
    let ends = line.match_indices([':', '=']).map(|(at, _)| at);
    let mut ends = ends.filter(|at| holds_secret_text(last_word(&line[..*at])) && !harmless(&line[at + 1..]));
    match ends.next() {
        Some(at) => {
            let blotted = line[at + 1..].chars().map(|c| if c.is_whitespace() { c } else { '*' });
            format!("{}{}", &line[..=at], blotted.collect::<String>())
        }
        None => line.to_owned(),
    }
}

fn last_word(text: &str) -> &str {
    let text = text.trim_end().trim_end_matches(['"', '\'']);
    text.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).next().unwrap_or_default()
}

fn harmless(value: &str) -> bool {
    let value = value.trim().trim_end_matches(',');
    let names = |tag: &&str| value.strip_prefix(*tag).is_some_and(|rest| rest.starts_with(' '));
    ["!Ref", "!GetAtt", "!ImportValue", "!FindInMap"].iter().any(names)
        || value.contains("{{resolve:")
        || matches!(value, "true" | "false")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expect: &str) {
        assert_eq!(redacted(line), expect);
    }

    #[test]
    fn the_text_of_a_secret_is_blotted_out() {
        check("  MasterUserPassword: hunter2", "  MasterUserPassword: *******");
        check("{ user: x, 'password' : hunter2 }", "{ user: x, 'password' : ******* *");
        check("\"secret_access_key\": \"a b\",", "\"secret_access_key\": ** ***");
        check("DB_PASSWORD=é", "DB_PASSWORD=*");
        check("Password: !hunter2", "Password: ********");
        check("Password: !Sub hunter2", "Password: **** *******");
    }

    #[test]
    fn what_is_no_secret_text_stays() {
        for line in [
            "MasterUserPassword: !Ref Password",
            "MasterUserPassword: '{{resolve:ssm-secure:x}}'",
            "ManageMasterUserPassword: true",
            "PasswordLength: 12",
            "secret: { arn: x }",
        ] {
            check(line, line);
        }
    }
}
