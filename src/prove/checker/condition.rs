//! Conditions of statements, held against what a request has.

use serde_json::Value as Json;

use super::text::Texts;
use crate::prove::answer::{Asked, Test};

/// What is known of the requests of a proof besides what each asks for.
#[derive(Debug)]
pub struct Around<'p> {
    /// The resource whose role asks, if it is one of the template.
    pub principal: &'p str,
    /// The ARN of the secret that it is about, in each way that it reads.
    pub secrets: Vec<String>,
    /// Resources whose tags count: the secret, the key.
    pub tagged: Vec<String>,
}

impl Texts<'_> {
    /// What a request has for a key, in each way that it may be, and whether that is certain; none where that is not known
    /// here.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    pub fn in_context(&self, asked: &Asked, around: &Around<'_>, key: &str) -> Option<(Vec<Vec<String>>, bool)> {
        let key = key.to_lowercase();
        // Whether a service says for whom it assumes a role is not documented for all of them.
        let is_certain =
            self.kind(&asked.who) == "AWS::IAM::Role" || !matches!(key.as_str(), "aws:sourceaccount" | "aws:sourcearn");
        Some((self.value(asked, around, &key)?, is_certain))
    }

    fn value(&self, asked: &Asked, around: &Around<'_>, key: &str) -> Option<Vec<Vec<String>>> {
        let is_service = self.kind(&asked.who) != "AWS::IAM::Role";
        let one = |text: String| Some(vec![vec![text]]);
        let each = |texts: Vec<String>| Some(texts.into_iter().map(|text| vec![text]).collect());
        let absent = Some(vec![Vec::new()]);
        if let Some((prefix, tag)) = key.split_once('/') {
            let holders: Vec<&str> = match prefix {
                "aws:principaltag" => vec![&asked.who],
                "aws:resourcetag" | "secretsmanager:resourcetag" => around.tagged.iter().map(String::as_str).collect(),
                _ => return None,
            };
            return holders.into_iter().find_map(|id| self.tag(id, tag)).and_then(each);
        }
        match (key, is_service) {
            ("aws:securetransport", _) => one("true".into()),
            ("aws:principalisawsservice", _) => one(is_service.to_string()),
            ("aws:principalservicename", true) => one(asked.who.clone()),
            ("sts:externalid", true) => absent,
            ("aws:sourceaccount", true) => one(self.pseudo("AWS::AccountId")),
            ("aws:sourcearn", true) => {
                let attribute = match self.kind(around.principal) {
                    "AWS::RDS::DBProxy" => "DBProxyArn",
                    "AWS::RDS::DBInstance" => "DBInstanceArn",
                    _ => "Arn",
                };
                each(self.reference(around.principal, Some(attribute), 0))
            }
            (_, true) => None,
            ("aws:principalaccount" | "aws:resourceaccount" | "kms:calleraccount", _) => {
                one(self.pseudo("AWS::AccountId"))
            }
            ("aws:principalarn", _) => each(self.reference(&asked.who, Some("Arn"), 0)),
            ("aws:principaltype", _) => one("AssumedRole".into()),
            ("aws:requestedregion", _) => one(self.pseudo("AWS::Region")),
            ("aws:username" | "aws:multifactorauthpresent" | "aws:multifactorauthage", _) => absent,
            ("aws:sourcearn" | "aws:sourceaccount", _) => absent,
            ("lambda:sourcefunctionarn", _) if asked.action.starts_with("ec2:") => absent,
            ("lambda:sourcefunctionarn", _) if self.kind(around.principal) == "AWS::Lambda::Function" => {
                each(self.reference(around.principal, Some("Arn"), 0))
            }
            _ => self.has_of_secret(asked, around, key),
        }
    }

    /// What a request has that reads a secret, or uses the key of one through Secrets Manager.
    ///
    /// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
    fn has_of_secret(&self, asked: &Asked, around: &Around<'_>, key: &str) -> Option<Vec<Vec<String>>> {
        let one = |text: &str| Some(vec![vec![text.to_owned()]]);
        let secrets = || around.secrets.iter().map(|secret| vec![secret.clone()]).collect();
        if asked.action.starts_with("secretsmanager:") {
            return match key {
                "secretsmanager:secretid" => Some(secrets()),
                "secretsmanager:versionstage" => one("AWSCURRENT"),
                _ => None,
            };
        }
        if !asked.action.starts_with("kms:") || around.secrets.is_empty() {
            return None;
        }
        match key {
            "kms:viaservice" => Some(around.secrets.iter().map(|secret| vec![self.via(secret)]).collect()),
            "kms:encryptioncontext:secretarn" => Some(secrets()),
            "kms:encryptioncontextkeys" => Some(vec![vec!["SecretARN".into(), "SecretVersionId".into()]]),
            "kms:encryptioncontext:secretversionid" => one("${SecretVersionId}"),
            "kms:encryptionalgorithm" => one("SYMMETRIC_DEFAULT"),
            "aws:viaawsservice" => one("true"),
            _ => None,
        }
    }

    /// Secrets Manager where a secret is.
    fn via(&self, secret: &str) -> String {
        let own = self.pseudo("AWS::Region");
        let bare = secret.replace("AWS::", "AWS__");
        let region = bare.split(':').nth(3).filter(|region| bare.starts_with("arn:") && !region.is_empty());
        let region = region.map_or(own, |region| region.replace("AWS__", "AWS::"));
        format!("secretsmanager.{region}.amazonaws.com")
    }

    fn tag(&self, id: &str, tag: &str) -> Option<Vec<String>> {
        let tags = self.property(id, "Tags")?.as_array()?;
        let is_it =
            |one: &&Json| one.get("Key").and_then(Json::as_str).is_some_and(|key| key.eq_ignore_ascii_case(tag));
        Some(self.of(tags.iter().find(is_it)?.get("Value")?))
    }

    /// Whether a condition is met by what it is said to be held against; none where this operator is not looked at here, or
    /// the texts do not decide.
    pub fn is_met(&self, test: &Test) -> Option<bool> {
        let (set, rest) = test.operator.split_once(':').unwrap_or(("", &test.operator));
        let rest = rest.to_lowercase();
        let (name, if_exists) = rest.strip_suffix("ifexists").map_or((rest.as_str(), false), |name| (name, true));
        if name == "null" {
            let null = test.is.is_empty();
            return Some(
                test.values.iter().any(|value| value.eq_ignore_ascii_case(if null { "true" } else { "false" })),
            );
        }
        let (is_wild, is_folded, is_positive) = match name {
            "stringequals" | "binaryequals" => (false, false, true),
            "stringnotequals" => (false, false, false),
            "stringequalsignorecase" | "bool" => (false, true, true),
            "stringnotequalsignorecase" => (false, true, false),
            "stringlike" | "arnlike" | "arnequals" => (true, false, true),
            "stringnotlike" | "arnnotlike" | "arnnotequals" => (true, false, false),
            _ => return None,
        };
        if test.is.is_empty() {
            return Some(match set.to_lowercase().as_str() {
                "forallvalues" => true,
                "foranyvalue" => if_exists,
                _ => if_exists || !is_positive,
            });
        }
        let folded = |text: &String| if is_folded { text.to_lowercase() } else { text.clone() };
        let matches = |is: &String| {
            let (is, values) = (folded(is), test.values.iter().map(folded).collect::<Vec<_>>());
            if values.iter().any(|value| self.covers(value, &is, is_wild)) {
                return Some(is_positive);
            }
            (!values.iter().any(|value| self.may_cover(value, &is, is_wild))).then_some(!is_positive)
        };
        let each: Option<Vec<bool>> = test.is.iter().map(matches).collect();
        let each = each?;
        match (set.to_lowercase().as_str(), each.as_slice()) {
            ("forallvalues", all) => Some(all.iter().all(|met| *met)),
            ("foranyvalue", all) => Some(all.iter().any(|met| *met)),
            (_, [only]) => Some(*only),
            _ => None,
        }
    }
}
