"""Deploys our stacks without an account: see `standin` for what that can show and what it cannot.

usage: python -m deploy TEMPLATES   the folder of the combinations' templates
"""

import logging
import pathlib
import signal
import subprocess
import sys
import time
import warnings

from . import standin  # First: it sets the environment that moto and boto3 read when they are imported.

import common  # noqa: E402
from . import deployer  # noqa: E402
from . import matrix  # noqa: E402
from . import stacks  # noqa: E402
from .expect import Expect  # noqa: E402
from .shapes import Shape  # noqa: E402


SCRATCH = pathlib.Path("target/labs/deploy")
OUT = pathlib.Path("out")


def main(templates):
    expect, skipped = Expect(), {}
    templates = pathlib.Path(templates)
    edited, new = deployer.edited_settings(SCRATCH, synth)
    single = templates / "deploy"
    with standin.StandIn() as place:
        say = lambda what, act: timed(what, expect, act)  # noqa: E731
        say("mistakes that must be found", lambda: found_out(place, templates, expect))
        say("AWS CLI calls: the page of out/prod", lambda: deployer.follow_the_page(place, OUT / "prod", edited, expect, skipped))
        say("AWS CLI calls: the files of out/uat, as the API has them", lambda: deployer.use_the_api(place, OUT / "uat", expect))
        say("AWS CLI calls: a stack policy", lambda: deployer.protect(place, new, expect, skipped))
        say("AWS CLI calls: code on this machine, a large template", lambda: deployer.package(place, single, expect))
        say("AWS CLI calls: a StackSet", lambda: deployer.many_regions(place, single, expect))
        say("stacks of combinations of the settings", lambda: matrix.shapes(place, templates, expect))
        say("stacks of other combinations", lambda: matrix.others(place, templates, expect))
        say("stacks of the examples", lambda: matrix.examples(place, expect))
    for name, reason in sorted(skipped.items()):
        print(f"  skipped: {name}: {reason}")
    for failure in expect.failures:
        print(f"  failed: {failure}")
    common.report(expect.held, len(expect.failures), len(skipped))
    return bool(expect.failures)


def synth(settings, out):
    command = ["cargo", "run", "--quiet", "--", "synth", str(settings), "--out", str(out)]
    done = subprocess.run(command, text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"`{' '.join(command)}`: {done.stderr}")


def timed(what, expect, act):
    start, held, failed = time.monotonic(), expect.held, len(expect.failures)
    count = act()
    held, failed = expect.held - held, len(expect.failures) - failed
    print(f"  {count} {what}: {held} held, {failed} failed, {time.monotonic() - start:.1f} s", flush=True)


def found_out(place, templates, expect):
    """What these tests are to find, they find: otherwise nothing that they say means anything."""
    account = place.account("111122223333", "eu-west-1")
    name = "new-new-postgres-iam-separate-rotated"
    text, shape = matrix.read(templates, name), Shape(name)

    # moto skips a type that it does not know without a word.
    place.forget()
    facts = stacks.create(account, "misspelt", text.replace("::DBProxyTargetGroup\n", "::DBProxyTargetGroupp\n"))
    expect.at("a misspelt type").same("what was skipped", stacks.missing(facts, text), ["ProxyTargets"])

    # A rule that lets someone else in.
    place.forget()
    start = text.index("  ProxySgFromLambdaSg5432:\n")
    wrong = text[:start] + text[start:].replace("SourceSecurityGroupId: !GetAtt LambdaSg", "SourceSecurityGroupId: !GetAtt RdsApiSg", 1)
    mistaken = Expect()
    shape.check(stacks.create(account, "mistaken", wrong), mistaken.at("mistaken"))
    expect.at("a rule for the wrong group").same("how many expectations fail", len(mistaken.failures), 1)
    return 2


if __name__ == "__main__":
    # A time-out ends what was started too: see `command_line`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    logging.getLogger("moto").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="moto")
    sys.exit(main(*sys.argv[1:]))
