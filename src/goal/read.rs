//! What was stated beside a template, read back: from a sidecar, or from `Metadata.Formwork`.

use std::fmt::Display;

use time::{Date, Month};

use super::{Assumption, Goal, Goals, Suppression, Taken};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::network::{PortRange, Protocol};
use crate::template::{Map, Value, pointer};

/// What was stated cannot be understood.
pub const MALFORMED: Code = Code::new("S0601", "malformed-statement");

/// A day, written like `2027-01-31`.
pub fn date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let digits = [(year, 4), (month, 2), (day, 2)];
    if !digits.iter().all(|(part, count)| part.len() == *count && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// What could be understood.
    pub goals: Goals,
    /// The pointer to each suppression, in their order.
    pub suppressions_at: Vec<String>,
    /// What could not.
    pub findings: Vec<Diagnostic>,
}

/// Reads what [`Goals::to_value`] writes, and what people write by hand. Findings bear paths below `at`, the pointer to
/// `value`; what cannot be understood is left out.
pub fn read(value: &Value, at: &str) -> Read {
    let mut reader = Read::default();
    if let Some(sections) = reader.map(value, at, "what is stated") {
        sections.iter().for_each(|(key, value)| reader.section(key, value, &below_key(at, key)));
    }
    reader
}

fn below_key(at: &str, key: &str) -> String {
    format!("{at}{}", pointer([key]))
}

impl Read {
    fn find(&mut self, at: &str, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Diagnostic::error(MALFORMED, message).path(at).help(help));
    }

    fn section(&mut self, key: &str, value: &Value, at: &str) {
        match key {
            "version" => self.version(value, at),
            "goals" => self.each(value, at, |reader, value, at| {
                let goal = reader.goal(value, at, &[]);
                reader.goals.required.extend(goal);
            }),
            "assumptions" => self.each(value, at, |reader, value, at| {
                let assumption = reader.assumption(value, at);
                reader.goals.assumed.extend(assumption);
            }),
            "renamed" => self.renamed(value, at),
            "suppressions" => self.each(value, at, |reader, value, at| {
                if let Some(suppression) = reader.suppression(value, at) {
                    reader.goals.suppressed.push(suppression);
                    reader.suppressions_at.push(at.to_owned());
                }
            }),
            other => self.unknown(other, at, &["version", "goals", "assumptions", "renamed", "suppressions"]),
        }
    }

    fn unknown(&mut self, key: &str, at: &str, known: &[&str]) {
        let help = did_you_mean(key, known.iter().copied(), "known here");
        self.find(at, format!("`{key}` is not known here"), help);
    }

    fn version(&mut self, value: &Value, at: &str) {
        if *value != Value::from(1) {
            self.find(at, "this version is not known", "write `version: 1`");
        }
    }

    fn each(&mut self, value: &Value, at: &str, mut read: impl FnMut(&mut Self, &Value, &str)) {
        match value.as_list() {
            Some(values) => {
                values.iter().enumerate().for_each(|(n, value)| read(self, value, &format!("{at}/{n}")));
            }
            None => self.find(at, "this is no list", "begin each entry with `- `"),
        }
    }

    fn map<'v>(&mut self, value: &'v Value, at: &str, what: impl Display) -> Option<&'v Map> {
        if value.as_map().is_none() {
            self.find(at, format!("{what} is no map"), "write keys and values: `key: value`");
        }
        value.as_map()
    }

    fn renamed(&mut self, value: &Value, at: &str) {
        let Some(names) = self.map(value, at, "`renamed`") else { return };
        for (name, id) in names {
            match id.as_str() {
                Some(id) => self.goals.renamed.push((name.clone(), id.to_owned())),
                None => self.find(&below_key(at, name), "the id that was kept is no text", "write `New: OldLogicalId`"),
            }
        }
    }

    /// The text of a key, which must be there.
    fn text(&mut self, map: &Map, key: &str, at: &str) -> Option<String> {
        let text = map.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        if text.is_none() {
            let at = if map.contains_key(key) { below_key(at, key) } else { at.to_owned() };
            self.find(&at, format!("`{key}` is missing or no text"), format!("write `{key}: …`"));
        }
        text.map(str::to_owned)
    }

    fn texts(&mut self, map: &Map, key: &str, at: &str) -> Option<Vec<String>> {
        let Some(value) = map.get(key) else { return Some(Vec::new()) };
        let texts = value.as_list().and_then(|values| {
            values.iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
        });
        if texts.is_none() {
            self.find(&below_key(at, key), format!("`{key}` is no list of texts"), format!("write `{key}: [a, b]`"));
        }
        texts
    }

    fn only(&mut self, map: &Map, at: &str, known: &[&str]) {
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            self.unknown(key, &below_key(at, key), known);
        }
    }

    fn suppression(&mut self, value: &Value, at: &str) -> Option<Suppression> {
        let map = self.map(value, at, "a suppression")?;
        self.only(map, at, &["code", "resource", "reason", "until"]);
        let code = self.text(map, "code", at);
        let reason = self.text(map, "reason", at);
        let resource = map.contains_key("resource").then(|| self.text(map, "resource", at)).flatten();
        let until = match map.get("until").map(|until| until.as_str().and_then(date)) {
            Some(None) => {
                self.find(&below_key(at, "until"), "`until` is no day", "write it like `until: 2027-01-31`");
                return None;
            }
            until => until.flatten(),
        };
        Some(Suppression { code: code?, resource, reason: reason?, until })
    }

    fn assumption(&mut self, value: &Value, at: &str) -> Option<Assumption> {
        let map = self.map(value, at, "an assumption")?;
        let reason = self.text(map, "reason", at);
        let what = match map.get("fact") {
            Some(_) => {
                self.only(map, at, &["fact", "reason"]);
                Taken::Fact(self.text(map, "fact", at)?)
            }
            None => Taken::Goal(self.goal(value, at, &["reason"])?),
        };
        Some(Assumption { what, reason: reason? })
    }

    /// A goal, whose map may have the keys `beside` too.
    fn goal(&mut self, value: &Value, at: &str, beside: &[&str]) -> Option<Goal> {
        let map = self.map(value, at, "a goal")?;
        let mut kinds = map.iter().filter(|(key, _)| !beside.contains(&key.as_str()));
        let (Some((kind, value)), None) = (kinds.next(), kinds.next()) else {
            self.find(at, "a goal has one kind", "write one of `reaches: …`, `isolated: …`, `can: …`, `deploys: …`");
            return None;
        };
        let (below, at) = (at, below_key(at, kind));
        match kind.as_str() {
            "reaches" => self.reaches(value, &at),
            "isolated" => {
                let map = self.map(value, &at, "`isolated`")?;
                self.only(map, &at, &["what", "except"]);
                let except = self.texts(map, "except", &at)?;
                Some(Goal::Isolated { what: self.text(map, "what", &at)?, except })
            }
            "can" => {
                let map = self.map(value, &at, "`can`")?;
                self.only(map, &at, &["principal", "actions", "resources"]);
                let actions = self.texts(map, "actions", &at)?;
                let resources = map.get("resources").and_then(Value::as_list).unwrap_or_default().to_vec();
                Some(Goal::Can { principal: self.text(map, "principal", &at)?, actions, resources })
            }
            "deploys" => Some(Goal::Deploys { what: self.text(map, "deploys", below)? }),
            other => {
                self.unknown(other, &at, &["reaches", "isolated", "can", "deploys"]);
                None
            }
        }
    }

    fn reaches(&mut self, value: &Value, at: &str) -> Option<Goal> {
        let map = self.map(value, at, "`reaches`")?;
        self.only(map, at, &["from", "to", "port"]);
        let (from, to) = (self.text(map, "from", at), self.text(map, "to", at));
        let port = match map.get("port").map(|port| port.as_str().and_then(ports)) {
            Some(None) => {
                self.find(
                    &below_key(at, "port"),
                    "`port` names no protocol and port",
                    "write it like `port: tcp 5432`",
                );
                return None;
            }
            port => port.flatten(),
        };
        Some(Goal::Reaches { from: from?, to: to?, port })
    }
}

