//! A function in public subnets reaches nothing: it gets no public address.

use formwork::prelude::*;

fn wire(function: Function, public: Handle<PublicSubnets>, group: Handle<SecurityGroup>) -> Function {
    function.in_vpc(public, group)
}

fn main() {}
