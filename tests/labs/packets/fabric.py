"""A network in namespaces: one for each interface, one for the router of all VPCs. Every packet between two interfaces
passes the router, those within a subnet too, which no network ACL sees.

    with fabric.alone(), Fabric(Network(Template.read(path))) as made:
        made.connects([("Handler.1", "Proxy.1", 5432)])     # ["open"], by connecting
        made.load(Network(other_template))                  # the same interfaces by other rules
        made.drops()                                        # {"Proxy.1 in": 3}, where; the count is of tries too

Subnets have their route tables: within the VPC everything is reached, what goes to a peering is reached if the other
VPC has it, every other target swallows its packets, as does what has no route. A name begins with `formwork-` if it is
of the lab, and whatever a killed run has left is removed at the start of the next."""

import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import time

from . import rules

PREFIX = "formwork-"
ROUTER = "router"
GATEWAY = "169.254.0.1"
NAMESPACES = pathlib.Path("/run/netns")
OVERLAYS = pathlib.Path("/etc/netns")
TOOLS = ("ip", "nft")
CLONE_NEWNET = 0x40000000


def missing():
    """What this machine lacks, or nothing."""
    if os.geteuid() != 0:
        return "root"
    if lacking := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return " and ".join(lacking)
    probe = f"{PREFIX}probe"
    listing = ["ip", "netns", "exec", probe, "nft", "list", "ruleset"]
    with alone():
        works = all(subprocess.run(it, capture_output=True).returncode == 0 for it in (["ip", "netns", "add", probe], listing))
    return None if works else "the right to make network namespaces with nftables rules"


