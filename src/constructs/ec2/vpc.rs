//! VPCs.

use super::codes;
use crate::aws::ec2;
use crate::diagnostic::Diagnostic;
use crate::network::Cidr;
use crate::stack::{self, Bag, Construct, Existing, Handle, IntoValue, Lowering, Term, Value, VpcId};
use crate::template::Function;

/// The prefixes that a VPC's range, and a subnet's block, may have.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>,
/// <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>
pub(super) const PREFIXES: std::ops::RangeInclusive<u8> = 16..=28;

/// So many blocks are cut from a range, of which each subnet has one.
pub(super) const BLOCKS: usize = 16;

/// The prefix of the blocks where the range is not known: 256 addresses each.
const BLOCK_PREFIX: u8 = 24;

/// A virtual private cloud: a network of one's own, with DNS, and with no way in or out until something adds one.
///
/// Its default security group stays as AWS makes it: its members reach each other and everything else. No construct
/// here puts anything into it.
///
/// # How the range is divided
///
/// Subnets cannot change their addresses: a change replaces them with all that stands in them. So the division does not
/// depend on what else there is. The range is cut into 16 blocks of equal size, four in a row for each of four slots,
/// one block for each Availability Zone of the tier in that slot, the fourth kept free. [`PrivateSubnets`] are in slot
/// 0 and [`PublicSubnets`] in slot 1 unless told otherwise; a further tier is given slot 2 or 3. With `10.20.0.0/16`:
///
/// | slot | unless said | zone 1 | zone 2 | zone 3 |
/// |---|---|---|---|---|
/// | 0 | private | 10.20.0.0/20 | 10.20.16.0/20 | 10.20.32.0/20 |
/// | 1 | public | 10.20.64.0/20 | 10.20.80.0/20 | 10.20.96.0/20 |
/// | 2 | | 10.20.128.0/20 | 10.20.144.0/20 | 10.20.160.0/20 |
/// | 3 | | 10.20.192.0/20 | 10.20.208.0/20 | 10.20.224.0/20 |
///
/// A zone, a tier or an endpoint more leaves the blocks of the others as they are.
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let public = stack.add("Public", PublicSubnets::new(vpc));
/// let private = stack.add("Private", PrivateSubnets::new(vpc).zones(3).nat(Nat::one(public)));
/// let data = stack.add("Data", PrivateSubnets::new(vpc).slot(2));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
///
/// [`PrivateSubnets`]: super::PrivateSubnets
/// [`PublicSubnets`]: super::PublicSubnets
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Vpc {
    vpc: ec2::Vpc,
    range: Value<Cidr>,
    subnet_prefix: Option<u8>,
}

impl Vpc {
    /// A new VPC with the addresses of `range`, a prefix of 16 to 28 bits, and with the DNS that interface endpoints
    /// want.
    ///
    /// The range may be a parameter, [`Parameter::cidr`](crate::stack::Parameter::cidr). CloudFormation divides it
    /// then, and it must be told the size of the blocks, which a parameter does not say: see
    /// [`subnet_prefix`](Self::subnet_prefix).
    #[track_caller]
    pub fn new(range: impl IntoValue<Cidr>) -> Self {
        let range = range.into_value();
        let vpc = ec2::Vpc::new().cidr_block(range.clone()).enable_dns_hostnames(true).enable_dns_support(true);
        Self { vpc, range, subnet_prefix: None }
    }

    /// The prefix of each subnet's block: 16 to 28 bits. Unless said, four bits more than that of the range, so that 16
    /// blocks fill it; 24 where the range is a parameter, which then needs a prefix of 20 or less.
    ///
    /// A change replaces every subnet that has its block from here.
    pub fn subnet_prefix(mut self, bits: u8) -> Self {
        self.subnet_prefix = Some(bits);
        self
    }

    /// Its addresses, where this stack creates it and they are no parameter.
    pub fn range(&self) -> Option<Cidr> {
        self.range.literal().copied()
    }

