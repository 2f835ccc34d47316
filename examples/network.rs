//! A network from nothing: three tiers, one way out, endpoints, a wall around the data, and a record of who talks.
//!
//!     cargo run --example network -- synth --out out/network

use std::process::ExitCode;

use formwork::prelude::*;

const HANDLER: &str = "def handler(event, context):\n    return 'ok'\n";

fn main() -> ExitCode {
    formwork::main(&app())
}

/// The program's one stack.
pub fn app() -> App {
    let mut app = App::new();
    app.add(network(&Environment::new("uat", "111122223333", Region::ApSoutheast2)));
    app
}

fn network(environment: &Environment) -> Stack {
    let mut stack = Stack::new("network", environment);
    stack.tag("team", "platform");

    let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
    let public = stack.add("Public", PublicSubnets::new(vpc));
    let private = stack.add("Private", PrivateSubnets::new(vpc).nat(Nat::one(public)));
    let data = stack.add("Data", PrivateSubnets::new(vpc).slot(2).zones(3));

    let functions = stack.add("FunctionsSg", SecurityGroup::new(vpc, "functions"));
    let secrets_sg = stack.add("SecretsSg", SecurityGroup::new(vpc, "Secrets Manager API"));
    let secrets = InterfaceEndpoint::new(Service::SecretsManager, private, secrets_sg).private_dns(true);
    let secrets = stack.add("Secrets", secrets);
    stack.add("S3", GatewayEndpoint::new(GatewayService::S3, private));
    let s3 = stack.import("S3Addresses", PrefixList::existing("pl-6ca54005"));

    // Nothing but PostgreSQL and its answers passes between the data and the rest of the VPC.
    let wall = NetworkAcl::new(data)
        .inbound(100, AclRule::allow(vpc.range(), tcp(5432)))
        .outbound(100, AclRule::allow(vpc.range(), ephemeral()));
    stack.add("DataAcl", wall);
    stack.add("Flows", FlowLog::new(vpc).traffic(Traffic::Rejected).retention(90));

    let code = Code::inline(HANDLER);
    let handler = stack.add("Handler", Function::new(Runtime::Python313, code).in_vpc(private, functions));
    stack.allow(handler, secrets);
    stack.allow(handler, s3.on(tcp(443)));
    stack.allow(handler, cidr("203.0.113.0/24").on(tcp(443)));
    stack
}
