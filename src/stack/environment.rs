//! Where a stack is deployed.

use std::fmt;
use std::str::FromStr;

/// An account and a region under a name, such as `prod`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Environment {
    /// The name: also that of the folder that `synth` writes.
    pub name: String,
    /// The account's twelve digits.
    pub account: String,
    /// The region.
    pub region: Region,
}

impl Environment {
    /// An environment.
    pub fn new(name: impl Into<String>, account: impl Into<String>, region: Region) -> Self {
        Self { name: name.into(), account: account.into(), region }
    }
}

macro_rules! regions { ($($name:ident $code:literal,)*) => {
    /// A region of AWS, by its code.
    ///
    /// The list is that of the resource facts under `schemas/`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Region {
        $(#[doc = concat!("`", $code, "`.")] $name,)*
    }

    impl Region {
        /// Every region.
        pub const ALL: &[Self] = &[$(Self::$name,)*];

        /// The code, such as `ap-southeast-2`.
        pub fn code(self) -> &'static str {
            match self { $(Self::$name => $code,)* }
        }
    }
} }

regions! {
    AfSouth1 "af-south-1",
    ApEast1 "ap-east-1",
    ApEast2 "ap-east-2",
    ApNortheast1 "ap-northeast-1",
    ApNortheast2 "ap-northeast-2",
    ApNortheast3 "ap-northeast-3",
    ApSouth1 "ap-south-1",
    ApSouth2 "ap-south-2",
    ApSoutheast1 "ap-southeast-1",
    ApSoutheast2 "ap-southeast-2",
    ApSoutheast3 "ap-southeast-3",
    ApSoutheast4 "ap-southeast-4",
    ApSoutheast5 "ap-southeast-5",
    ApSoutheast6 "ap-southeast-6",
    ApSoutheast7 "ap-southeast-7",
    CaCentral1 "ca-central-1",
    CaWest1 "ca-west-1",
    CnNorth1 "cn-north-1",
    CnNorthwest1 "cn-northwest-1",
    EuCentral1 "eu-central-1",
    EuCentral2 "eu-central-2",
    EuIsoeWest1 "eu-isoe-west-1",
    EuNorth1 "eu-north-1",
    EuSouth1 "eu-south-1",
    EuSouth2 "eu-south-2",
    EuWest1 "eu-west-1",
    EuWest2 "eu-west-2",
    EuWest3 "eu-west-3",
    EuscDeEast1 "eusc-de-east-1",
    IlCentral1 "il-central-1",
    MeCentral1 "me-central-1",
    MxCentral1 "mx-central-1",
    SaEast1 "sa-east-1",
    UsEast1 "us-east-1",
    UsEast2 "us-east-2",
    UsGovEast1 "us-gov-east-1",
    UsGovWest1 "us-gov-west-1",
    UsIsoEast1 "us-iso-east-1",
    UsIsoWest1 "us-iso-west-1",
    UsIsobEast1 "us-isob-east-1",
    UsIsobWest1 "us-isob-west-1",
    UsIsofEast1 "us-isof-east-1",
    UsIsofSouth1 "us-isof-south-1",
    UsWest1 "us-west-1",
    UsWest2 "us-west-2",
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Region {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|region| region.code() == code);
        found.copied().ok_or_else(|| format!("`{code}` is no region"))
    }
}