@contextlib.contextmanager
def alone():
    """One lab at a time on a machine, from and to a clean one."""
    with open("/run/lock/formwork-packets", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clean()
        try:
            yield
        finally:
            clean()


def leftovers():
    return sorted(path.name for path in NAMESPACES.glob(f"{PREFIX}*"))


def clean():
    """Removes whatever is left of the lab."""
    remove(leftovers())
    for path in OVERLAYS.glob(f"{PREFIX}*"):
        shutil.rmtree(path)


def remove(spaces):
    """Removes namespaces that are there, and what runs in them."""
    for name in spaces:
        pids = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True).stdout.split()
        for pid in map(int, pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    batch([f"netns del {name}" for name in spaces])


def batch(lines, *options):
    if lines:
        given = "\n".join(lines) + "\n"
        subprocess.run(["ip", *options, "-batch", "-"], input=given, text=True, check=True, capture_output=True)


class Fabric:
    """`names` are host names by interface, which the interfaces' `/etc/hosts` know. Fabrics that stand at the same time
    have a `label` each; every thread may use its own."""

    def __init__(self, network, names=None, label=""):
        self.network, self.names, self.label = network, names or {}, label
        self.devices = {name: f"v{index}" for index, name in enumerate(network.interfaces)}

    def __enter__(self):
        try:
            self.make()
            self.load(self.network)
        except BaseException as error:
            self.__exit__()
            if isinstance(error, subprocess.CalledProcessError):
                raise RuntimeError(f"{error.cmd}: {error.stderr}") from None
            raise
        return self

    def __exit__(self, *_):
        spaces = [self.space(name) for name in (ROUTER, *self.network.interfaces)]
        remove([name for name in spaces if (NAMESPACES / name).exists()])
        for name in spaces:
            shutil.rmtree(OVERLAYS / name, ignore_errors=True)

    def space(self, name):
        """The namespace of an interface."""
        return f"{PREFIX}{self.label}{name}"

    def make(self):
        router, places = self.space(ROUTER), {name: self.space(name) for name in self.network.interfaces}
        batch([f"netns add {place}" for place in (router, *places.values())])
        links = [f"link add {device} type veth peer name eth0 netns {places[name]}" for name, device in self.devices.items()]
        batch(links + self.router(), "-netns", router)
        batch(self.rules(), "-netns", router)
        with inside(router):
            for name in ("ip_forward", "conf/all/rp_filter", "conf/default/rp_filter"):
                pathlib.Path("/proc/sys/net/ipv4", name).write_text("1" if name == "ip_forward" else "0")
            for path in pathlib.Path("/proc/sys/net/ipv4/conf").glob("*/rp_filter"):
                path.write_text("0")
        hosts = "127.0.0.1 localhost\n"
        hosts += "".join(f"{self.network.interfaces[name].address} {host}\n" for name, host in self.names.items())
        for name, interface in self.network.interfaces.items():
            lines = ["link set lo up", f"addr add {interface.address}/32 dev eth0", "link set eth0 up"]
            lines += [f"route add {GATEWAY} dev eth0 scope link", f"route add default via {GATEWAY} dev eth0"]
            batch(lines, "-netns", places[name])
            overlay = OVERLAYS / places[name]
            overlay.mkdir(parents=True, exist_ok=True)
            (overlay / "hosts").write_text(hosts)

    def router(self):
        """The router's ends of the links, and a link of its own for either end of each peering."""
        lines = ["link set lo up"]
        for device in self.devices.values():
            lines += [f"addr add {GATEWAY}/32 dev {device}", f"link set {device} up"]
        for index, _ in enumerate(self.network.peerings.values()):
            lines += [f"link add p{index}a address 02:00:00:00:{index:02x}:0a type veth peer name p{index}b address 02:00:00:00:{index:02x}:0b"]
            for end in "ab":
                lines += [f"link set p{index}{end} up"]
        return lines

    def rules(self):
        """Tables: of each VPC the interfaces in it, from 1000 on; of each subnet its routes, from 2000 on."""
        tables = {vpc: 1000 + index for index, vpc in enumerate(self.network.vpcs)}
        lines = ["route add blackhole default"]
        for name, interface in self.network.interfaces.items():
            subnet = self.network.subnets[interface.subnet]
            if subnet.vpc not in tables:
                tables[subnet.vpc] = 1000 + len(tables)
            lines.append(f"route add {interface.address}/32 dev {self.devices[name]} table {tables[subnet.vpc]}")
        for index, (one, other) in enumerate(self.network.peerings.values()):
            lines += [f"rule add iif p{index}a lookup {tables.setdefault(one, 1999)} priority 200"]
            lines += [f"rule add iif p{index}b lookup {tables.setdefault(other, 1999)} priority 200"]
        for index, subnet in enumerate(self.network.subnets.values()):
            lines += self.routes(subnet, 2000 + index)
            for name, interface in self.network.interfaces.items():
                if interface.subnet == subnet.name:
                    device = self.devices[name]
                    lines += [f"rule add iif {device} lookup {2000 + index} priority 100"]
                    lines += [f"rule add iif {device} lookup {tables[subnet.vpc]} priority 200"]
        return lines

    def routes(self, subnet, table):
        """What a subnet's table says, and the VPC's own blocks, which no table can do without."""
        yield f"route add blackhole default table {table}"
        own = self.network.vpcs.get(subnet.vpc) or [str(it.block) for it in self.network.subnets.values() if it.vpc == subnet.vpc]
        for block in own:
            yield f"route add throw {block} table {table}"
        for block, target in subnet.routes:
            if target not in self.network.peerings:
                yield f"route replace blackhole {block} table {table}"
                continue
            index = list(self.network.peerings).index(target)
            # What is sent into the near end comes out of the far end, which is the other VPC's.
            near, far = ("a", "b") if self.network.peerings[target][0] == subnet.vpc else ("b", "a")
            hop = f"169.254.1.{index}"
            yield f"neigh replace {hop} lladdr 02:00:00:00:{index:02x}:0{far} dev p{index}{near} nud permanent"
            yield f"route replace {block} via {hop} dev p{index}{near} onlink table {table}"

    def load(self, network):
        """Puts the rules of a network in force, whose interfaces are the same. What is connected stays so, as it does
        where security groups change; counters start anew."""
        changed = {name: it.address for name, it in network.interfaces.items()}
        if changed != {name: it.address for name, it in self.network.interfaces.items()}:
            raise ValueError(f"other interfaces than this fabric has: {changed}")
        was, self.network = self.rules(), network
        if was != self.rules():
            raise ValueError("other routes than this fabric has")
        nft(self.space(ROUTER), rules.router(network, self.devices))
        for name, interface in network.interfaces.items():
            nft(self.space(name), rules.interface(network, interface))

    def drops(self):
        """How many packets were dropped where: `Proxy.1 in` by the groups of an interface, `Data1 in` by the network
        ACL of a subnet. Without those that dropped none."""
        found = {}
        for name in self.network.interfaces:
            found |= {f"{name} {counter.removeprefix('group-')}": count for counter, count in counters(self.space(name))}
        for counter, count in counters(self.space(ROUTER)):
            subnet, _, direction = counter.removeprefix("acl-").rpartition("-")
            found[f"{subnet} {direction}"] = count
        return {name: count for name, count in found.items() if count}

    def address(self, name):
        return self.network.interfaces[name].address

    def within(self, name):
        """A block whose sockets and new processes are those of an interface."""
        return inside(self.space(name))

    def command(self, name, command):
        """A command as it runs at an interface, with the names it knows there."""
        return ["ip", "netns", "exec", self.space(name), *map(str, command)]

    def connects(self, flows, seconds=1.0):
        """How each flow (interface, interface or address, TCP port) ends, all tried at once: `open`, `refused` by who
        was reached, `silence`, or another error by its name. Where nobody listens yet, this does for the time."""
        with contextlib.ExitStack() as listening:
            for name, port in {(to, port) for _, to, port in flows if to in self.network.interfaces}:
                self.listen(name, port, listening)
            return self.attempt(flows, time.monotonic() + seconds)

    def listen(self, name, port, until):
        with self.within(name), contextlib.suppress(OSError):
            server = until.enter_context(socket.socket())
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((self.address(name), port))
            server.listen(64)

    def attempt(self, flows, deadline):
        ends, waiting, poll = [None] * len(flows), {}, select.poll()
        for index, (origin, to, port) in enumerate(flows):
            with self.within(origin):
                one = socket.socket()
            one.setblocking(False)
            number = one.connect_ex((self.address(to) if to in self.network.interfaces else to, port))
            waiting[one.fileno()] = (index, one)
            poll.register(one, select.POLLOUT)
            if number not in (0, 115):
                ends[index] = ending(number)
        while None in ends and (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in poll.poll(1000 * left):
                index, one = waiting[descriptor]
                ends[index] = ends[index] or ending(one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
                poll.unregister(descriptor)
        for _, one in waiting.values():
            one.close()
        return [end or "silence" for end in ends]


def ending(number):
    return {0: "open", 111: "refused"}.get(number) or os.strerror(number).lower()


@contextlib.contextmanager
def inside(name):
    """Moves this thread into a namespace for a while. Python has `os.setns` from 3.12 on only."""
    libc = ctypes.CDLL(None, use_errno=True)
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(NAMESPACES / name, os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"no way into {name}")
        yield
    finally:
        libc.setns(here, CLONE_NEWNET)
        os.close(there)
        os.close(here)


def nft(name, text):
    with inside(name):
        loaded = subprocess.run(["nft", "-f", "-"], input=text, text=True, capture_output=True)
    if loaded.returncode:
        raise RuntimeError(f"{name}: {loaded.stderr}\n{text}")


def counters(name):
    with inside(name):
        listed = subprocess.run(["nft", "-j", "list", "counters"], text=True, capture_output=True, check=True).stdout
    for part in json.loads(listed)["nftables"]:
        if "counter" in part:
            yield part["counter"]["name"], part["counter"]["packets"]
