//! Every way that is known in which "a function reaches a database through a proxy" fails on the network, in names, at the
//! proxy, the database, the function, its endpoints and in CloudFormation: who reports it, or why no template can tell.

use std::collections::BTreeSet;

use formwork::check::rules;
use formwork::prove::routes;

use super::failures;

/// Who reports a failure.
enum By {
    /// A rule of `check`, by its code.
    Rule(&'static [&'static str]),
    /// A hop of a proof, by its code, and the row of the planted failures that shows it.
    Hop(&'static str, &'static str),
    /// The hop of what must exist before what, and what of the tests of the order it is told as.
    Order(&'static str),
    /// Nobody: why a template cannot tell.
    Nobody(&'static str),
}

use By::{Hop, Nobody, Order, Rule};

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
    ("the proxy has the default group", Rule(&["I3939"])),
    ("the database has the default group", Rule(&["I3939"])),
    ("subnets without a security group", Rule(&["E3922"])),
    ("the function is in no VPC", Hop("N3201", "the function is in no VPC")),
    ("the function is in another VPC", Hop("N3202", "the function is in another VPC")),
    ("a security group of another VPC", Hop("N3201", "a security group of another VPC")),
    ("the proxy is in another VPC than its database", Rule(&["E3936"])),
    ("the proxy in one subnet", Rule(&["E3032"])),
    ("the proxy's subnets in one zone", Rule(&["E3933"])),
    ("the database's subnets in one zone", Rule(&["E3933"])),
    (
        "a zone that RDS Proxy does not have",
        Nobody("zone ids belong to an account, and the list of supported ones to AWS"),
    ),
    ("a VPC of dedicated tenancy", Rule(&["E3937"])),
    ("a network ACL without entries", Hop("N3207", "a network ACL that has no entry for the port")),
    ("a network ACL that lets no answers out", Hop("N3208", "a network ACL that lets no answers out")),
    ("too few addresses for the proxy", Rule(&["W3946"])),
    ("too few addresses for the function", Rule(&["W3947"])),
    ("addresses that others have taken", Nobody("how many addresses are free is known to the subnet only")),
    ("the quota of network interfaces", Nobody("quotas and what counts against them belong to the account")),
    ("an IPv6 proxy in subnets without", Rule(&["E3938"])),
    ("an IPv6 target whose database has none", Rule(&["E3960"])),
    ("a function without IPv6 of a proxy that has only that", Rule(&["E3945"])),
    ("a function in a public subnet that calls APIs", Hop("N3210", "a function in a public subnet")),
    ("an endpoint of the proxy in another VPC whose group is closed", Hop("N3204", "the proxy's group admits nobody")),
    ("a group shared by proxy and database that admits functions", Rule(&["N1002"])),
    ("subnets shared by another account", Nobody("who owns an existing subnet does not stand in a template")),
    // Names.
    ("names are not resolved in the VPC", Hop("N3203", "names are not resolved in the VPC")),
    ("private DNS in a VPC without host names", Hop("N3210", "private DNS in a VPC without host names")),
    ("resolvers of one's own", Nobody("what they know is up to them: the proof lists it as an assumption")),
    ("the host is the database's", Rule(&["I3942"])),
    ("the host is a literal", Rule(&["I3943"])),
    ("the port of a proxy as an attribute", Rule(&["E1010"])),
    ("the host is an endpoint for reading", Nobody("what a function does with its connection is in its code")),
    ("private DNS of two endpoints of one service", Rule(&["E3064"])),
    ("a record of one's own that leads to the proxy", Rule(&["W3948", "I3949"])),
    ("private DNS that takes over a given VPC", Nobody("who else is in an existing VPC does not stand in a template")),
    // The proxy and its targets.
    ("no target group", Hop("N3209", "no target group")),
    ("a target group without one target", Rule(&["E3907"])),
    ("a target group of another name", Rule(&["E3030"])),
    ("targets by a literal", Rule(&["W3912"])),
    ("targets before the instances of the cluster", Order("does not wait for Writer of Cluster")),
    ("an engine of another family", Rule(&["E3951"])),
    ("an engine without proxies", Rule(&["E3951", "E3956", "E3953"])),
    ("no credentials", Rule(&["E3901"])),
    ("mixed login outside SQL Server", Rule(&["E3902"])),
    ("a client's login of another engine", Rule(&["E3905"])),
    ("a driver that cannot log in so", Nobody("which driver a function uses is in its code")),
    ("a name in upper case", Rule(&["I3908"])),
    ("the quota of proxies", Nobody("quotas and what counts against them belong to the account")),
    ("more idle connections than the pool", Rule(&["E3906"])),
    ("timeouts outside their range", Rule(&["E3034"])),
    ("session pinning filters outside MySQL", Rule(&["W3957"])),
    ("an endpoint for reading without a reader", Rule(&["E3955"])),
    ("pools that together take more than there is", Rule(&["I3913"])),
    ("statements that pin a connection", Nobody("statements are in the code")),
    ("debug logging", Rule(&["I3911"])),
    ("clients without TLS", Rule(&["I3916", "W3950"])),
    ("too many new connections at once", Nobody("the load does not stand in a template")),
    // The database.
    ("a database without a policy for its data", Rule(&["W3974", "W3976"])),
    ("a read replica behind the proxy", Rule(&["E3953"])),
    ("tokens to a database that takes none", Rule(&["E3952"])),
    ("clients in the clear of a database that wants TLS", Rule(&["I3959"])),
    ("a cluster that would pause", Rule(&["I3958"])),
    ("a reserved user", Rule(&["E3971"])),
    ("users and plugins inside the database", Nobody("they are rows of the database, not resources")),
    // The function.
    ("a function that ends before the proxy gives up", Rule(&["I3940"])),
    ("a reserved variable", Rule(&["E3663"])),
    ("a function that was idle for weeks", Nobody("it happens between deployments")),
    ("another authority of certificates", Nobody("what the driver trusts is in the code")),
    ("too many groups or subnets", Rule(&["E3032"])),
    // Endpoints.
    ("an endpoint of the RDS API for data", Rule(&["N1001"])),
    ("no way to Secrets Manager", Hop("N3210", "no endpoint and no way out")),
    ("a NAT gateway that leads nowhere", Hop("N3210", "a NAT gateway in a subnet that leads nowhere")),
    ("the endpoint's group admits nobody", Hop("N3204", "the endpoint's group admits nobody")),
    ("the endpoint has the default group", Rule(&["I3939"])),
    ("an endpoint of no type", Rule(&["E3921"])),
    ("an endpoint of no service", Rule(&["E3925"])),
    ("a service that a zone does not have", Nobody("which zones a service has is known to AWS only")),
    ("two subnets of an endpoint in one zone", Rule(&["E3924"])),
    ("private DNS without DNS", Rule(&["E3923"])),
    // CloudFormation.
    ("groups that name each other", Rule(&["E3004"])),
    ("a group that names itself", Rule(&["E3004"])),
    ("a route that is past the local one", Hop("N3206", "a route past the local one")),
    ("an export in use", Nobody("who imports it is known to the account; a comparison of two templates tells")),
    ("a replacement of a named proxy", Nobody("it takes two templates to compare")),
    ("a function that stays without what its interfaces need", Rule(&["I3979"])),
    ("interfaces that stay for half an hour", Nobody("it happens between deployments")),
    ("too many resources", Rule(&["E3010", "E2010", "E6010"])),
    ("a rotation before it is permitted", Order("by which Secrets Manager can invoke Fn")),
    ("a rotation before the secret is attached", Order("which writes into the secret where its database is")),
    ("a proxy's role before its policy", Order("by which Proxy can read its secret")),
    ("a target group before the rules that its proxy relies on", Order("by which Proxy reaches Cluster")),
    ("a custom resource before the policy of its function", Order("by which Fill can read its secret")),
    ("a custom resource before its function's way to an API", Order("by which Fill reaches secretsmanager")),
    ("a function before the policy that lets it have interfaces", Order("by which Fn can have network interfaces")),
    ("a policy that is gone before the interfaces of its function", Order("by which Fn can have network interfaces")),
];

#[test]
fn whoever_is_said_to_report_a_failure_exists() {
    let mut wrong = Vec::new();
    for (failure, by) in TABLE {
        match by {
            Rule(codes) => {
                let missing = codes.iter().filter(|code| rules::find(code).is_none());
                wrong.extend(missing.map(|code| format!("{failure}: there is no rule {code}")));
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
