//! Every way that is known in which "a function reaches a database through a proxy" fails on the network, in names, at the
//! proxy, the database, the function, its endpoints and in CloudFormation: who reports it, or why no template can tell.

use std::collections::BTreeSet;

use formwork::check::{check, rules};
use formwork::prove::{explanations, routes};
use formwork::template::parse::parse;

use super::failures;
use crate::planted::cases;

/// Who reports a failure.
enum By {
    /// A rule of `check`, or a hop that tells the same fault in its place, by their codes, and the planted fault of which
    /// each planting is told by one.
    Rule(&'static [&'static str], &'static str),
    /// Rules, of a template that is too large to be planted as a change.
    Made(&'static [&'static str], fn() -> String),
    /// A hop of a proof, by its code, and the row of the planted failures that shows it.
    Hop(&'static str, &'static str),
    /// The hop of what must exist before what, and what of the tests of the order it is told as.
    Order(&'static str),
    /// Nobody: why a template cannot tell.
    Nobody(&'static str),
}

use By::{Hop, Made, Nobody, Order, Rule};

const TABLE: &[(&str, By)] = &[
    // Network.
    (
        "the function's group lets nothing out to the proxy",
        Hop("N3205", "the function's group lets nothing out to the proxy"),
    ),
    ("the proxy's group admits no function", Hop("N3204", "the proxy's group admits nobody")),
    ("the database's group admits no proxy", Hop("N3204", "the database's group admits no proxy")),
    (
        "one group for proxy and database that does not admit itself",
        Hop("N3204", "the database's group admits no proxy"),
    ),
    (
        "the proxy's group lets nothing out to the database",
        Hop("N3205", "the proxy's group lets nothing out to the database"),
    ),
    ("a rule on another port", Hop("N3204", "rules on the port of the database where the proxy listens on its own")),
    ("the client calls the port of the database", Hop("N3209", "the client calls the port of the database")),
    ("the proxy has the default group", Rule(&["I3939", "N3204"], "proxy-sg-omitted")),
    ("the database has the default group", Rule(&["I3939", "N3204"], "db-sg-omitted")),
    ("subnets without a security group", Rule(&["E3922", "N3201"], "lambda-vpcconfig-sg-missing")),
    ("the function is in no VPC", Hop("N3201", "the function is in no VPC")),
    ("the function is in another VPC", Hop("N3202", "the function is in another VPC")),
    ("a security group of another VPC", Hop("N3201", "a security group of another VPC")),
    ("the proxy is in another VPC than its database", Rule(&["E3936", "N3202"], "proxy-db-different-vpc")),
    ("the proxy in one subnet", Rule(&["E3032"], "proxy-one-subnet")),
    ("the proxy's subnets in one zone", Rule(&["E3933"], "proxy-subnets-same-az")),
    ("the database's subnets in one zone", Rule(&["E3933"], "db-subnetgroup-one-az")),
    (
        "a zone that RDS Proxy does not have",
        Nobody("zone ids belong to an account, and the list of supported ones to AWS"),
    ),
    ("a VPC of dedicated tenancy", Rule(&["E3937"], "vpc-dedicated-tenancy")),
    ("a network ACL without entries", Hop("N3207", "a network ACL that has no entry for the port")),
    ("a network ACL that lets no answers out", Hop("N3208", "a network ACL that lets no answers out")),
    ("too few addresses for the proxy", Rule(&["W3946"], "subnet-too-small-proxy")),
    ("too few addresses for the function", Rule(&["W3947"], "subnet-too-small-lambda")),
    ("addresses that others have taken", Nobody("how many addresses are free is known to the subnet only")),
    ("the quota of network interfaces", Nobody("quotas and what counts against them belong to the account")),
    ("an IPv6 proxy in subnets without", Rule(&["E3938", "N3201"], "ipv6-endpoint-no-ipv6")),
    ("an IPv6 target whose database has none", Rule(&["E3960", "N3201"], "target-ipv6-db-ipv4")),
    (
        "a function without IPv6 of a proxy that has only that",
        Rule(&["E3945", "N3201"], "ipv6-proxy-function-without-ipv6"),
    ),
    ("a function in a public subnet that calls APIs", Hop("N3210", "a function in a public subnet")),
    ("an endpoint of the proxy in another VPC whose group is closed", Hop("N3204", "the proxy's group admits nobody")),
    ("a group shared by proxy and database that admits functions", Rule(&["N1002"], "lambda-sg-direct-to-db")),
    ("a database that everyone is admitted to", Rule(&["N1003"], "db-sg-open-world")),
    ("a database with an address of the internet", Rule(&["N1004"], "db-public")),
    ("an IPv6 proxy whose rules are of IPv4", Rule(&["N3204"], "ipv6-ingress-of-ipv4-alone")),
    ("an IPv6 proxy whose network ACL is of IPv4", Rule(&["N3207"], "ipv6-nacl-of-ipv4-alone")),
    ("a way out for IPv6 alone", Rule(&["N3210"], "way-out-for-ipv6-alone")),
    ("subnets shared by another account", Nobody("who owns an existing subnet does not stand in a template")),
    // Names.
    ("names are not resolved in the VPC", Hop("N3203", "names are not resolved in the VPC")),
    ("private DNS in a VPC without host names", Hop("N3210", "private DNS in a VPC without host names")),
    ("resolvers of one's own", Nobody("what they know is up to them: the proof lists it as an assumption")),
    ("the host is the database's", Rule(&["I3942"], "env-host-is-db")),
    ("the host is a literal", Rule(&["I3943"], "env-host-literal")),
    ("the port of a proxy as an attribute", Rule(&["E1010", "E1019", "N3209"], "env-port-from-proxy")),
    ("the host is an endpoint for reading", Nobody("what a function does with its connection is in its code")),
    ("private DNS of two endpoints of one service", Rule(&["E3064"], "vpce-private-dns-conflict")),
    ("a record of one's own that leads to the proxy", Rule(&["W3948", "I3949"], "custom-dns-cname")),
    ("private DNS that takes over a given VPC", Nobody("who else is in an existing VPC does not stand in a template")),
    // The proxy and its targets.
    ("no target group", Hop("N3209", "no target group")),
    ("a target group without one target", Rule(&["E3907"], "tg-no-target")),
    ("a target group of another name", Rule(&["E3030", "W1032"], "tg-name-not-default")),
    ("targets by a literal", Rule(&["W3912"], "tg-targets-literal-id")),
    ("targets before the instances of the cluster", Order("does not wait for Writer of Cluster")),
    ("an engine of another family", Rule(&["E3951"], "engine-family-mismatch")),
    ("an engine without proxies", Rule(&["E3951", "E3956", "E3953"], "engine-unsupported")),
    ("no credentials", Rule(&["E3901"], "auth-missing")),
    ("mixed login outside SQL Server", Rule(&["E3902"], "iamauth-enabled-not-sqlserver")),
    ("a client's login of another engine", Rule(&["E3905"], "client-auth-type-wrong-engine")),
    ("a driver that cannot log in so", Nobody("which driver a function uses is in its code")),
    ("a name in upper case", Rule(&["I3908"], "proxy-name-uppercase")),
    ("the quota of proxies", Nobody("quotas and what counts against them belong to the account")),
    ("more idle connections than the pool", Rule(&["E3906"], "max-idle-gt-max")),
    ("timeouts outside their range", Rule(&["E3034"], "borrow-timeout-range")),
    ("session pinning filters outside MySQL", Rule(&["W3957"], "pinning-filter-bogus")),
    ("an endpoint for reading without a reader", Rule(&["E3955"], "endpoint-readonly-on-instance")),
    ("pools that together take more than there is", Rule(&["I3913"], "pool-multi-proxy-oversubscribe")),
    ("statements that pin a connection", Nobody("statements are in the code")),
    ("debug logging", Rule(&["I3911"], "debug-logging-on")),
    ("clients without TLS", Rule(&["I3916", "W3950"], "require-tls-false")),
    ("too many new connections at once", Nobody("the load does not stand in a template")),
    // The database.
    ("a database without a policy for its data", Rule(&["W3011"], "db-no-deletion-policy")),
    ("a database that stays without what it needs", Rule(&["W3976"], "db-retain-blocks-subnetgroup")),
    ("a database that stays without its key", Rule(&["W3974"], "key-disabled-or-deleted")),
    ("a read replica behind the proxy", Rule(&["E3953"], "read-replica-target")),
    ("tokens to a database that takes none", Rule(&["E3952", "P3207"], "e2e-db-iam-off")),
    ("clients in the clear of a database that wants TLS", Rule(&["I3959"], "rds-force-ssl")),
    ("a cluster that would pause", Rule(&["I3958"], "serverless-min0")),
    ("a reserved user", Rule(&["E3971"], "db-same-name-reserved")),
    ("users and plugins inside the database", Nobody("they are rows of the database, not resources")),
    // The function.
    ("a function that ends before the proxy gives up", Rule(&["I3940"], "fn-timeout-default-3s")),
    ("a reserved variable", Rule(&["E3663"], "fn-env-reserved")),
    ("a function that was idle for weeks", Nobody("it happens between deployments")),
    ("another authority of certificates", Nobody("what the driver trusts is in the code")),
    ("too many groups or subnets", Rule(&["E3032"], "fn-too-many-sg-subnets")),
    // Endpoints.
    ("an endpoint of the RDS API for data", Rule(&["N1001"], "rds-api-endpoint-for-data")),
    ("no way to Secrets Manager", Hop("N3210", "no endpoint and no way out")),
    ("a NAT gateway that leads nowhere", Hop("N3210", "a NAT gateway in a subnet that leads nowhere")),
    ("the endpoint's group admits nobody", Hop("N3204", "the endpoint's group admits nobody")),
    ("the endpoint has the default group", Rule(&["I3939", "N3204"], "vpce-sg-omitted")),
    ("an endpoint of no type", Rule(&["E3921", "N3210"], "vpce-type-omitted")),
    ("an endpoint of no service", Rule(&["E3925", "N3210"], "vpce-service-wrong")),
    ("a service that a zone does not have", Nobody("which zones a service has is known to AWS only")),
    ("two subnets of an endpoint in one zone", Rule(&["E3924"], "vpce-two-subnets-one-az")),
    ("private DNS without DNS", Rule(&["E3923", "N3210"], "vpce-dns-flags")),
    // CloudFormation.
    ("groups that name each other", Rule(&["E3004"], "sg-inline-cycle")),
    ("a group that names itself", Rule(&["E3004"], "sg-self-inline")),
    ("a route that is past the local one", Hop("N3206", "a route past the local one")),
    ("an export in use", Nobody("who imports it is known to the account; a comparison of two templates tells")),
    (
        "a rule that is replaced, with a gap between",
        Nobody("it takes two templates to compare: a comparison tells that the rule is replaced"),
    ),
    ("a replacement of a named proxy", Nobody("it takes two templates to compare")),
    ("a function that stays without what its interfaces need", Rule(&["I3979"], "lambda-stays-without-its-network")),
    ("interfaces that stay for half an hour", Nobody("it happens between deployments")),
    ("too many resources", Made(&["E3010", "E2010", "E6010"], too_many)),
    ("a rotation before it is permitted", Order("by which Secrets Manager can invoke Fn")),
    ("a rotation before the secret is attached", Order("which writes into the secret where its database is")),
    ("a proxy's role before its policy", Order("by which Proxy can read its secret")),
    ("a target group before the rules that its proxy relies on", Order("by which Proxy reaches Cluster")),
    ("a custom resource before the policy of its function", Order("by which Fill can read its secret")),
    ("a custom resource before its function's way to an API", Order("by which Fill reaches secretsmanager")),
    ("a function before the policy that lets it have interfaces", Order("by which Fn can have network interfaces")),
    ("a policy that is gone before the interfaces of its function", Order("by which Fn can have network interfaces")),
];

/// More resources, parameters and outputs than a template may have.
fn too_many() -> String {
    let each = |name: &str, count: usize, says: &str| {
        (0..count).map(|at| format!("  {name}{at}: {says}\n")).collect::<String>()
    };
    let resources = each("Handle", 501, "{ Type: AWS::CloudFormation::WaitConditionHandle }");
    let (parameters, outputs) = (each("P", 201, "{ Type: String }"), each("O", 201, "{ Value: x }"));
    format!("Parameters:\n{parameters}Resources:\n{resources}Outputs:\n{outputs}")
}

#[test]
fn whoever_is_said_to_report_a_failure_exists() {
    let (mut wrong, cases) = (Vec::new(), cases("faults"));
    for (failure, by) in TABLE {
        match by {
            Rule(codes, name) => {
                let exists = |code: &str| rules::find(code).is_some() || explanations().any(|hop| hop.code.id == code);
                let missing = codes.iter().filter(|code| !exists(code));
                wrong.extend(missing.map(|code| format!("{failure}: there is no rule {code}")));
                let planted: Vec<_> = cases.iter().filter(|case| case.name == *name).collect();
                if planted.is_empty() {
                    wrong.push(format!("{failure}: `{name}` is not planted"));
                }
                for case in planted {
                    if !case.told.iter().any(|line| line.split(' ').nth(1).is_some_and(|code| codes.contains(&code))) {
                        wrong.push(format!("{failure}: {name} {} is told by none of {codes:?}", case.base));
                    }
                }
            }
            Made(codes, template) => {
                let (template, places, _) = parse(&template(), "app.yaml");
                let told: BTreeSet<_> = check(&template, &places, None).iter().map(|found| found.code.id).collect();
                wrong.extend(
                    codes.iter().filter(|code| !told.contains(*code)).map(|code| format!("{failure}: no {code}")),
                );
            }
            Hop(code, row) => {
                if !routes::ALL.iter().any(|hop| hop.code.id == *code) {
                    wrong.push(format!("{failure}: there is no hop {code}"));
                }
                let shown = failures::hops_of(row);
                let hop = routes::ALL.iter().find(|hop| hop.code.id == *code).map_or("", |hop| hop.name);
                if !shown.contains(hop) {
                    wrong.push(format!("{failure}: no planted `{row}` breaks {hop}"));
                }
            }
            Order(told) if !include_str!("../order.rs").contains(told) => {
                wrong.push(format!("{failure}: no test of the order tells `{told}`"));
            }
            Order(_) => {}
            Nobody(why) => assert!(why.len() > 20, "{failure}: a reason is a sentence"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_failure_stands_once_and_every_hop_reports_some() {
    let names: BTreeSet<_> = TABLE.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), TABLE.len());
    let reported: BTreeSet<_> =
        TABLE.iter().filter_map(|(_, by)| if let Hop(code, _) = by { Some(*code) } else { None }).collect();
    let hops = routes::ALL.iter().map(|hop| hop.code.id).filter(|code| !["N3212", "N3213"].contains(code));
    assert_eq!(hops.filter(|code| !reported.contains(code)).collect::<Vec<_>>(), Vec::<&str>::new());
}
