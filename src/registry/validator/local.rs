//! Properties that may name a file or folder instead: `aws cloudformation package` uploads it and writes the place.
//!
//! Source: the command's documentation, <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html>.

/// Type and pointer; those whose type is a string anyway are left out.
const ARTIFACTS: [(&str, &str); 6] = [
    ("AWS::ApiGateway::RestApi", "/BodyS3Location"),
    ("AWS::CodeCommit::Repository", "/Code/S3"),
    ("AWS::ElasticBeanstalk::ApplicationVersion", "/SourceBundle"),
    ("AWS::Lambda::Function", "/Code"),
    ("AWS::Lambda::LayerVersion", "/Content"),
    ("AWS::StepFunctions::StateMachine", "/DefinitionS3Location"),
];

/// Whether a text may stand at `path` of a type, whatever the schema says.
pub fn is_artifact(type_name: &str, path: &str) -> bool {
    ARTIFACTS.contains(&(type_name, path))
}
