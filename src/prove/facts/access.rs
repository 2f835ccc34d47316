//! Facts of permissions: roles, policies, secrets and keys that exist, as the AWS CLI tells them.
//!
//! What some commands print does not say what it is of: `list-attached-role-policies` names no role, and `get-key-policy` no
//! key. Such a file bears the name in its own: `list-attached-role-policies.ROLE.json`.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;

use super::{Facts, Unfit, each, text};

/// What is known of who may do what.
#[derive(Clone, Debug, Default)]
pub(super) struct Access {
    /// By their names.
    pub roles: HashMap<String, Role>,
    /// By the names of managed policies.
    pub policies: HashMap<String, Managed>,
    pub secrets: Vec<Secret>,
    /// By their ids.
    pub keys: HashMap<String, Key>,
    /// The ids of keys by the aliases that stand for them.
    pub aliases: HashMap<String, String>,
}

/// An existing role. A part that is none was not told.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// Its ARN, which `get-role` tells with its trust and boundary.
    pub arn: Option<String>,
    /// Who may assume it.
    pub trust: Option<Json>,
    /// The ARN of its permissions boundary.
    pub boundary: Option<String>,
    /// The names of its inline policies.
    pub names: Option<Vec<String>>,
    /// Its inline policies that were told, by their names.
    pub inline: BTreeMap<String, Json>,
    /// The ARNs of the managed policies that are attached to it.
    pub attached: Option<Vec<String>>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// A managed policy.
#[derive(Clone, Debug, Default)]
pub(super) struct Managed {
    /// Which version counts.
    version: Option<String>,
    /// The documents that were told, by their versions.
    documents: BTreeMap<String, Json>,
    /// The version that was told to count.
    default: Option<String>,
}

/// An existing secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its ARN.
    pub arn: String,
    /// Its key, where `describe-secret` told it: the inner none is the key `aws/secretsmanager`.
    pub key: Option<Option<String>>,
    /// Whether it waits for its deletion.
    pub is_deleted: bool,
    /// Its policy, where `get-resource-policy` told: the inner none is no policy.
    pub policy: Option<Option<Json>>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// An existing key.
#[derive(Clone, Debug, Default)]
pub struct Key {
    /// Its ARN.
    pub arn: Option<String>,
    /// Whether AWS manages it.
    pub is_managed: bool,
    /// Its state, such as `Enabled` or `PendingDeletion`.
    pub state: Option<String>,
    /// Its policy.
    pub policy: Option<Json>,
}

impl Managed {
    fn document(&self) -> Option<&Json> {
        let counts = self.version.as_ref().or(self.default.as_ref())?;
        self.documents.get(counts)
    }
}

impl Access {
    pub(super) fn is_empty(&self) -> bool {
        self.roles.is_empty()
            && self.policies.is_empty()
            && self.secrets.is_empty()
            && self.keys.is_empty()
            && self.aliases.is_empty()
    }

