"""Small networks, some with a fault by name and many by chance: a function that calls a proxy, in the proxy's subnets, in
others of its VPC or in another VPC with a peering between them."""

import dataclasses
import random

ALL = "0.0.0.0/0"
NOWHERE = "127.0.0.1/32"
PORTS = {"tcp": (5432, 5432), "other port": (5433, 5433), "ports": (5000, 6000)}
DATA = ("10.1.1.0/24", "10.1.2.0/24")
FAR = ("10.2.1.0/24", "10.2.2.0/24")
NEAR = ("10.1.3.0/24", "10.1.4.0/24")


@dataclasses.dataclass(frozen=True)
class Plan:
    """`place` is where the function is; `acl…` what stands before its subnets and the proxy's; `there` and `back` are the
    blocks of the routes over the peering. Of a plan with a name, `broken` are the hops that break it, and `dropped` is a
    place where packets are dropped, if they are dropped by a rule."""

    name: str
    place: str = "near"
    subnets: int = 2
    egress: str = "default"
    ingress: str = "group"
    separate: bool = False
    acl: str = "none"
    acl_of_proxy: str = "none"
    there: str = "10.1.0.0/16"
    back: str = "10.2.0.0/16"
    broken: tuple[str, ...] = ()
    dropped: str | None = None


EGRESS = ["default", "default", "group", "vpc", "subnets", "first subnet", "other port", "udp", "nothing", "ports"]
INGRESS = ["group", "group", "vpc", "subnets", "ports", "all", "first subnet", "other port", "udp", "nothing", "other group"]
ACLS = ["none", "none", "open", "exact", "exact", "nothing", "no answers", "denied", "denied later", "no data", "kernel's ports"]


def named():
    """Each way to close a network, once."""
    egress, ingress, acl, back = "security-group-egress", "security-group-ingress", "network-acl", "return-path"
    yield Plan("open")
    yield Plan("open, over a peering", place="far")
    yield Plan("open, in one subnet", place="with", subnets=1, acl_of_proxy="exact")
    yield Plan("egress: nothing", egress="nothing", broken=(egress,), dropped="Fn.1 out")
    yield Plan("egress: other port", egress="other port", broken=(egress,), dropped="Fn.1 out")
    yield Plan("egress: one subnet of two", egress="first subnet", broken=(egress,), dropped="Fn.1 out")
    yield Plan("ingress: nothing", ingress="nothing", broken=(ingress,), dropped="Proxy.1 in")
    yield Plan("ingress: other group", ingress="other group", broken=(ingress,), dropped="Proxy.1 in")
    yield Plan("ingress: one subnet of two", ingress="first subnet", broken=(ingress,), dropped="Proxy.1 in")
    yield Plan("ACL of the caller: nothing", acl="nothing", broken=(acl, back), dropped="FnSubnet1 out")
    yield Plan("ACL of the caller: no answers", acl="no answers", broken=(back,), dropped="FnSubnet1 in")
    yield Plan("ACL of the proxy: denied first", acl_of_proxy="denied", broken=(acl,), dropped="Data1 in")
    yield Plan("ACL of the proxy: no answers", acl_of_proxy="no answers", broken=(back,), dropped="Data1 out")
    yield Plan("ACL: in one subnet of two", place="with", acl_of_proxy="nothing", broken=(acl, back), dropped="Data1 out")
    yield Plan("routes: none there", place="far", there="", broken=("route",))
    yield Plan("routes: none back", place="far", back="", broken=(back,))
    yield Plan("routes: narrower ones", place="far", there="10.1.0.0/22", back="10.2.0.0/21")
    yield Plan("routes: too few there", place="far", there="10.1.1.0/24", broken=("route",))


