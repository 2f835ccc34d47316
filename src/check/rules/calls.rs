//! Functions: what each takes, where each may stand, and of which kind what it gives is.

use crate::check::rule::Rule;
use crate::diagnostic::{Code, Severity};

/// The page of a function in AWS's reference.
macro_rules! page {
    ($name:literal) => {
        concat!(
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-",
            $name,
            ".html"
        )
    };
}

macro_rules! functions { ($($id:literal $name:literal $page:literal $explanation:literal bad $bad:expr, good $good:expr;)*) => {
    pub(super) const RULES: &[Rule] = &[$(Rule {
        code: Code::new($id, $name),
        severity: Severity::Error,
        source: page!($page),
        explanation: $explanation,
        bad: $bad,
        good: $good,
        find: |context, report| report.misuses(context),
    },)*];
} }

/// A queue with one property.
macro_rules! queue {
    ($property:literal) => {
        concat!("Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { ", $property, " } } }")
    };
}

/// A subnet in a zone.
macro_rules! subnet {
    ($zone:literal) => {
        concat!(
            "Resources: { Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: vpc-0123456789abcdef0, CidrBlock: 10.0.0.0/24, AvailabilityZone: ",
            $zone,
            " } } }"
        )
    };
}

functions! {
    "E1015" "wrong-zones" "getavailabilityzones"
        "`Fn::GetAZs` takes a region, or an empty text for the stack's own, and gives a list."
        bad &[queue!("QueueName: !GetAZs us-east-1"), subnet!("!Select [0, !GetAZs us-east-1a]")],
        good &[subnet!("!Select [0, !GetAZs '']")];
    "E1016" "wrong-import" "importvalue"
        "`Fn::ImportValue` takes the name of an export, and gives text: a list of another stack is imported as text and split. The \
         name cannot depend on a resource."
        bad &[
            queue!("QueueName: !ImportValue [a, b]"),
            "Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-0123456789abcdef0, SecurityGroupIds: !ImportValue groups } } }",
        ],
        good &[
            queue!("QueueName: !ImportValue name"),
            "Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-0123456789abcdef0, SecurityGroupIds: !Split [',', !ImportValue groups] } } }",
        ];
    "E1017" "wrong-selection" "select"
        "`Fn::Select` takes an index, from 0, and a list that has an element there."
        bad &[
            queue!("QueueName: !Select [first, [a, b]]"),
            queue!("QueueName: !Select [2, [a, b]]"),
            queue!("QueueName: !Select [0, 'a,b']"),
        ],
        good &[queue!("QueueName: !Select [1, [a, b]]"), queue!("QueueName: !Select [0, !Split [',', 'a,b']]")];
    "E1018" "wrong-split" "split"
        "`Fn::Split` takes a separator that is written out and a text, and gives a list. It runs before dynamic references are \
         resolved."
        bad &[
            queue!("QueueName: !Split [',', 'a,b']"),
            queue!("QueueName: !Select [0, !Split [',', 'a,b', c]]"),
            queue!("QueueName: !Select [0, !Split [',', '{{resolve:ssm:names}}']]"),
        ],
        good &[queue!("QueueName: !Select [0, !Split [',', 'a,b']]")];
    "E1021" "wrong-encoding" "base64"
        "`Fn::Base64` takes text and gives text."
        bad &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-0123456789abcdef0, UserData: { Fn::Base64: [a] } } } }"],
        good &["Resources: { Host: { Type: AWS::EC2::Instance, Properties: { ImageId: ami-0123456789abcdef0, UserData: { Fn::Base64: a } } } }"];
    "E1022" "wrong-join" "join"
        "`Fn::Join` takes a separator that is written out and a list of texts, and gives text."
        bad &[
            queue!("QueueName: !Join ['-', a]"),
            queue!("QueueName: !Join ['-', [a, [b]]]"),
            queue!("QueueName: !Join [!Ref AWS::Region, [a, b]]"),
        ],
        good &[queue!("QueueName: !Join ['-', [a, !Ref AWS::Region]]"), queue!("QueueName: !Join ['-', !GetAZs '']")];
    "E1024" "wrong-ranges" "cidr"
        "`Fn::Cidr` takes a range of addresses, how many ranges to make of it, at most 256, and how many bits are free in each."
        bad &[
            queue!("QueueName: !Select [0, !Cidr [10.0.0.0/16, 257, 8]]"),
            queue!("QueueName: !Select [0, !Cidr [10.0.0.0/16]]"),
        ],
        good &[queue!("QueueName: !Select [0, !Cidr [10.0.0.0/16, 4, 8]]")];
    "E1028" "wrong-choice" "conditions"
        "`Fn::If` takes the name of a condition and two values, of which one may be `AWS::NoValue`."
        bad &[
            "Conditions: { East: !Equals [!Ref AWS::Region, us-east-1] }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !If [East, a] } } }",
        ],
        good &[
            "Conditions: { East: !Equals [!Ref AWS::Region, us-east-1] }\nResources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: !If [East, a, !Ref AWS::NoValue] } } }",
        ];
    "E1030" "wrong-length" "length"
        "`Fn::Length` takes a list, and needs the language extensions."
        bad &[
            queue!("DelaySeconds: !Length [a, b]"),
            concat!("Transform: AWS::LanguageExtensions\n", queue!("DelaySeconds: !Length abc")),
        ],
        good &[concat!("Transform: AWS::LanguageExtensions\n", queue!("DelaySeconds: !Length [a, b]"))];
    "E1031" "wrong-json-text" "ToJsonString"
        "`Fn::ToJsonString` takes a list or a map that is not empty, and needs the language extensions."
        bad &[
            queue!("QueueName: !ToJsonString [a]"),
            concat!("Transform: AWS::LanguageExtensions\n", queue!("QueueName: !ToJsonString abc")),
        ],
        good &["Transform: AWS::LanguageExtensions\nResources: { Note: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: !ToJsonString { a: [b] } } } }"];
    "E1033" "wrong-stack-output" "getstackoutput"
        "`Fn::GetStackOutput` takes a map with `StackName` and `OutputName`, and `Region` and `RoleArn` if need be."
        bad &[
            "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: { Fn::GetStackOutput: { StackName: s } } } } }",
            "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: { Fn::GetStackOutput: s } } } }",
        ],
        good &["Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: { Fn::GetStackOutput: { StackName: s, OutputName: o } } } } }"];
    "E6101" "output-not-text" "getatt"
        "The value of an output is text. A list is joined; an attribute that is a number or a truth value cannot be one."
        bad &[
            "Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } } }\nOutputs: { Blocks: { Value: !GetAtt Vpc.CidrBlockAssociations } }",
            "Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Name: { Value: [a] } }",
        ],
        good &["Resources: { Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } } }\nOutputs: { Blocks: { Value: !Join [',', !GetAtt Vpc.CidrBlockAssociations] } }"];
    "E6102" "export-name-not-text" "importvalue"
        "The name of an export is text, by which other stacks import it."
        bad &["Parameters: { Names: { Type: CommaDelimitedList } }\nResources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Name: { Value: a, Export: { Name: !Ref Names } } }"],
        good &["Resources: { Queue: { Type: AWS::SQS::Queue } }\nOutputs: { Name: { Value: a, Export: { Name: !Sub '${AWS::StackName}-name' } } }"];
}
