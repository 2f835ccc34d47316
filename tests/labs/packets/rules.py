"""A network -> nftables rules. Security groups are stateful and stand at the interface; network ACLs are stateless and
stand in the VPC's router, where a packet leaves its subnet and where it enters another."""


def interface(network, of):
    """What stands at an interface. What no rule admits is dropped and counted, `in` and `out` apart."""
    rules = [rule for group in of.groups for rule in network.groups[group]]
    lines = ["flush ruleset", "table ip sg {", " counter group-in {}", " counter group-out {}"]
    for direction, hook, device in (("in", "input", "iif"), ("out", "output", "oif")):
        lines += [f" chain {direction} {{", f"  type filter hook {hook} priority 0; policy drop;", f"  {device} lo accept"]
        lines += ["  ct state established,related accept"]
        lines += [f"  {line} accept" for rule in rules if rule.direction == direction for line in matches(network, rule)]
        lines += [f"  counter name group-{direction} drop", " }"]
    return "\n".join([*lines, "}", ""])


def matches(network, rule):
    side = "saddr" if rule.direction == "in" else "daddr"
    if "/" in rule.peer:
        peers = [rule.peer]
    elif rule.peer in network.prefix_lists:
        peers = network.prefix_lists[rule.peer]
    else:
        peers = network.members(rule.peer)
    for peer in peers:
        yield f"ip {side} {peer}{traffic(rule.protocol, rule.ports)}"


def traffic(protocol, ports):
    """The protocol and the destination's ports; `icmp` has its type in place of a port, -1 is every one."""
    if protocol == "-1":
        return ""
    if protocol in ("tcp", "udp"):
        if ports is None or ports == (-1, -1):
            return f" meta l4proto {protocol}"
        return f" {protocol} dport {ports[0]}-{ports[1]}"
    if protocol == "icmp" and ports and ports[0] >= 0:
        return f" icmp type {ports[0]}"
    return f" meta l4proto {protocol}"


def router(network, devices):
    """What stands in the router: `devices` are its ends of the links, by interface. Drops count for their subnet."""
    guarded = [subnet for subnet in network.subnets.values() if subnet.acl is not None]
    lines = ["flush ruleset", "table ip acl {"]
    for subnet in guarded:
        for direction in ("in", "out"):
            lines += entries(network, subnet, direction)
    lines += [" chain forward {", "  type filter hook forward priority 0; policy accept;"]
    for direction, here, there in (("out", "iifname", "oifname"), ("in", "oifname", "iifname")):
        for subnet in guarded:
            within = [f'"{devices[it.name]}"' for it in network.interfaces.values() if it.subnet == subnet.name]
            if within:
                these = "{ " + ", ".join(within) + " }"
                lines.append(f"  {here} {these} {there} != {these} jump acl-{subnet.name}-{direction}")
    return "\n".join([*lines, " }", "}", ""])


def entries(network, subnet, direction):
    """The entries of one direction, in order: the first that matches decides, and without one the packet is dropped."""
    name = f"acl-{subnet.name}-{direction}"
    yield f" counter {name} {{}}"
    yield f" chain {name} {{"
    side = "saddr" if direction == "in" else "daddr"
    for entry in network.acls[subnet.acl]:
        if entry.direction == direction:
            verdict = "return" if entry.allows else f"counter name {name} drop"
            yield f"  ip {side} {entry.block}{traffic(entry.protocol, entry.ports)} {verdict}"
    yield f"  counter name {name} drop"
    yield " }"
