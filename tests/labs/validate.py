"""AWS's own validator over every template. What is more than advice fails, but for what lint.py
lets pass too."""

import collections
import sys

from cloudformation_validate import CelEngine

from common import files, is_local_code, report

ADVICE = {"INFO", "DEBUG"}

engine = CelEngine()
advice = collections.Counter()
passed = failed = 0
for path in files(sys.argv[1:]):
    faults = 0
    for finding in engine.validate_template(str(path)).diagnostics:
        place = (finding.property_path or "").split(".")
        if finding.severity.name in ADVICE or is_local_code(finding.rule_id, place):
            advice[finding.rule_id] += 1
            continue
        faults += 1
        print(f"{path}:{finding.start_line}: {finding.severity.name} {finding.rule_id} {finding.message}")
    passed, failed = passed + (not faults), failed + bool(faults)
print("advice:", ", ".join(f"{rule} {count} times" for rule, count in advice.most_common()) or "none")
report(passed, failed)
