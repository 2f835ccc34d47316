//! What identifiers of AWS look like: the facts name a form where a property holds one.

use std::sync::LazyLock;

use regex::Regex;

macro_rules! forms { ($($(#[$doc:meta])* $name:ident $format:literal $code:literal $noun:literal $pattern:expr;)*) => {
    /// A form of identifiers, by the attribute of the type that has it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Form { $($(#[$doc])* $name,)* }

    impl Form {
        /// Every form.
        pub const ALL: &[Self] = &[$(Self::$name,)*];

        /// As the facts name it (`format`), such as `AWS::EC2::VPC.Id`.
        pub fn name(self) -> &'static str {
            match self { $(Self::$name => $format,)* }
        }

        /// The code of what is not of this form: cfn-lint's, or that of any format where the facts have the form among
        /// others only.
        pub fn code(self) -> &'static str {
            match self { $(Self::$name => $code,)* }
        }

        /// With its article, and an example, for messages.
        pub fn noun(self) -> &'static str {
            match self { $(Self::$name => $noun,)* }
        }

        fn pattern(self) -> &'static Regex {
            match self { $(Self::$name => {
                // INVARIANT (forms compile): a test matches every one of them.
                static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
                    Regex::new(&format!("^(?:{})$", $pattern)).unwrap_or_else(|error| unreachable!("forms compile: {error}"))
                });
                &PATTERN
            })* }
        }
    }
} }

// Sources: the "Ref" and "Fn::GetAtt" return values of each type in the template reference,
// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>, the lengths of ids in
// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>, ARNs in
// <https://docs.aws.amazon.com/service-authorization/latest/reference/>.
forms! {
    /// Of a security group.
    IdOfSecurityGroup "AWS::EC2::SecurityGroup.Id" "E1150" "an id of a security group, as `sg-0123456789abcdef0` is" r"sg-(?:[a-fA-F0-9]{8}|[a-fA-F0-9]{17})";
    /// Of a VPC.
    IdOfVpc "AWS::EC2::VPC.Id" "E1151" "an id of a VPC, as `vpc-0123456789abcdef0` is" r"vpc-(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})";
    /// Of a machine image; EC2 also takes the name of a Systems Manager parameter that holds one.
    IdOfImage "AWS::EC2::Image.Id" "E1152" "an id of an image, as `ami-0123456789abcdef0` is" r"ami-(?:[0-9a-z]{8}|[0-9a-z]{17})|resolve:ssm:.+";
    /// A security group's name.
    NameOfSecurityGroup "AWS::EC2::SecurityGroup.Name" "E1153" "a name of a security group" r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+";
    /// Of a subnet.
    IdOfSubnet "AWS::EC2::Subnet.Id" "E1154" "an id of a subnet, as `subnet-0123456789abcdef0` is" r"subnet-(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{17})";
    /// A log group's name.
    NameOfLogGroup "AWS::Logs::LogGroup.Name" "E1155" "a name of a log group" r"[.\-_/#A-Za-z0-9]{1,512}";
    /// A role's ARN.
    ArnOfRole "AWS::IAM::Role.Arn" "E1156" "an ARN of a role, as `arn:aws:iam::111122223333:role/name` is" r"arn:aws[a-zA-Z-]*:iam::\d{12}:role/.+";
    /// A KMS key's ARN, or an alias's.
    ArnOfKey "AWS::KMS::Key.Arn" "E1157" "an ARN of a KMS key" r"arn:aws[a-zA-Z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)/.+";
    /// A topic's ARN.
    ArnOfTopic "AWS::SNS::Topic.Arn" "E1158" "an ARN of an SNS topic, as `arn:aws:sns:us-east-1:111122223333:name` is" r"arn:aws[a-zA-Z-]*:sns:[a-z0-9-]+:\d{12}:.+";
    /// A certificate's ARN.
    ArnOfCertificate "AWS::ACM::Certificate.Arn" "E1159" "an ARN of a certificate of ACM" r"arn:aws[a-zA-Z-]*:acm:[a-z0-9-]+:\d{12}:certificate/.+";
    /// A function's ARN, of a version or alias too.
    ArnOfFunction "AWS::Lambda::Function.Arn" "E1160" "an ARN of a Lambda function" r"arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:function:.+";
    /// A bucket's name; an empty one is as good as none.
    NameOfBucket "AWS::S3::Bucket.Name" "E1161" "a name of a bucket: 3 to 63 of lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit" r"(?:[a-z0-9.\-]{3,63})?";
    /// A KMS key's id, or an alias's name.
    IdOfKey "AWS::KMS::Key.Id" "E1103" "an id of a KMS key" r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|alias/[a-zA-Z0-9/_-]+";
    /// An alias's name.
    NameOfAlias "AWS::KMS::Alias.AliasName" "E1103" "a name of an alias of a KMS key, as `alias/name` is" r"alias/[a-zA-Z0-9:/_-]+";
}

