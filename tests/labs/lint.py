"""cfn-lint with its informational rules over every template, in a process a core. Errors and warnings fail, but for the one
that a function's code is a path, for `aws cloudformation package`: that is what the stack asked for."""

import collections
import multiprocessing
import os
import sys

from cfnlint.api import ManualArgs, lint_by_config

from common import files, is_local_code, report


def lint(paths):
    """What cfn-lint says of some templates: the advice, and the rest by template and line."""
    advice, faults = collections.Counter(), []
    for match in lint_by_config(ManualArgs(templates=list(map(str, paths)), include_checks=["I"])):
        if match.rule.severity == "informational" or is_local_code(match.rule.id, match.path):
            advice[f"{match.rule.id} {match.rule.shortdesc}"] += 1
        else:
            faults.append((match.filename, match.linenumber, f"{match.rule.id} {match.message}"))
    return advice, faults


def main(folders):
    paths = files(folders)
    count = max(1, min(os.cpu_count() or 1, len(paths)))
    shares = [share for n in range(count) if (share := paths[n::count])]
    with multiprocessing.Pool(count) as pool:
        found = pool.map(lint, shares)
    faults = sorted(fault for _, faults in found for fault in faults)
    for name, line, said in faults:
        print(f"{name}:{line}: {said}")
    for text, number in sum((advice for advice, _ in found), collections.Counter()).most_common():
        print(f"{number:5} times {text}")
    faulty = len({name for name, *_ in faults})
    report(len(paths) - faulty, faulty)


if __name__ == "__main__":
    main(sys.argv[1:])
