//! `SOURCES.md`: where the facts are from.

use super::Wheel;

/// The text of `SOURCES.md`.
pub fn text(wheel: &Wheel, types: usize) -> String {
    let Wheel { version, licence, schema_date, sha256, regions, .. } = wheel;
    let regions = regions.len();
    format!(
        "\
# Sources

Written by `formwork generate facts --wheel FILE`; what it writes (`types/`, `regions/`, this file) is not edited by hand.

| what | source |
|---|---|
| `types/`, `regions/` | cfn-lint {version}, <https://pypi.org/project/cfn-lint/{version}/> |
| licence | {licence}, © Amazon.com, Inc. or its affiliates |
| schemas fetched | {schema_date} |
| SHA-256 of the wheel | `{sha256}` |
| `corrections/` | ours; each names the page that it rests on |

{types} resource types, {regions} regions.

Taken: every resource type of every region, as AWS publishes it with cfn-lint's patches: properties and their
constraints, identifiers, what is create-only, conditionally create-only, read-only, write-only, deprecated; replacement
strategy, tagging, property transforms; each handler's permissions and time-out; cfn-lint's own keywords (`lifecycle`,
`relationshipRef`, `format`, `requiredXor`, `enumCaseInsensitive`, …); its tables of what `Fn::GetAtt` takes beyond read-only
properties, as a keyword of ours, `attributes`.

Left: descriptions, titles, comments, examples, links; definitions that nothing uses; the input schema of list
handlers; the schema of a type's configuration; the types of AWS SAM (`AWS::Serverless::*`), which a transform
replaces before CloudFormation sees a resource.

Changed: patterns in the dialects of Java and Python are brought to ECMA's by rule, without a change of meaning; what the
corrections say.

Facts of cfn-lint that are kept as code instead, beside the page of AWS that each follows: the days of Lambda's runtimes
(`src/registry/runtime.rs`), and most of which properties go together (`src/check/rules/conditional/`).

A region whose `surveyed` is false has the list of us-east-1: upstream cannot ask it, so its list states no fact.
"
    )
}
