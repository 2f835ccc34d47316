"""The programs that are measured: how each is installed, and how each is called."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "benches" / "peers"
WORK = ROOT / "target" / "benches"
CDK = WORK / "cdk"
VENV = WORK / "venv"

# Nothing that a tool does over the network, or for its maker, is measured.
QUIET = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Load(NamedTuple):
    """What is made: the reference stack, or so many stacks of so many resources."""

    name: str
    stacks: int = 1
    resources: int | None = None


class Tool(NamedTuple):
    name: str
    command: object  # (load, folder) -> the command, and what it wants in its environment


def is_ci():
    return os.environ.get("CI") == "true"


def build():
    """The release binaries, by name: the command, the reference stack's program, the one of any size, and one that only
    parses."""
    cargo = ["cargo", "build", "--release", "--message-format=json-render-diagnostics"]
    cargo += ["--bin", "formwork", "--example", "article_new", "--bench", "scale", "--bench", "parse"]
    messages = subprocess.run(cargo, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    built = [message for message in map(json.loads, messages) if message.get("executable")]
    return {message["target"]["name"]: message["executable"] for message in built}


def install_cdk():
    """The pinned CDK and its programs, in a folder of their own; false if that is not possible."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    CDK.mkdir(parents=True, exist_ok=True)
    lock, installed = PEERS / "cdk" / "package-lock.json", CDK / "installed.json"
    for program in (PEERS / "cdk").iterdir():
        shutil.copy(program, CDK)
    if not (installed.exists() and installed.read_bytes() == lock.read_bytes()):
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if not succeeds(npm, CDK):
            return False
        shutil.copy(lock, installed)
    return True


def install_troposphere():
    """The pinned troposphere; false if that is not possible."""
    return install_python(VENV, PEERS / "troposphere" / "requirements.txt")


def install_python(venv, wanted):
    """What a file requires, in an environment of its own; false if that is not possible."""
    installed = venv / "installed"
    if installed.exists() and installed.read_bytes() == wanted.read_bytes():
        return True
    shutil.rmtree(venv, ignore_errors=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
    pip += ["--disable-pip-version-check", "-r", str(wanted)]
    if not (succeeds([sys.executable, "-m", "venv", str(venv)], ROOT) and succeeds(pip, ROOT)):
        return False
    # Compiled once, as by any use before: what is measured is not the first run after an installation.
    succeeds([str(venv / "bin" / "python"), "-m", "compileall", "-q", str(venv / "lib")], ROOT)
    shutil.copy(wanted, installed)
    return True


def succeeds(command, folder):
    return subprocess.run(command, cwd=folder, stdout=sys.stderr).returncode == 0


def formwork(binaries):
    def command(load, folder):
        if load.resources is None:
            return [binaries["article_new"], "synth", "--out", str(folder)], {}
        size = {"STACKS": str(load.stacks), "RESOURCES": str(load.resources)}
        return [binaries["scale"], "synth", "--out", str(folder)], size

    return Tool("Formwork", command)


def cdk_program(load, folder):
    sizes = [] if load.resources is None else [str(load.stacks), str(load.resources)]
    program = "reference.js" if load.resources is None else "scale.js"
    return ["node", str(CDK / program), *sizes, str(folder)]


def cdk(name, *options):
    def command(load, folder):
        program = " ".join(cdk_program(load, folder))
        binary = str(CDK / "node_modules" / ".bin" / "cdk")
        return [binary, "synth", "--no-notices", "--app", program, "--output", str(folder), *options], QUIET

    return Tool(name, command)


CDK_TOOLS = [
    cdk("`cdk synth`"),
    cdk("`cdk synth --no-validation`", "--no-validation"),
    Tool("`node app.js`", lambda load, folder: (cdk_program(load, folder), {**QUIET, "CDK_VALIDATION": "false"})),
]


def troposphere(load, folder):
    programs = PEERS / "troposphere"
    python = str(VENV / "bin" / "python")
    if load.resources is None:
        return [python, str(programs / "reference.py"), str(folder / "reference.yaml")], QUIET
    return [python, str(programs / "scale.py"), str(load.stacks), str(load.resources), str(folder)], QUIET


TROPOSPHERE = Tool("troposphere", troposphere)
