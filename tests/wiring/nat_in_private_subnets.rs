//! A NAT gateway needs a route to the internet gateway.

use formwork::prelude::*;

fn wire(private: Handle<PrivateSubnets>) -> Nat {
    Nat::one(private)
}

fn main() {}
