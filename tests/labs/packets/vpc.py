"""The network that a template makes: what has an address, and the rules that packets meet.

Sources: security groups, https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html; network ACLs,
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html; routes,
https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html."""

import dataclasses
import ipaddress

EVERYTHING = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


@dataclasses.dataclass(frozen=True)
class Rule:
    """A security group's rule: `peer` is a CIDR block, a group or a prefix list; no `ports` are all."""

    direction: str
    protocol: str
    ports: tuple[int, int] | None
    peer: str


@dataclasses.dataclass(frozen=True)
class Entry:
    """A network ACL's entry."""

    number: int
    direction: str
    protocol: str
    ports: tuple[int, int] | None
    block: str
    allows: bool


@dataclasses.dataclass
class Subnet:
    """`routes` are pairs of block and target beside the VPC's own; without an `acl` everything passes."""

    name: str
    vpc: str
    block: ipaddress.IPv4Network
    routes: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    acl: str | None = None


@dataclasses.dataclass
class Interface:
    """A network interface, called like its resource with a number: `Proxy.1` is the one in its first subnet."""

    name: str
    subnet: str
    groups: list[str]
    address: str = ""


@dataclasses.dataclass
class Given:
    """What is there already and no template says: subnets as `id: (vpc, block)`, interfaces as `name: (subnet,
    groups)`, the blocks of VPCs and prefix lists. A group that is not in the template lets everything out."""

    subnets: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    interfaces: dict[str, tuple[str, list[str]]] = dataclasses.field(default_factory=dict)
    vpcs: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    prefix_lists: dict[str, list[str]] = dataclasses.field(default_factory=dict)


class Network:
    """`vpcs` are lists of blocks; `peerings` pairs of VPCs; `groups`, `acls`, `prefix_lists` by name."""

    def __init__(self, template, given=None):
        given = given or Given()
        self.vpcs = dict(given.vpcs) | {name: [it["CidrBlock"]] for name, it in template.of("EC2::VPC") if "CidrBlock" in it}
        for _, it in template.of("EC2::VPCCidrBlock"):
            self.vpcs[it["VpcId"]].append(it["CidrBlock"])
        self.peerings = {name: (it["VpcId"], it["PeerVpcId"]) for name, it in template.of("EC2::VPCPeeringConnection")}
        self.prefix_lists = dict(given.prefix_lists)
        for name, it in template.of("EC2::PrefixList"):
            self.prefix_lists[name] = [entry["Cidr"] for entry in it.get("Entries", [])]
        self.subnets = subnets(template, given, self.prefix_lists)
        self.interfaces = interfaces(template, given)
        self.groups = groups(template, self.interfaces.values())
        self.acls = acls(template)
        self.number()

    def number(self):
        """Addresses, from the tenth of each subnet on, in order: AWS keeps the first four and the last."""
        taken = {}
        for interface in self.interfaces.values():
            taken[interface.subnet] = place = taken.get(interface.subnet, 9) + 1
            interface.address = str(self.subnets[interface.subnet].block[place])

    def members(self, group):
        return [interface.address for interface in self.interfaces.values() if group in interface.groups]


def subnets(template, given, prefixes):
    found = {name: Subnet(name, vpc, ipaddress.ip_network(block)) for name, (vpc, block) in given.subnets.items()}
    for name, it in template.of("EC2::Subnet"):
        found[name] = Subnet(name, it["VpcId"], ipaddress.ip_network(it["CidrBlock"]))
    routes = {}
    for _, it in template.of("EC2::Route"):
        target = next((it[key] for key in it if key.endswith("Id") and key not in ("RouteTableId", "DestinationPrefixListId")), "none")
        blocks = [it["DestinationCidrBlock"]] if "DestinationCidrBlock" in it else []
        if "DestinationPrefixListId" in it:
            blocks = prefixes.get(it["DestinationPrefixListId"], [])
        routes.setdefault(it["RouteTableId"], []).extend((block, target) for block in blocks)
    for _, it in template.of("EC2::SubnetRouteTableAssociation"):
        found[it["SubnetId"]].routes = routes.get(it["RouteTableId"], [])
    for _, it in template.of("EC2::SubnetNetworkAclAssociation"):
        found[it["SubnetId"]].acl = it["NetworkAclId"]
    return found


