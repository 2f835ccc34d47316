//! What a folder of output holds, and what deploying it needs: one `manifest.json` an environment.
//!
//! Whatever the manifest names belongs to Formwork, and nothing else in the folder does.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::template::{Function, Intrinsic, Template, Value};

/// The manifest's own file name.
pub const FILE: &str = "manifest.json";

/// The name of the page with the commands that deploy the environment.
pub const README: &str = "README.md";

/// The version of the manifest's shape. The first one had no files for tools and no page; it is read as well, so that what
/// it owns stays owned.
pub const VERSION: u32 = 2;

/// The manifest of one environment's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this shape.
    pub version: u32,
    /// The environment's name, which is the folder's.
    pub environment: String,
    /// The account's twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// The page with the commands that deploy the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readme: Option<File>,
    /// The stacks, by name.
    pub stacks: Vec<Entry>,
}

/// One stack of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The stack's name.
    pub stack: String,
    /// The template.
    pub template: File,
    /// The sidecar: what was stated beside the template.
    pub sidecar: File,
    /// The files for tools.
    #[serde(rename = "toolFiles", default, skip_serializing_if = "Vec::is_empty")]
    pub tool_files: Vec<File>,
    /// The capabilities that the deployment must acknowledge.
    pub capabilities: Vec<String>,
    /// The stacks that are deployed before it: those whose values it imports.
    #[serde(rename = "dependsOn", default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name in the folder.
    pub file: String,
    /// The SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: usize,
}

impl File {
    /// The file of this name and these bytes.
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Self {
        let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { file: name.into(), sha256, bytes: bytes.len() }
    }
}

impl Manifest {
    /// The manifest that `text` is, if it is one of this version or an earlier one.
    pub fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().filter(|manifest: &Self| (1..=VERSION).contains(&manifest.version))
    }

    /// The text, indented by two spaces, one newline at its end.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_else(|_| unreachable!("a manifest is plain data"));
        text + "\n"
    }

    /// The names of the files that it owns, itself not among them.
    pub fn owned(&self) -> impl Iterator<Item = &str> {
        self.readme.iter().chain(self.stacks.iter().flat_map(Entry::files)).map(|file| file.file.as_str())
    }
}

impl Entry {
    /// All files of the stack.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        [&self.template, &self.sidecar].into_iter().chain(&self.tool_files)
    }
}

/// The capabilities that a deployment of the template must acknowledge.
///
/// An unneeded one is harmless and a missing one is a refusal, so any IAM type counts. What a nested stack's template
/// needs cannot be seen from here.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
pub fn capabilities(template: &Template) -> Vec<String> {
    const NAMES: [&str; 5] = ["RoleName", "UserName", "GroupName", "ManagedPolicyName", "InstanceProfileName"];
    let iam = || template.resources.values().filter(|resource| resource.kind.starts_with("AWS::IAM::"));
    let named = iam().any(|resource| {
        let own = resource.kind.trim_start_matches("AWS::IAM::").to_owned() + "Name";
        NAMES.contains(&own.as_str()) && resource.properties.contains_key(&own)
    });
    let implied = template.resources.values().any(|resource| resource.kind.starts_with("AWS::Serverless::"));
    let identity = match (named, iam().next().is_some() || implied) {
        (true, _) => Some("CAPABILITY_NAMED_IAM"),
        (false, true) => Some("CAPABILITY_IAM"),
        (false, false) => None,
    };
    let expansion = has_macros(template).then_some("CAPABILITY_AUTO_EXPAND");
    identity.into_iter().chain(expansion).map(str::to_owned).collect()
}

fn has_macros(template: &Template) -> bool {
    let mut calls = false;
    template.walk(&mut |_, value| {
        calls |= matches!(value, Value::Intrinsic(Intrinsic::Call(Function::Transform, _)));
    });
    let sections = [&template.resource_macros, &template.output_macros];
    calls || !template.transform.is_empty() || sections.iter().any(|macros| !macros.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Resource;

    #[track_caller]
    fn check(resource: Resource, expect: &[&str]) {
        let mut template = Template::default();
        template.resources.insert("X".into(), resource);
        assert_eq!(capabilities(&template), expect);
    }

    #[test]
    fn capabilities_follow_from_the_resources() {
        check(Resource::new("AWS::EC2::SecurityGroup").with("GroupName", "x"), &[]);
        check(Resource::new("AWS::IAM::Role"), &["CAPABILITY_IAM"]);
        check(Resource::new("AWS::IAM::Role").with("RoleName", "x"), &["CAPABILITY_NAMED_IAM"]);
        check(Resource::new("AWS::IAM::Policy").with("PolicyName", "x"), &["CAPABILITY_IAM"]);
        check(Resource::new("AWS::IAM::UserToGroupAddition").with("GroupName", "x"), &["CAPABILITY_IAM"]);
    }

    #[test]
    fn macros_must_be_acknowledged() {
        let call = Value::call(Function::Transform, Value::map([("Name", Value::text("Mine"))]));
        let nested = Value::list([Value::map([("a", call)])]);
        check(Resource::new("AWS::S3::Bucket").with("Tags", nested), &["CAPABILITY_AUTO_EXPAND"]);
        check(Resource::new("AWS::S3::Bucket").with("Tags", Value::list([])), &[]);
    }

    #[test]
    fn a_file_is_known_by_its_bytes() {
        let file = File::new("a", b"abc");
        assert_eq!(file.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(file.bytes, 3);
    }

    #[test]
    fn earlier_manifests_are_read_and_later_ones_are_not() {
        let file = r#"{"file":"a.template.yaml","sha256":"","bytes":1}"#;
        let entry = format!(r#"{{"stack":"a","template":{file},"sidecar":{file},"capabilities":[]}}"#);
        let text = |version| {
            format!(r#"{{"version":{version},"environment":"uat","account":"1","region":"r","stacks":[{entry}]}}"#)
        };
        let owned = |manifest: &Manifest| manifest.owned().map(str::to_owned).collect::<Vec<_>>();
        let first = Manifest::parse(text(1).as_bytes()).expect("the first version");
        assert_eq!(owned(&first), ["a.template.yaml"; 2]);
        assert!(Manifest::parse(text(VERSION).as_bytes()).is_some());
        assert!([0, VERSION + 1].into_iter().all(|version| Manifest::parse(text(version).as_bytes()).is_none()));
    }
}
