"""Flows through a network, without a server: that the fabric does to packets what AWS says of them, and that the
reference stack lets pass what it is to let pass, and nothing else."""

import concurrent.futures
import dataclasses
import pathlib
import time

from .fabric import Fabric
from .template import Template
from .vpc import Given, Network


@dataclasses.dataclass
class Case:
    """`flows` are pairs of interfaces with a port, each with how it ends; `drops` all the places where packets are."""

    what: str
    flows: dict[tuple[str, str, int], str]
    drops: set = dataclasses.field(default_factory=set)
    lacks: tuple = ()
    parameters: dict = dataclasses.field(default_factory=dict)


SERVED, FAR = ("Client.1", "Server.1", 5432), ("Client.1", "Other.1", 5432)


def cases():
    yield Case("as it is", {SERVED: "open", FAR: "open"})
    yield Case("by group, range of ports", {("Client.1", "Beside.1", 5440): "open", ("Client.1", "Beside.1", 5441): "silence"},
               {"Beside.1 in"})  # fmt: skip
    yield Case("by range of addresses, within the subnet", {("Twin.1", "Server.1", 6010): "open"})
    yield Case("by group only", {("Beside.1", "Server.1", 5432): "silence"}, {"Beside.1 out"})
    yield Case("any protocol from a prefix list", {("Client.1", "Other.1", 9): "open"})
    yield Case("no rule", {SERVED: "silence"}, {"Server.1 in"}, ("ServerSgFromClientSg",))
    yield Case("ACL: denied before it is allowed", {("Client.1", "Server.1", 5433): "silence"}, {"Servers in"})
    yield Case("ACL: allowed by nothing", {("Client.1", "Server.1", 5434): "silence"}, {"Servers in"})
    yield Case("ACL: no way back", {SERVED: "silence"}, {"Servers out"}, ("AclOut",))
    yield Case("ACL: none", {SERVED: "open", ("Client.1", "Server.1", 5434): "open"}, lacks=("AclOfServers",))
    yield Case("ACL: not within the subnet", {("Twin.1", "Server.1", 5432): "open"}, lacks=("AclIn", "AclOut"))
    yield Case("routes: none there", {FAR: "silence", SERVED: "open"}, lacks=("ThereRoute",))
    yield Case("routes: none back", {FAR: "silence"}, lacks=("BackRoute",))
    yield Case("routes: a narrower one leads nowhere", {FAR: "silence"}, parameters={"Holes": "yes"})
    yield Case("routes: no table of its own", {SERVED: "open", ("Twin.1", "Other.1", 5432): "silence"})


def own():
    path = pathlib.Path(__file__).with_name("flows.yaml")
    for case in cases():
        yield case, Network(Template.read(path, parameters=case.parameters).without(*case.lacks))


def reference(path):
    """The reference stack over a network and a database that are there."""
    template = Template.read(path)
    (_, proxy), = template.of("RDS::DBProxy")
    group = next(it["DestinationSecurityGroupId"] for name, it in template.of("EC2::SecurityGroupEgress") if name.startswith("ProxySg"))
    subnets = {name: ("vpc", f"10.7.{index}.0/24") for index, name in enumerate(proxy["VpcSubnetIds"])}
    given = Given(subnets=subnets, interfaces={"Database.1": (proxy["VpcSubnetIds"][1], [group])})
    flows = {
        ("Handler.1", "Proxy.1", 5432): "open",
        ("Handler.2", "Proxy.1", 5432): "open",
        ("Proxy.1", "Database.1", 5432): "open",
        ("Handler.1", "RdsApi.1", 443): "open",
        ("Handler.1", "Database.1", 5432): "silence",
        ("Proxy.1", "Handler.1", 5432): "silence",
        ("Database.1", "Proxy.1", 5432): "silence",
    }
    yield Case(f"reference stack, {path.parent.name}", flows, {"Handler.1 out", "Proxy.1 out", "Proxy.1 in"}), Network(template, given)


def tried(number, case, network):
    """A case's row: its name, what was said and dropped, how long it took, and its faults."""
    start = time.monotonic()
    with Fabric(network, label=f"{number}-") as fabric:
        ends = dict(zip(case.flows, fabric.connects(list(case.flows))))
        drops = fabric.drops()
    faults = [f"{flow}: {end}, and was to be {case.flows[flow]}" for flow, end in ends.items() if end != case.flows[flow]]
    if set(drops) != case.drops:
        faults.append(f"packets were to be dropped at {sorted(case.drops)}, and were at {drops}")
    said = {f"{origin} -> {to}:{port}": end for (origin, to, port), end in ends.items()}
    return case.what, said, drops, time.monotonic() - start, faults


def run(out, row):
    """Every case, several at a time, since most of each is waiting for silence."""
    paths = sorted(out.glob("*/rds-proxy.template.yaml"))
    everything = [*own(), *(case for path in paths for case in reference(path))]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for one in pool.map(tried, range(len(everything)), *zip(*everything)):
            row(*one)
