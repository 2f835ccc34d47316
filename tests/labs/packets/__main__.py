"""python -m packets TEMPLATES OUT: runs the lab over the templates that settings.yaml gives, and over those of the
reference stack, which are in OUT, and prints a row for each case."""

import os
import pathlib
import signal
import sys
import tempfile

from common import report

from . import fabric, flows, logins, proofs


class Table:
    def __init__(self):
        self.passed = self.failed = 0

    def row(self, what, said, drops, seconds, faults):
        dropped = ", ".join(f"{place} ({count})" for place, count in drops.items()) or "none"
        print(f"{'FAILED' if faults else 'ok':6} {what:41} {seconds:4.1f} s  drops: {dropped}", flush=True)
        for runtime, words in said.items():
            print(f"{'':7}{runtime}: {words:.140}")
        print(*faults, sep="\n", end="\n" if faults else "")
        self.failed, self.passed = self.failed + bool(faults), self.passed + (not faults)


def stop(*_):
    sys.exit("stopped")


def main(templates, out):
    # So that a lab that is told to stop still leaves the machine as it was.
    signal.signal(signal.SIGTERM, stop)
    table = Table()
    if lacks := fabric.missing():
        print(f"skipped: needs {lacks}")
        # In CI that is a failure: there the lab must run.
        return report(0, *((1, 0) if os.environ.get("CI") == "true" else (0, 1)))
    with fabric.alone(), tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        flows.run(pathlib.Path(out), table.row)
        proofs.run(folder / "proofs", pathlib.Path(out), table.row)
        logins.run(folder, templates, table.row)
    left = fabric.leftovers()
    if left:
        print(f"namespaces are left: {left}")
    report(table.passed, table.failed + bool(left))


main(*sys.argv[1:])
