"""cfn-lint with its informational rules over every template, in one process. Errors and warnings fail, but for the one
that a function's code is a path, for `aws cloudformation package`: that is what the stack asked for."""

import collections
import sys

from cfnlint.api import ManualArgs, lint_by_config

from common import files, is_local_code, report

paths = files(sys.argv[1:])
matches = lint_by_config(ManualArgs(templates=list(map(str, paths)), include_checks=["I"])) if paths else []
advice = collections.Counter()
faulty = set()
for match in matches:
    if match.rule.severity == "informational" or is_local_code(match.rule.id, match.path):
        advice[f"{match.rule.id} {match.rule.shortdesc}"] += 1
    else:
        faulty.add(match.filename)
        print(f"{match.filename}:{match.linenumber}: {match.rule.id} {match.message}")
for text, count in advice.most_common():
    print(f"{count:5} times {text}")
report(len(paths) - len(faulty), len(faulty))