impl Form {
    /// The form that the facts name so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|form| form.name() == name)
    }

    /// Whether a text is of this form.
    pub fn fits(self, text: &str) -> bool {
        self.pattern().is_match(text) && (self != Self::NameOfBucket || is_well_dotted(text))
    }
}

/// Whether dots and hyphens stand between letters or digits, as they must in a bucket's name; hyphens may follow each
/// other.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_well_dotted(name: &str) -> bool {
    let is_edge = |edge: Option<char>| edge.is_some_and(|letter| matches!(letter, '.' | '-'));
    !is_edge(name.chars().next())
        && !is_edge(name.chars().next_back())
        && !["..", "-.", ".-"].iter().any(|pair| name.contains(pair))
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn forms_are_told_apart() {
        let fits = [
            (Form::IdOfSecurityGroup, "sg-0123456789abcdef0"),
            (Form::IdOfVpc, "vpc-01234567"),
            (Form::IdOfImage, "ami-0123456789abcdef0"),
            (Form::IdOfImage, "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
            (Form::NameOfSecurityGroup, "web servers (blue)"),
            (Form::IdOfSubnet, "subnet-01234567"),
            (Form::NameOfLogGroup, "/aws/lambda/a"),
            (Form::ArnOfRole, "arn:aws-us-gov:iam::111122223333:role/path/name"),
            (Form::ArnOfKey, "arn:aws:kms:us-east-1:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d"),
            (Form::ArnOfTopic, "arn:aws:sns:us-east-1:111122223333:topic"),
            (Form::ArnOfCertificate, "arn:aws:acm:us-east-1:111122223333:certificate/a"),
            (Form::ArnOfFunction, "arn:aws:lambda:us-east-1:111122223333:function:f:live"),
            (Form::NameOfBucket, "my--bucket.example"),
            (Form::NameOfBucket, ""),
            (Form::IdOfKey, "mrk-0123456789abcdef0123456789abcdef"),
            (Form::NameOfAlias, "alias/a"),
        ];
        for (form, text) in fits {
            assert!(form.fits(text), "{text} is {}", form.noun());
        }
        assert!(Form::ALL.iter().all(|form| fits.iter().any(|(seen, _)| seen == form)), "every form is tried");
        let misfits = [
            (Form::IdOfVpc, "vpc-0123"),
            (Form::IdOfImage, "sg-01234567"),
            (Form::ArnOfRole, "my-role"),
            (Form::NameOfBucket, "Upper"),
            (Form::NameOfBucket, "a..b"),
            (Form::NameOfBucket, "-ab"),
            (Form::NameOfBucket, "ab-"),
            (Form::NameOfLogGroup, "a b"),
            (Form::ArnOfTopic, "arn:aws:sqs:us-east-1:111122223333:topic"),
        ];
        for (form, text) in misfits {
            assert!(!form.fits(text), "{text} is not {}", form.noun());
        }
    }

    #[test]
    fn names_lead_to_forms() {
        assert!(Form::ALL.iter().all(|form| Form::named(form.name()) == Some(*form)));
        assert_eq!(Form::named("date-time"), None);
    }
}