    /// Adds what one command printed; false if it is none of those. `of` is what the file says that it is of.
    pub(super) fn add(&mut self, of: Option<&str>, printed: &Json) -> Result<bool, Unfit> {
        let has = |key: &str| printed.get(key).is_some();
        if has("SecretString") || has("SecretBinary") {
            return Err(Unfit::new("", "it holds the value of a secret, of which nothing is needed")
                .help("delete the file, and put there what `aws secretsmanager describe-secret` prints"));
        }
        let goes_on = |key: &&str| text(printed, key).is_some_and(|next| !next.is_empty());
        let is_cut = printed.get("IsTruncated").and_then(Json::as_bool).unwrap_or_default();
        if is_cut || ["NextToken", "NextMarker", "Marker"].iter().any(goes_on) {
            return Err(Unfit::new("", "it is cut off: the list goes on").help("print it without `--max-items`"));
        }
        let mut known = true;
        match printed {
            _ if printed.get("Role").is_some_and(Json::is_object) => {
                self.role(&printed["Role"], "/Role")?;
            }
            _ if has("RoleName") && has("PolicyDocument") => {
                let (role, name) = (named(printed, "RoleName", "")?, named(printed, "PolicyName", "")?);
                let document = document(printed, "PolicyDocument", "")?;
                self.roles.entry(role).or_default().inline.insert(name, document);
            }
            _ if has("PolicyNames") => {
                let names = each(printed, "PolicyNames").filter_map(|name| name.as_str().map(str::to_owned)).collect();
                self.roles.entry(subject(of, "list-role-policies", "ROLE")?).or_default().names = Some(names);
            }
            _ if has("AttachedPolicies") => {
                let role = subject(of, "list-attached-role-policies", "ROLE")?;
                self.roles.entry(role).or_default().attached = Some(attached(printed, "AttachedPolicies", "")?);
            }
            _ if printed.get("PolicyVersion").is_some_and(Json::is_object) => {
                let name = subject(of, "get-policy-version", "POLICY")?;
                self.version(&name, &printed["PolicyVersion"], "/PolicyVersion")?;
            }
            _ if printed.get("Policy").is_some_and(Json::is_object) => {
                let (policy, place) = (&printed["Policy"], "/Policy");
                let name = last(&named(policy, "Arn", place)?).to_owned();
                self.policies.entry(name).or_default().version = Some(named(policy, "DefaultVersionId", place)?);
            }
            _ if has("Policy") => {
                let key = subject(of, "get-key-policy", "KEY-ID")?;
                self.keys.entry(last(&key).to_owned()).or_default().policy = Some(document(printed, "Policy", "")?);
            }
            _ if has("KeyMetadata") => self.key(&printed["KeyMetadata"], "/KeyMetadata")?,
            _ if has("Aliases") => {
                let each = each(printed, "Aliases");
                self.aliases.extend(each.filter_map(|one| Some((text(one, "AliasName")?, text(one, "TargetKeyId")?))));
            }
            _ if has("SecretList") => {
                for (at, secret) in each(printed, "SecretList").enumerate() {
                    self.secret(secret, &format!("/SecretList/{at}"))?;
                }
            }
            _ if has("ARN") && has("Name") => self.secret(printed, "")?,
            _ if has("RoleDetailList") => self.everything(printed)?,
            _ => known = false,
        }
        Ok(known)
    }

    fn role(&mut self, json: &Json, place: &str) -> Result<&mut Role, Unfit> {
        let arn = named(json, "Arn", place)?;
        let trust = document(json, "AssumeRolePolicyDocument", place)?;
        let role = self.roles.entry(last(&arn).to_owned()).or_default();
        (role.arn, role.trust) = (Some(arn), Some(trust));
        role.boundary = json.get("PermissionsBoundary").and_then(|found| text(found, "PermissionsBoundaryArn"));
        role.tags = tags(json);
        Ok(role)
    }

    fn version(&mut self, name: &str, json: &Json, place: &str) -> Result<(), Unfit> {
        let (version, document) = (named(json, "VersionId", place)?, document(json, "Document", place)?);
        let policy = self.policies.entry(name.to_owned()).or_default();
        if json.get("IsDefaultVersion").and_then(Json::as_bool).unwrap_or_default() {
            policy.default = Some(version.clone());
        }
        policy.documents.insert(version, document);
        Ok(())
    }

    fn key(&mut self, json: &Json, place: &str) -> Result<(), Unfit> {
        let key = self.keys.entry(named(json, "KeyId", place)?).or_default();
        key.arn = text(json, "Arn");
        key.is_managed = text(json, "KeyManager").as_deref() == Some("AWS");
        key.state = text(json, "KeyState");
        Ok(())
    }

    /// What `describe-secret` and `get-resource-policy` print has the same names in it: the former always has more.
    fn secret(&mut self, json: &Json, place: &str) -> Result<(), Unfit> {
        const DESCRIBED: [&str; 5] =
            ["CreatedDate", "LastChangedDate", "VersionIdsToStages", "KmsKeyId", "RotationEnabled"];
        let arn = named(json, "ARN", place)?;
        let at = match self.secrets.iter().position(|known| known.arn == arn) {
            Some(at) => at,
            None => {
                let (key, policy, tags) = (None, None, Vec::new());
                self.secrets.push(Secret { arn, key, is_deleted: false, policy, tags });
                self.secrets.len() - 1
            }
        };
        let secret = &mut self.secrets[at];
        if DESCRIBED.iter().any(|key| json.get(key).is_some()) {
            secret.key = Some(text(json, "KmsKeyId"));
            secret.is_deleted = json.get("DeletedDate").is_some_and(|date| !date.is_null());
            secret.tags = tags(json);
        } else {
            let has_policy = json.get("ResourcePolicy").is_some_and(|policy| !policy.is_null());
            secret.policy = Some(if has_policy { Some(document(json, "ResourcePolicy", place)?) } else { None });
        }
        Ok(())
    }

