"""What a process costs: CPU seconds and peak memory, its children's included."""

import os
import signal
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

WAIT = str(Path(__file__).with_name("wait.py"))


class Cost(NamedTuple):
    cpu: float  # seconds, user and system, of the process and of every child that it waited for
    memory: float  # MiB, of the largest of these processes
    floor: float  # MiB; what has less memory cannot be told from what has this much
    ended: bool = True  # false: it was cut off


def run(command, environment, log, most=None):
    """Runs a command to its end, or for so many CPU seconds at most; one that fails ends the measuring."""
    if most:
        command = ["sh", "-c", f'ulimit -S -t {most}; exec "$@"', "sh", *command]
    waiting = [sys.executable, "-I", "-S", WAIT, str(log), *command]
    said = subprocess.run(waiting, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    status, cpu, memory, floor = said.stdout.split()
    cut_off = most is not None and int(status) == -signal.SIGXCPU
    if status != "0" and not cut_off:
        sys.exit(f"failed ({status}): {' '.join(command)}\n{log.read_text()}")
    return Cost(float(cpu), int(memory) / 1024, int(floor) / 1024, not cut_off)


def median(costs):
    return Cost(*(statistics.median(values) for values in zip(*costs)))


def ratio(theirs, ours):
    """How many times more CPU, run by run: what else goes on in the machine concerns both of a pair."""
    return statistics.median(their.cpu / our.cpu for their, our in zip(theirs, ours, strict=True))
