"""The programs that judge templates, and what they are given."""

import shutil
from typing import NamedTuple

import measure
import templates
from tools import PEERS, QUIET, WORK, Tool, install_python, is_ci

VENV = WORK / "lint"
FOLDER = WORK / "templates"
# What the README promises of a template, as large as CloudFormation takes it.
MEMORY_MIB = 40
# No program is waited for longer, in CPU seconds. What was not done by then is told as more than that.
LONGEST = 60


class Load(NamedTuple):
    name: str
    files: dict  # name of the file -> its text
    rounds: int | None = None  # fewer, where the others take long


def loads():
    ten = templates.of_resources(10)
    return [
        Load("10 resources", {"10.yaml": ten}),
        Load("100 resources", {"100.yaml": templates.of_resources(100)}),
        Load("490 resources", {"490.yaml": templates.of_resources(490)}),
        Load("490 resources in 1 MB", {"large.yaml": templates.of_resources(490, 10**6 - 1000)}),
        Load("30 interdependent conditions", {"conditions.yaml": templates.of_conditions(30)}, 1),
        Load("1,000 templates of 10 resources", {f"{n:03}.yaml": ten for n in range(1000)}, 1),
    ]


def tools(binaries):
    """Ours, parsing alone, and the peers; a peer that cannot be installed is left out."""
    ours = Tool("`formwork check`", lambda files: ([binaries["formwork"], "check", *files], {}))
    parse = Tool("parsing alone", lambda files: ([binaries["parse"], *files], {}))
    peers = [
        Tool("cfn-lint 1.58.0", lambda files: ([str(VENV / "bin" / "cfn-lint"), *files], QUIET)),
        Tool("`cloudformation-validate` 1.14.0",
             lambda files: ([str(VENV / "bin" / "python"), str(PEERS / "lint" / "validate.py"), *files], QUIET)),
    ]
    return ours, parse, peers * install_python(VENV, PEERS / "lint" / "requirements.txt")


def write(load):
    """The templates of a load, in a folder of their own; their names."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for name, text in load.files.items():
        (FOLDER / name).write_text(text)
    return [str(FOLDER / name) for name in load.files]


def cost(tool, files):
    command, environment = tool.command(files)
    return measure.run(command, environment, WORK / "log", most=LONGEST)


def row(load, ours, parse, peers, rounds):
    files = write(load)
    number = min(rounds, load.rounds or rounds)
    own = [cost(ours, files) for _ in range(rounds)]
    cells = [load.name, shown(measure.median(own)), shown(measure.median([cost(parse, files) for _ in range(rounds)]))]
    for peer in peers:
        pairs = [(cost(ours, files), cost(peer, files)) for _ in range(number)]
        mine, theirs = zip(*pairs)
        ratio = measure.ratio(theirs, mine)
        cut = "" if all(paid.ended for paid in theirs) else "over "
        cells.append(f"{cut}{shown(measure.median(theirs))} ({cut}×{ratio:.0f})")
    return f"| {' | '.join(cells)} |"


def shown(paid):
    # A tick of the clock that processes are charged by can be as long as a short run.
    time = f"{paid.cpu * 1000:.0f} ms" if paid.cpu < 0.2 else f"{paid.cpu:.1f} s" if paid.cpu < 10 else f"{paid.cpu:.0f} s"
    return f"{time}, {paid.memory:.0f} MiB"


def smoke(binaries):
    """Does every program run, and does ours keep to the memory that is promised?"""
    ours, parse, peers = tools(binaries)
    fine = bool(peers) or not is_ci()
    for load in loads()[0], Load("6 conditions", {"conditions.yaml": templates.of_conditions(6)}):
        files = write(load)
        for tool in ours, parse, *peers:
            print(f"{tool.name}, {load.name}: {shown(cost(tool, files))}")
    large = loads()[3]
    paid = cost(ours, write(large))
    if paid.memory >= MEMORY_MIB:
        print(f"{large.name} took {paid.memory:.0f} MiB: {MEMORY_MIB} are promised")
    return fine and paid.memory < MEMORY_MIB


def table(binaries, rounds):
    ours, parse, peers = tools(binaries)
    head = ["CPU, peak memory", ours.name, parse.name, *(peer.name for peer in peers)]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    lines += [row(load, ours, parse, peers, rounds) for load in loads()]
    return "\n".join(lines) + "\n"