    /// What `get-account-authorization-details` prints: all roles and policies at once.
    fn everything(&mut self, printed: &Json) -> Result<(), Unfit> {
        for (at, json) in each(printed, "RoleDetailList").enumerate() {
            let place = format!("/RoleDetailList/{at}");
            let mut inline = BTreeMap::new();
            for (at, policy) in each(json, "RolePolicyList").enumerate() {
                let place = format!("{place}/RolePolicyList/{at}");
                inline.insert(named(policy, "PolicyName", &place)?, document(policy, "PolicyDocument", &place)?);
            }
            let attached = attached(json, "AttachedManagedPolicies", &place)?;
            let role = self.role(json, &place)?;
            role.names = Some(inline.keys().cloned().collect());
            (role.inline, role.attached) = (inline, Some(attached));
        }
        for (at, json) in each(printed, "Policies").enumerate() {
            let place = format!("/Policies/{at}");
            let name = last(&named(json, "Arn", &place)?).to_owned();
            for (at, version) in each(json, "PolicyVersionList").enumerate() {
                self.version(&name, version, &format!("{place}/PolicyVersionList/{at}"))?;
            }
        }
        Ok(())
    }
}

impl Facts {
    /// A role by its name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.access.roles.get(name)
    }

    /// What a managed policy says, by its ARN or name.
    pub fn managed_policy(&self, arn: &str) -> Option<&Json> {
        self.access.policies.get(last(arn))?.document()
    }

    /// Which version of a managed policy counts, by its ARN or name.
    pub fn version_of(&self, arn: &str) -> Option<&str> {
        self.access.policies.get(last(arn))?.version.as_deref()
    }

    /// A secret by its ARN, which may lack the six characters that end it.
    pub fn secret(&self, arn: &str) -> Option<&Secret> {
        let is_start =
            |known: &str| known.strip_prefix(arn).is_some_and(|rest| rest.starts_with('-') && rest.len() == 7);
        let secrets = &self.access.secrets;
        secrets.iter().find(|secret| secret.arn == arn).or_else(|| secrets.iter().find(|secret| is_start(&secret.arn)))
    }

    /// A key by its ARN, id or alias.
    pub fn key(&self, named: &str) -> Option<(&str, &Key)> {
        let id = match named.find("alias/") {
            Some(at) => self.access.aliases.get(&named[at..])?,
            None => last(named),
        };
        self.access.keys.get_key_value(id).map(|(id, key)| (id.as_str(), key))
    }

    /// Whether anything is known of who may do what.
    pub fn knows_access(&self) -> bool {
        !self.access.is_empty()
    }
}

/// What stands behind the last slash of an ARN: the name of a role or policy, the id of a key.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn named(json: &Json, key: &str, place: &str) -> Result<String, Unfit> {
    text(json, key).filter(|text| !text.is_empty()).ok_or_else(|| Unfit::new(place, format!("it has no `{key}`")))
}

fn subject(of: Option<&str>, command: &str, what: &str) -> Result<String, Unfit> {
    of.map(str::to_owned).ok_or_else(|| {
        let whose = what.to_ascii_lowercase();
        Unfit::new("", format!("what `{command}` prints does not say of which {whose} it is"))
            .help(format!("name the file `{command}.{what}.json`"))
    })
}

fn attached(json: &Json, key: &str, place: &str) -> Result<Vec<String>, Unfit> {
    each(json, key).enumerate().map(|(at, one)| named(one, "PolicyArn", &format!("{place}/{key}/{at}"))).collect()
}

fn tags(json: &Json) -> Vec<(String, String)> {
    each(json, "Tags").filter_map(|tag| Some((text(tag, "Key")?, text(tag, "Value")?))).collect()
}

/// A policy document, which is an object, JSON in a text, or that encoded as in a URL (RFC 3986), as IAM's API has it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
fn document(json: &Json, key: &str, place: &str) -> Result<Json, Unfit> {
    let place = format!("{place}/{key}");
    let read = match json.get(key) {
        Some(Json::String(text)) => {
            let read = serde_json::from_str::<Json>(text);
            let decoded = || decoded(text).and_then(|text| serde_json::from_str(&text).ok());
            match read.ok().or_else(decoded) {
                Some(read) => read,
                None => return Err(Unfit::new(&place, format!("`{key}` is no policy document: its text is not JSON"))),
            }
        }
        Some(other) => other.clone(),
        None => return Err(Unfit::new(&place, format!("it has no `{key}`"))),
    };
    match read.get("Statement") {
        Some(Json::Array(_) | Json::Object(_)) => Ok(read),
        _ => Err(Unfit::new(&place, format!("`{key}` is no policy document: it has no `Statement`"))),
    }
}

/// Text of which some bytes are written `%41`; none if a part of it is no such byte, or the whole no UTF-8.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut found = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        found.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(found).ok()
}