def interfaces(template, given):
    """Whatever has an address: one for each subnet, but a database has one in all."""
    found = dict(given.interfaces.items())
    within = {name: it["SubnetIds"] for name, it in template.of("RDS::DBSubnetGroup")}
    several = []
    for name, it in template.of("Lambda::Function"):
        if it.get("VpcConfig"):
            several.append((name, it["VpcConfig"]["SubnetIds"], it["VpcConfig"]["SecurityGroupIds"]))
    for name, it in template.of("RDS::DBProxy"):
        several.append((name, it["VpcSubnetIds"], it.get("VpcSecurityGroupIds", [])))
    for name, it in template.of("RDS::DBProxyEndpoint"):
        several.append((name, it["VpcSubnetIds"], it.get("VpcSecurityGroupIds", [])))
    for name, it in template.of("EC2::VPCEndpoint"):
        several.append((name, it.get("SubnetIds", []), it.get("SecurityGroupIds", [])))
    for name, it in template.of("EC2::NetworkInterface"):
        several.append((name, [it["SubnetId"]], it.get("GroupSet", [])))
    for kind, key in (("DBInstance", "VPCSecurityGroups"), ("DBCluster", "VpcSecurityGroupIds")):
        for name, it in template.of(f"RDS::{kind}"):
            if it.get("DBSubnetGroupName") in within and key in it:
                several.append((name, within[it["DBSubnetGroupName"]][:1], it[key]))
    for name, places, sgs in several:
        found |= {f"{name}.{index}": (place, sgs) for index, place in enumerate(places, 1)}
    return {name: Interface(name, place, sgs) for name, (place, sgs) in found.items()}


def groups(template, interfaces):
    """Every group's rules, those that stand in the group and those of their own."""
    found = {}
    for name, it in template.of("EC2::SecurityGroup"):
        # A group that names no egress keeps the rule with which it is born.
        outward = it.get("SecurityGroupEgress") or [EVERYTHING]
        found[name] = [*rules("in", it.get("SecurityGroupIngress", [])), *rules("out", outward)]
    for interface in interfaces:
        for name in interface.groups:
            found.setdefault(name, rules("out", [EVERYTHING]))
    for kind, direction in (("Ingress", "in"), ("Egress", "out")):
        for _, it in template.of(f"EC2::SecurityGroup{kind}"):
            found.setdefault(it["GroupId"], rules("out", [EVERYTHING])).extend(rules(direction, [it]))
    return found


PEERS = ["CidrIp", "SourceSecurityGroupId", "DestinationSecurityGroupId", "SourcePrefixListId", "DestinationPrefixListId"]


def rules(direction, properties):
    found = []
    for it in properties:
        ports = (int(it["FromPort"]), int(it["ToPort"])) if "FromPort" in it and "ToPort" in it else None
        found += [Rule(direction, protocol(it["IpProtocol"]), ports, it[peer]) for peer in PEERS if peer in it]
    return found


def acls(template):
    found = {name: [] for name, _ in template.of("EC2::NetworkAcl")}
    for _, it in template.of("EC2::NetworkAclEntry"):
        if "CidrBlock" not in it:
            continue
        ports = (int(it["PortRange"]["From"]), int(it["PortRange"]["To"])) if "PortRange" in it else None
        direction = "out" if str(it.get("Egress", False)).lower() == "true" else "in"
        allows = it["RuleAction"].lower() == "allow"
        entry = Entry(int(it["RuleNumber"]), direction, protocol(it["Protocol"]), ports, it["CidrBlock"], allows)
        found.setdefault(it["NetworkAclId"], []).append(entry)
    return {name: sorted(entries, key=lambda entry: entry.number) for name, entries in found.items()}


def protocol(name):
    """By name where it has one: `6` is `tcp`."""
    return {"6": "tcp", "17": "udp", "1": "icmp"}.get(str(name), str(name).lower())
