"""How many instructions a run takes: the same on a busy machine as on an idle one, so a guard can rely on it."""

import os
import platform
import re
import shutil
import subprocess
import sys

from tools import ROOT, WORK, Load, formwork, is_ci

FILE = ROOT / "benches" / "instructions.txt"
# Of the committed count, in per cent: another compiler, C library or processor moves it by less.
TOLERANCE = 5

LOADS = {
    "settings": None,
    "reference": Load("reference"),
    "1x100": Load("1x100", 1, 100),
    "1x490": Load("1x490", 1, 490),
    "10x100": Load("10x100", 10, 100),
}

HEADER = f"""\
# Instructions of one run of the release build, in millions, as valgrind counts them on x86_64: `synth` of formwork.yaml,
# of the reference stack, and of so many stacks of so many resources. `benches/run --smoke` fails at {TOLERANCE} % more; a count
# that is meant to change is written anew by `benches/run --count`.
"""


def available():
    """Whether instructions can be counted here. CI installs what is missing, as root."""
    if platform.machine() != "x86_64":
        return False
    if not shutil.which("valgrind") and is_ci() and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "valgrind"]):
            subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=True)
    return shutil.which("valgrind") is not None


def counts(binaries):
    """Millions of instructions, by load."""
    return {name: count(*command(binaries, load, WORK / "count" / name)) for name, load in LOADS.items()}


def command(binaries, load, folder):
    shutil.rmtree(folder, ignore_errors=True)
    if load is None:
        return [binaries["formwork"], "synth", "formwork.yaml", "--out", str(folder)], {}
    return formwork(binaries).command(load, folder)


def count(synth, environment):
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    run = subprocess.run(
        valgrind + synth, cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True)
    counted = re.search(r"I\s+refs:\s+([\d,]+)", run.stderr)
    if run.returncode != 0 or not counted:
        sys.exit(f"failed: {' '.join(synth)}\n{run.stderr}")
    return int(counted[1].replace(",", "")) / 1e6


def committed():
    lines = [line.split() for line in FILE.read_text().splitlines() if line and not line.startswith("#")]
    return {name: float(limit) for name, limit in lines}


def write(counted):
    lines = [f"{name:<10} {millions:9.1f}\n" for name, millions in counted.items()]
    FILE.write_text(HEADER + "".join(lines))


def compare(counted, limits):
    """Says how the counts compare with those committed; true if none is too high."""
    fine = True
    for name, millions in counted.items():
        limit = limits.get(name)
        change = 100 * (millions / limit - 1) if limit else None
        told = "not committed yet" if change is None else f"{change:+.1f} % of {limit:.1f}"
        too_high = change is not None and change > TOLERANCE
        fine = fine and change is not None and not too_high
        print(f"{name:<10} {millions:9.1f} million instructions, {told}{': too many' if too_high else ''}")
        if change is not None and change < -TOLERANCE:
            print(f"{'':<10} fewer than committed: keep what was gained with `benches/run --count`")
    return fine
