"""Deploys our stacks without an account: see `standin` for what that can show and what it cannot.

usage: run.py TEMPLATES   the folder of the combinations' templates
"""

import pathlib
import sys
import time

import standin  # First: it sets the environment that moto and boto3 read when they are imported.

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

import common  # noqa: E402
import matrix  # noqa: E402
import stacks  # noqa: E402
from expect import Expect  # noqa: E402


def main(templates):
    expect, skipped = Expect(), []
    with standin.StandIn() as place:
        timed("a misspelt type is found", expect, lambda: misspelt(place, templates, expect))
        timed("combinations of the settings", expect, lambda: matrix.shapes(place, templates, expect))
        timed("other combinations", expect, lambda: matrix.others(place, templates, expect))
        timed("the examples' stacks", expect, lambda: matrix.examples(place, expect))
    for each in skipped:
        print(f"  skipped: {each}")
    for failure in expect.failures:
        print(f"  failed: {failure}")
    common.report(expect.held, len(expect.failures), len(skipped))
    return bool(expect.failures)


def timed(what, expect, act):
    start, held, failed = time.monotonic(), expect.held, len(expect.failures)
    count = act()
    held, failed = expect.held - held, len(expect.failures) - failed
    print(f"  {what}: {count}, {held} held, {failed} failed, {time.monotonic() - start:.1f} s", flush=True)


def misspelt(place, templates, expect):
    """moto skips what it does not know without a word: unless this is noticed, nothing here means anything."""
    place.forget()
    account = place.account("111122223333", "eu-west-1")
    text = matrix.read(templates, matrix.OTHERS[1])
    for right, wrong in (("AWS::RDS::DBProxyTargetGroup", "AWS::RDS::DBProxyTargetGroupp"),):
        facts = stacks.create(account, "misspelt", text.replace(f"Type: {right}\n", f"Type: {wrong}\n"))
        expect.at("a misspelt type").same("what was skipped", stacks.missing(facts, text), ["ProxyTargets"])
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
