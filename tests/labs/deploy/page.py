"""The page of commands in an environment's folder, as someone would follow it who has the folder and the AWS CLI."""

import re

from .command_line import Refused

FENCE = re.compile(r"^(`{3,})sh\n(.*?)^\1$", re.M | re.S)
HEADING = re.compile(r"^#+ (.*)$", re.M)

# What the stand-in cannot do, by the operation's name.
CANNOT = {
    "describe-events": "neither this AWS CLI nor moto has it",
    "continue-update-rollback": "moto rolls nothing back",
    "detect-stack-drift": "moto knows no drift",
    "describe-stack-resource-drifts": "moto knows no drift",
}


class Block:
    """A block of commands below a heading."""

    def __init__(self, heading, text):
        self.heading, self.text = heading, text

    def commands(self):
        """One after the other; an assignment is one too."""
        joined = re.sub(r"\\\n\s*", " ", self.text)
        return [line for line in joined.splitlines() if line.strip()]


def blocks(page):
    headings = [(found.start(), found[1]) for found in HEADING.finditer(FENCE.sub(blank, page))]
    found = []
    for fence in FENCE.finditer(page):
        above = [heading for start, heading in headings if start < fence.start()]
        found.append(Block(above[-1], fence[2]))
    return found


def blank(fence):
    """As long as it was: what looks like a heading in a block of commands is none."""
    return re.sub(r"[^\n]", " ", fence[0])


def operation(command):
    found = re.search(r"\baws [a-z0-9-]+ ([a-z0-9-]+)", command)
    return found[1] if found else None


class Reader:
    """Runs blocks in one shell's life: what an assignment says holds for what comes after it."""

    def __init__(self, command_line, expect, skipped):
        self.command_line, self.expect, self.skipped = command_line, expect, skipped
        self.said, self.ran = [], []

    def follow(self, block, leave_out=()):
        for command in block.commands():
            name = operation(command)
            if name is None:
                self.said.append(command)
            elif name in leave_out:
                continue
            elif name in CANNOT:
                self.skipped.setdefault(name, CANNOT[name])
            else:
                self.run(name, command)

    def run(self, name, command):
        self.ran.append(name)
        self.command_line.calls += command.count("aws ")
        try:
            out = self.command_line.shell("\n".join([*self.said, command]))
        except Refused as refused:
            self.expect.fail(f"{name}: {refused}")
            return
        self.expect.true(f"{name} works", True)
        self.last = out
