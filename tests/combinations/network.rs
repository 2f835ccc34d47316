//! Every network that the constructs can make: ways out, zones, endpoints, network ACL, flow logs.

use std::fs;
use std::path::Path;

use formwork::check::check;
use formwork::diagnostic::Severity;
use formwork::emit::yaml;
use formwork::prelude::*;

/// One network.
#[derive(Clone, Copy, Debug)]
struct Case {
    nat: &'static str,
    zones: usize,
    endpoints: bool,
    acl: bool,
    flows: bool,
    /// What it starts from: a new VPC, one by parameter, or one that exists.
    vpc: &'static str,
}

impl Case {
    fn all() -> Vec<Self> {
        let flags = || [false, true];
        let mut all = Vec::new();
        for vpc in ["new", "open", "given"] {
            for nat in ["none", "one", "each"] {
                for zones in [2, 3] {
                    let shapes =
                        flags().map(|endpoints| flags().map(|acl| flags().map(|flows| (endpoints, acl, flows))));
                    let shapes = shapes.into_iter().flatten().flatten();
                    all.extend(shapes.map(|(endpoints, acl, flows)| Self { nat, zones, endpoints, acl, flows, vpc }));
                }
            }
        }
        all
    }

    fn name(self) -> String {
        let part = |on: bool, name: &'static str| if on { name } else { "" };
        let parts = [part(self.endpoints, "-endpoints"), part(self.acl, "-acl"), part(self.flows, "-flows")].concat();
        format!("network-{}-{}-{}{parts}", self.vpc, self.nat, self.zones)
    }

    fn stack(self) -> Stack {
        let mut stack = Stack::new(self.name(), &Environment::new("test", "111122223333", Region::EuWest1));
        stack.tag("team", "network");
        let vpc = self.vpc(&mut stack);
        let private = self.tiers(&mut stack, vpc);
        self.use_it(&mut stack, vpc, private);
        if self.endpoints {
            endpoints(&mut stack, vpc, private);
        }
        if self.acl {
            let rule = |port| AclRule::allow(cidr("10.20.0.0/16"), port);
            let acl = NetworkAcl::new(private)
                .inbound(100, rule(tcp(5432)))
                .inbound(110, rule(ephemeral()))
                .inbound(120, AclRule::deny_all(cidr("2001:db8::/32")))
                .outbound(100, rule(tcp(5432)))
                .outbound(110, rule(ephemeral()));
            stack.add("Acl", acl);
        }
        if self.flows {
            stack.add("Flows", FlowLog::new(vpc));
        }
        stack
    }

    fn vpc(self, stack: &mut Stack) -> Handle<Vpc> {
        match self.vpc {
            "given" => stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620")),
            "open" => {
                let range = stack.parameter("Range", Parameter::cidr().default(cidr("10.20.0.0/16")));
                stack.add("Vpc", Vpc::new(range).subnet_prefix(20))
            }
            _ => stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16"))),
        }
    }

    fn nat(self, public: Handle<PublicSubnets>) -> Nat {
        match self.nat {
            "one" => Nat::one(public),
            "each" => Nat::one_a_zone(public),
            _ => Nat::none(),
        }
    }

    /// Public and private subnets; the latter are given back.
    fn tiers(self, stack: &mut Stack, vpc: Handle<Vpc>) -> Handle<PrivateSubnets> {
        if self.vpc == "given" {
            let ids = ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072", "subnet-0c83d2c3b4e5f6073"];
            let public = stack.import("Public", PublicSubnets::existing(vpc, ids));
            let blocks = ["10.20.64.0/24", "10.20.65.0/24", "10.20.66.0/24"].map(cidr);
            let blocks = blocks.into_iter().take(self.zones);
            return stack.add("Private", PrivateSubnets::new(vpc).blocks(blocks).nat(self.nat(public)));
        }
        let public = stack.add("Public", PublicSubnets::new(vpc).zones(self.zones));
        stack.add("Data", PrivateSubnets::new(vpc).slot(2));
        stack.add("Private", PrivateSubnets::new(vpc).zones(self.zones).nat(self.nat(public)))
    }

    /// A function, a database and a proxy in the private subnets, so that everything is used.
    fn use_it(self, stack: &mut Stack, vpc: Handle<Vpc>, private: Handle<PrivateSubnets>) {
        let [lambda_sg, proxy_sg, database_sg] =
            ["LambdaSg", "ProxySg", "DatabaseSg"].map(|name| stack.add(name, SecurityGroup::new(vpc, name)));
        let secret = stack.add("Secret", Secret::new(user("app"), EncryptedBy::AwsManagedKey));
        let noun = DatabaseInstance::new(Engine::Postgres, secret, private, database_sg);
        let database = stack.add("Database", noun.on_deletion(Deletion::Snapshot));
        let proxy = DatabaseProxy::new(database, ProxyAuth::iam(secret), private, proxy_sg);
        let proxy = stack.add("Proxy", proxy);
        let code = Code::inline("def handler(event, context): pass");
        let handler = Function::new(Runtime::Python313, code).in_vpc(private, lambda_sg);
        let handler = stack.add("Handler", handler.env("DB_HOST", proxy.endpoint()));
        stack.allow(handler, proxy);
        stack.allow(proxy, database);
        stack.allow(handler, cidr("10.0.0.0/8").on(tcp(443)));
        stack.allow(handler, cidr("2001:db8::/32").on(tcp(443)));
        let list = stack.import("S3List", PrefixList::existing("pl-6ca54005"));
        stack.allow(handler, list.on(tcp(443)));
        stack.allow(list, lambda_sg.on(tcp(8443)));
        stack.grant(handler, proxy.connect());
    }
}

fn endpoints(stack: &mut Stack, vpc: Handle<Vpc>, private: Handle<PrivateSubnets>) {
    let group = stack.add("SecretsSg", SecurityGroup::new(vpc, "Secrets Manager API"));
    stack.add("Secrets", InterfaceEndpoint::new(Service::SecretsManager, private, group).private_dns(true));
    stack.add("S3", GatewayEndpoint::new(GatewayService::S3, private));
    stack.add("Tables", GatewayEndpoint::new(GatewayService::DynamoDb, private));
}

#[test]
fn every_network_has_neither_error_nor_warning() {
    for case in Case::all() {
        let lowered = case.stack().lower();
        assert!(lowered.diagnostics.is_empty(), "{case:?}: {:#?}", lowered.diagnostics);
        let found = check(&lowered.template, &lowered.places, Some("eu-west-1"));
        let counts: Vec<_> = found.iter().filter(|finding| finding.severity != Severity::Info).collect();
        assert!(counts.is_empty(), "{case:?}: {counts:#?}");
    }
}

/// Writes them for the labs, in YAML and as JSON in the long form.
#[test]
#[ignore = "for tests/labs/run"]
fn write_networks() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/labs/templates");
    fs::create_dir_all(&folder).unwrap();
    for case in Case::all() {
        let template = case.stack().lower().template;
        fs::write(folder.join(format!("{}.yaml", case.name())), yaml::template(&template)).unwrap();
        let json = template.to_json().to_string();
        fs::write(folder.join(format!("{}.template.json", case.name())), json).unwrap();
    }
}