    /// A VPC that exists.
    pub fn existing(id: impl IntoValue<VpcId>) -> Existing<Self> {
        let id = id.into_value();
        let noun = Self { vpc: ec2::Vpc::new(), range: Value::Absent, subnet_prefix: None };
        Existing::new(noun).given("VpcId", id.clone()).given("Ref", id)
    }

    /// The nth block of the VPC `own`, or why there is none.
    pub(super) fn block(&self, own: Handle<Self>, n: usize) -> Result<Value<Cidr>, Diagnostic> {
        match &self.range {
            Value::Literal(range) => self.known_block(*range, n).map(Value::Literal),
            Value::Intrinsic(_) => Ok(computed_block(own, self.subnet_prefix.unwrap_or(BLOCK_PREFIX), n)),
            Value::Absent => Err(unknown_range()),
        }
    }

    fn known_block(&self, range: Cidr, n: usize) -> Result<Cidr, Diagnostic> {
        let prefix = self.subnet_prefix.unwrap_or(range.prefix() + BLOCKS.ilog2() as u8);
        block(range, prefix, n).ok_or_else(|| {
            let message = format!("{range} has no room for a subnet with a prefix of {prefix} as block {n} of it");
            let cure = "a VPC of 256 addresses holds 16 subnets of 16: widen the range, say `.subnet_prefix(…)` of \
                        the VPC, or give the subnets blocks: `.blocks([cidr(\"…\")])`";
            Diagnostic::error(stack::MISSING, message).help(cure)
        })
    }
}

impl Existing<Vpc> {
    /// Its addresses, where rules name them: see [`range`](Handle::range). New subnets in it are given their blocks
    /// all the same, since others have theirs already.
    pub fn range(self, range: impl IntoValue<Cidr>) -> Self {
        self.given("CidrBlock", range.into_value())
    }
}

impl Construct for Vpc {
    fn bag(&mut self) -> &mut Bag {
        self.vpc.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        if let Some(range) = self.range()
            && (range.is_v6() || !PREFIXES.contains(&range.prefix()))
        {
            let message = format!("{range} cannot be the range of a VPC: it is of IPv4, with a prefix of 16 to 28");
            let cure = "take a private range, such as `10.20.0.0/16`";
            lowering.report(Diagnostic::error(codes::SUBNETS, message).help(cure));
        }
        lowering.main_resource();
    }
}

impl Handle<Vpc> {
    /// Its id.
    pub fn id(self) -> Value<VpcId> {
        self.attribute("VpcId")
    }

    /// Its range of IPv4 addresses, such as for a rule of a network ACL.
    pub fn range(self) -> Value<Cidr> {
        self.attribute("CidrBlock")
    }
}

fn unknown_range() -> Diagnostic {
    let message = "the addresses of the VPC are not known, so none can be given to subnets";
    let cure = "give them blocks that are free: `.blocks([cidr(\"…\"), cidr(\"…\")])`, or name subnets that exist: \
                `PrivateSubnets::existing(vpc, …)`";
    Diagnostic::error(stack::MISSING, message).help(cure)
}

/// The nth block with a prefix of so many bits of a range, where it has one.
fn block(range: Cidr, prefix: u8, n: usize) -> Option<Cidr> {
    let std::net::IpAddr::V4(first) = range.address() else { return None };
    let bits = prefix.checked_sub(range.prefix()).filter(|_| PREFIXES.contains(&prefix))?;
    let n = u32::try_from(n).ok().filter(|n| u64::from(*n) < 1 << bits)?;
    Cidr::new(std::net::Ipv4Addr::from_bits(first.to_bits() + (n << (32 - prefix))).into(), prefix)
}

/// The same by CloudFormation. How many blocks are cut is the same for every subnet, so that another one changes
/// nothing.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html>
fn computed_block(vpc: Handle<Vpc>, prefix: u8, n: usize) -> Value<Cidr> {
    let host_bits = i64::from(32 - prefix.min(32));
    let blocks = [vpc.any().term("CidrBlock"), Term::from(BLOCKS as i64), Term::from(host_bits)];
    let select = [Term::from(n as i64), Term::call_list(Function::Cidr, blocks)];
    Value::from_term(Term::call_list(Function::Select, select))
}
