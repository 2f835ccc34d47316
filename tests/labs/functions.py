"""Runs a handler as Lambda does: a module named by the function, an event, a context that counts the time down. Only
Secrets Manager is a stub; IAM tokens are signed by the handler or by botocore, with the documentation's credentials."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys

LABS = pathlib.Path(__file__).parent
CREDENTIALS = {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "session/with+signs==",
}

PYTHON = """
import importlib, json, sys, time, types
# As in Lambda, loading the module is no part of the function's time.
handler = importlib.import_module(sys.argv[1]).handler
start, limit = time.monotonic(), float(sys.argv[2])
passed = lambda: 1000 * (time.monotonic() - start)
context = types.SimpleNamespace(get_remaining_time_in_millis=lambda: max(0, round(limit - passed())))
try:
    end = {"row": handler({}, context)}
except Exception as error:
    end = {"error": f"{type(error).__name__}: {error}"}
print(json.dumps(end | {"milliseconds": round(passed())}))
"""

NODE = """
const [path, limit] = process.argv.slice(1);
const { handler } = require(path);
const start = performance.now();
const passed = () => performance.now() - start;
const told = (end) => console.log(JSON.stringify({ ...end, milliseconds: Math.round(passed()) }));
const context = { getRemainingTimeInMillis: () => Math.max(0, Math.round(Number(limit) - passed())) };
handler({}, context).then((row) => told({ row }), (error) => told({ error: String(error) }));
"""


@dataclasses.dataclass
class Ended:
    """How a handler ended: with a row or an error, after how many milliseconds, and all that it printed."""

    row: dict | None
    error: str | None
    milliseconds: int
    output: str

    @property
    def said(self):
        return json.dumps(self.row) if self.error is None else self.error


def command(runtime, folder, module, milliseconds, *more):
    """The command that runs `handler` of a module; `more` goes to the interpreter."""
    if runtime.startswith("python"):
        return [sys.executable, *more, "-c", PYTHON, module, str(milliseconds)]
    return ["node", *more, "-e", NODE, str(pathlib.Path(folder, module).resolve()), str(milliseconds)]


def environment(folder, trust):
    """What surrounds a handler, whatever its function says: `trust` is the one authority that it knows."""
    return CREDENTIALS | {
        "PATH": os.environ["PATH"],
        "SSL_CERT_FILE": str(trust),
        "NODE_EXTRA_CA_CERTS": str(trust),
        "NODE_PATH": str(LABS / "stubs/node_modules"),
        "PYTHONPATH": os.pathsep.join(map(str, (folder, LABS / "stubs"))),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def ended(process, seconds=60):
    """Waits for a handler that was started with `stdout` and `stderr` piped together."""
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return Ended(None, f"did not end within {seconds} s", 1000 * seconds, process.communicate()[0])
    try:
        last = json.loads(output.splitlines()[-1])
        return Ended(last.get("row"), last.get("error"), last["milliseconds"], output)
    except (IndexError, ValueError, TypeError, KeyError):
        return Ended(None, f"ended without a word of its own:\n{output}", 0, output)


def start(command, environment):
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "text": True}
    return subprocess.Popen(command, env=environment, **piped)