def by_chance(count, seed):
    """The same ones for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        # Half of the parts are as they should be, or next to nothing would be open.
        pick = lambda choices: choices[0] if chance.random() < 0.45 else chance.choice(choices)  # noqa: E731
        yield Plan(
            f"by chance {number}",
            place=chance.choice(["near", "far", "with"]),
            subnets=chance.choice([1, 2]),
            egress=pick(EGRESS),
            ingress=pick(INGRESS),
            separate=chance.random() < 0.5,
            acl=pick(ACLS),
            acl_of_proxy=pick(ACLS),
            there=pick(["10.1.0.0/16", "10.0.0.0/8", "10.1.0.0/23", "10.1.1.0/24", ""]),
            back=pick(["10.2.0.0/16", "10.2.0.0/22", "10.2.1.0/24", ""]),
        )


def template(plan):
    """The plan as a template."""
    blocks = {"near": NEAR, "far": FAR, "with": DATA}[plan.place][: plan.subnets]
    home = "Two" if plan.place == "far" else "One"
    made = {"One": vpc("10.1.0.0/16"), "Two": vpc("10.2.0.0/16")}
    made |= {f"Data{index}": subnet("One", block) for index, block in enumerate(DATA, 1)}
    names = [f"Data{index}" for index in range(1, plan.subnets + 1)]
    if plan.place != "with":
        names = [f"FnSubnet{index}" for index in range(1, plan.subnets + 1)]
        made |= {name: subnet(home, block) for name, block in zip(names, blocks)}
        made |= acl("FnAcl", home, names, plan.acl, DATA, answers=True)
    made |= acl("DataAcl", "One", ["Data1", "Data2"], plan.acl_of_proxy, (*blocks, *DATA), answers=False)
    if plan.place == "far":
        made |= peering(plan, names)
    made |= groups(plan, home, blocks)
    made["Proxy"] = resource(
        "RDS::DBProxy",
        DBProxyName="proxy",
        EngineFamily="POSTGRESQL",
        RoleArn="arn:aws:iam::111122223333:role/proxy",
        VpcSubnetIds=[ref("Data1"), ref("Data2")],
        VpcSecurityGroupIds=[ref("ProxySg")],
    )
    made["Targets"] = resource("RDS::DBProxyTargetGroup", DBProxyName=ref("Proxy"), TargetGroupName="default")
    made["Fn"] = resource(
        "Lambda::Function",
        Code={"ZipFile": "def handler(event, context): pass"},
        Handler="index.handler",
        Runtime="python3.13",
        Role="arn:aws:iam::111122223333:role/function",
        VpcConfig={"SubnetIds": [ref(name) for name in names], "SecurityGroupIds": [ref("FnSg")]},
        Environment={"Variables": {"DB_HOST": {"Fn::GetAtt": ["Proxy", "Endpoint"]}}},
    )
    return {"Resources": made}


def ref(name):
    return {"Ref": name}


def resource(kind, **properties):
    return {"Type": f"AWS::{kind}", "Properties": properties}


def vpc(block):
    return resource("EC2::VPC", CidrBlock=block)


def subnet(of, block):
    return resource("EC2::Subnet", VpcId=ref(of), CidrBlock=block)


def acl(name, of, names, plan, peers, answers):
    """A network ACL before some subnets: of callers if it lets `answers` in, of listeners if it lets them out."""
    if plan == "none":
        return {}
    made = {name: resource("EC2::NetworkAcl", VpcId=ref(of))}
    for one in names:
        made[f"{name}Of{one}"] = resource("EC2::SubnetNetworkAclAssociation", SubnetId=ref(one), NetworkAclId=ref(name))
    lines = []
    high = (32768, 65535) if plan == "kernel's ports" else (1024, 65535)
    if plan == "open":
        lines = [(100, "-1", "allow", ALL, None, way) for way in (True, False)]
    elif plan not in ("nothing",):
        for index, block in enumerate(dict.fromkeys(peers)):
            if plan != "no data":
                lines += [(100 + index, "6", "allow", block, (5432, 5432), way) for way in (True, False)]
            if plan != "no answers":
                lines += [(200 + index, "6", "allow", block, high, way) for way in (True, False)]
            if plan in ("denied", "denied later"):
                number = (50 if plan == "denied" else 300) + index
                lines.append((number, "6", "deny", block, (5432, 5432), answers))
    for at, (number, protocol, action, block, ports, egress) in enumerate(lines):
        entry = {"NetworkAclId": ref(name), "RuleNumber": number, "Protocol": int(protocol), "RuleAction": action}
        entry |= {"CidrBlock": block, "Egress": egress} | ({"PortRange": dict(zip(("From", "To"), ports))} if ports else {})
        made[f"{name}Entry{at}"] = resource("EC2::NetworkAclEntry", **entry)
    return made


def peering(plan, names):
    made = {"Peering": resource("EC2::VPCPeeringConnection", VpcId=ref("Two"), PeerVpcId=ref("One"))}
    for table, of, inside, block in (("There", "Two", names, plan.there), ("Back", "One", ["Data1", "Data2"], plan.back)):
        made[table] = resource("EC2::RouteTable", VpcId=ref(of))
        for one in inside:
            made[f"{table}Of{one}"] = resource("EC2::SubnetRouteTableAssociation", SubnetId=ref(one), RouteTableId=ref(table))
        if block:
            route = {"RouteTableId": ref(table), "DestinationCidrBlock": block, "VpcPeeringConnectionId": ref("Peering")}
            made[f"{table}Route"] = resource("EC2::Route", **route)
    return made


def groups(plan, home, blocks):
    """The groups of both; rules stand in them, or on their own."""
    outward = rules(plan.egress, "Destination", "ProxySg", DATA, "10.1.0.0/16")
    inward = rules(plan.ingress, "Source", "FnSg", blocks, "10.2.0.0/16" if home == "Two" else "10.1.0.0/16")
    made = {
        "FnSg": resource("EC2::SecurityGroup", GroupDescription="functions", VpcId=ref(home)),
        "ProxySg": resource("EC2::SecurityGroup", GroupDescription="the proxy", VpcId=ref("One")),
        "OtherSg": resource("EC2::SecurityGroup", GroupDescription="of nobody", VpcId=ref("One")),
    }
    if outward and not plan.separate and plan.egress != "group":
        made["FnSg"]["Properties"]["SecurityGroupEgress"] = outward
    elif outward:
        # Whether a group that names no egress lets everything out beside such rules, public texts disagree on.
        made["FnSg"]["Properties"]["SecurityGroupEgress"] = [{"IpProtocol": "-1", "CidrIp": NOWHERE}]
        made |= {f"FnSgRule{at}": resource("EC2::SecurityGroupEgress", GroupId=ref("FnSg"), **it) for at, it in enumerate(outward)}
    if inward and not plan.separate:
        made["ProxySg"]["Properties"]["SecurityGroupIngress"] = inward
    else:
        made |= {f"ProxySgRule{at}": resource("EC2::SecurityGroupIngress", GroupId=ref("ProxySg"), **it) for at, it in enumerate(inward)}
    return made


def rules(plan, side, group, blocks, whole):
    ports = PORTS.get(plan, PORTS["tcp"])
    rule = {"IpProtocol": "udp" if plan == "udp" else "tcp", "FromPort": ports[0], "ToPort": ports[1]}
    by_group = {f"{side}SecurityGroupId": ref("OtherSg" if plan == "other group" else group)}
    match plan:
        case "default":
            return []
        case "nothing":
            return [rule | {"CidrIp": NOWHERE}]
        case "all":
            return [{"IpProtocol": "-1"} | by_group]
        case "vpc" | "udp":
            return [rule | {"CidrIp": whole}]
        case "subnets":
            return [rule | {"CidrIp": block} for block in blocks]
        case "first subnet":
            return [rule | {"CidrIp": blocks[0]}]
        case _:
            return [rule | by_group]
