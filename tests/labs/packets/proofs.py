"""What Formwork proves of a network against what packets do in it: the verdict, and every place where packets are dropped
is a hop that is said to be broken. Nothing here shares code with the prover."""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import time

from . import plans
from .fabric import Fabric
from .template import Template
from .vpc import Network

COUNT, SEED, CHANCE = 200, 20, "by chance"


def proved(folder):
    """The goals of every template of a folder, by the template's name."""
    command = os.environ.get("FORMWORK", "cargo run --quiet --").split()
    told = subprocess.run([*command, "prove", str(folder), "--format", "json"], capture_output=True, text=True)
    goals = {}
    for goal in json.loads(told.stdout)["goals"]:
        goals.setdefault(pathlib.Path(goal["template"]).stem, []).append(goal)
    return goals


def hops(drop, network):
    """The hops at which packets from `Fn` to `Proxy` can be dropped, by the counter that counts them."""
    place, way = drop.rsplit(" ", 1)
    if place in network.interfaces:
        return {{"Fn out": "security-group-egress", "Proxy in": "security-group-ingress"}[f"{place.split('.')[0]} {way}"]}
    here = {it.name.split(".")[0] for it in network.interfaces.values() if it.subnet == place}
    # In a subnet of both, packets of either direction are dropped at one place.
    if len(here) == 2:
        return {"network-acl", "return-path"}
    return {"network-acl" if {"out": "Fn", "in": "Proxy"}[way] in here else "return-path"}


def faults(plan, network, goals, ends, drops):
    """In what the packets and the proof differ."""
    found = [goal for goal in goals if goal["goal"] == "Fn reaches Proxy on tcp 5432"]
    if len(found) != 1:
        return [f"goals: {[goal['goal'] for goal in goals]}"]
    verdict, broken = found[0]["verdict"], {it["hop"] for it in found[0]["hops"] if it["verdict"] == "broken"}
    wanted = "proved" if all(end == "open" for end in ends) else "refuted"
    if verdict != wanted:
        return [f"{verdict}, and packets say {wanted}; broken: {sorted(broken)}; dropped: {drops}"]
    told = []
    for drop in drops:
        at = hops(drop, network)
        if not broken & at:
            told.append(f"dropped at {drop}, and {sorted(at)} hold; broken: {sorted(broken)}")
    if wanted == "refuted" and not drops and not broken & {"route", "return-path"}:
        told.append(f"dropped by no rule, and the routes hold; broken: {sorted(broken)}")
    if not plan.name.startswith(CHANCE):
        if broken != set(plan.broken):
            told.append(f"{list(plan.broken)} were to be broken: {sorted(broken)}")
        if plan.dropped and plan.dropped not in drops:
            told.append(f"packets were to be dropped at {plan.dropped}, and were at {drops}")
    return told


def tried(number, plan, document, goals):
    """A network's row, as of the other cases."""
    start = time.monotonic()
    network = Network(Template(document))
    ours, theirs = ([name for name in network.interfaces if name.startswith(start)] for start in ("Fn.", "Proxy."))
    flows = [(one, other, 5432) for one in ours for other in theirs]
    with Fabric(network, label=f"p{number}-") as fabric:
        ends, drops = fabric.connects(flows), fabric.drops()
    wrong = faults(plan, network, goals, ends, drops)
    if wrong:
        wrong.append(str(plan))
    return wrong, drops, time.monotonic() - start, f"{ends.count('open')} of {len(ends)} open"


def reference(out, row):
    """The reference stacks, whose flows are open in the cases before: everything that is to be reached is proved."""
    for path in sorted(out.glob("*/rds-proxy.template.yaml")):
        start = time.monotonic()
        (goals,) = proved(path).values()
        reached = [goal for goal in goals if goal["kind"] == "reaches"]
        wrong = [f"{goal['goal']}: {goal['verdict']}" for goal in reached if goal["verdict"] != "proved"]
        names = {goal["goal"].removesuffix(" on tcp 5432") for goal in reached}
        wrong += [f"no goal: {name}" for name in ("Handler reaches Proxy",) if name not in names]
        seconds = time.monotonic() - start
        row(f"proof: reference stack, {path.parent.name}", {"goals": f"{len(reached)}"}, {}, seconds, wrong)


def run(folder, out, row):
    """Every named network is a row; those by chance are one together, and those that differ."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = [*plans.named(), *plans.by_chance(COUNT, SEED)]
    documents = [plans.template(plan) for plan in everything]
    for number, document in enumerate(documents):
        (folder / f"{number}.json").write_text(json.dumps(document, indent=1))
    goals = proved(folder)
    reference(out, row)
    start, agreed, opened = time.monotonic(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        told = [goals.get(str(number), []) for number in range(len(everything))]
        each = pool.map(tried, range(len(everything)), everything, documents, told)
        for plan, (wrong, drops, seconds, said) in zip(everything, each):
            by_chance = plan.name.startswith(CHANCE)
            if wrong or not by_chance:
                row(f"proof: {plan.name}", {"packets": said}, drops, seconds, wrong)
            agreed += by_chance and not wrong
            opened += by_chance and not wrong and said.split()[0] == said.split()[2]
    ends = {"agreed": f"{agreed} of {COUNT}, of which {opened} are open"}
    few = [] if 20 < opened < COUNT - 20 else ["next to all of them are open, or closed"]
    row("proof: networks by chance", ends, {}, time.monotonic() - start, few + ([] if agreed == COUNT else ["they differ"]))