/// `tcp 5432`, `udp 50-60`.
fn ports(text: &str) -> Option<(Protocol, PortRange)> {
    let (protocol, range) = text.split_once(' ')?;
    let protocol = [Protocol::Tcp, Protocol::Udp].into_iter().find(|known| known.name() == protocol)?;
    let (from, to) = range.split_once('-').unwrap_or((range, range));
    let range = PortRange { from: from.parse().ok()?, to: to.parse().ok()? };
    (range.from <= range.to).then_some((protocol, range))
}

#[cfg(test)]
mod tests {
    use super::{Date, Read, date, read};
    use crate::template::parse::parse_value;

    #[test]
    fn what_is_written_is_read_back() {
        let text = "version: 1\ngoals:\n  - isolated: { what: Database, except: [Proxy] }\n  \
                    - reaches: { from: A, to: B, port: tcp 5432 }\n  \
                    - can: { principal: A, actions: ['s3:GetObject'], resources: ['*'] }\nassumptions:\n  \
                    - { fact: it is open, reason: so }\n  - { reaches: { from: A, to: B }, reason: so }\nrenamed: { N: O }\n\
                    suppressions:\n  - { code: W1, resource: A, reason: so, until: 2027-01-31 }\n";
        let value = parse_value(text, "s.yaml").0.unwrap();
        let Read { goals, suppressions_at, findings } = read(&value, "");
        assert!(findings.is_empty(), "{findings:#?}");
        assert_eq!(suppressions_at, ["/suppressions/0"]);
        assert_eq!((goals.required.len(), goals.assumed.len(), goals.renamed.len()), (3, 2, 1));
        assert_eq!(read(&goals.to_value(), "").goals, goals);
    }

    #[test]
    fn what_cannot_be_understood_is_found_where_it_stands() {
        let text = "version: 2\nsupressions: []\ngoals: [{ reaches: { from: A } }, { a: 1, b: 2 }, 7]\n\
                    suppressions: [{ code: W1 }, { code: W1, reason: x, until: soon }]\nassumptions: no\n";
        let value = parse_value(text, "s.yaml").0.unwrap();
        let Read { goals, findings, .. } = read(&value, "/Metadata/Formwork");
        assert_eq!(goals, super::Goals::default());
        let paths: Vec<_> = findings.iter().filter_map(|finding| finding.path.as_deref()).collect();
        let below = |path| format!("/Metadata/Formwork{path}");
        let expect = [
            "/version",
            "/supressions",
            "/goals/0/reaches",
            "/goals/1",
            "/goals/2",
            "/suppressions/0",
            "/suppressions/1/until",
            "/assumptions",
        ];
        assert_eq!(paths, expect.map(below));
        assert_eq!(
            findings[1].help.as_deref(),
            Some(
                "did you mean `suppressions`? known here: `version`, `goals`, `assumptions`, `renamed`, `suppressions`"
            )
        );
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert_eq!(date("2028-02-29").map(Date::ordinal), Some(60));
        for text in ["2027-02-29", "2027-1-1", "27-01-01", "2027-01-01-01", "+027-01-01", "", "2027-13-01"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
