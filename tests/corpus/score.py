#!/usr/bin/env python3
"""How `formwork check` compares with cfn-lint on a folder of templates.

The folder has `oracle.jsonl`, a line a template: `path` below `templates/`, `source`, and `matches` as cfn-lint prints
them (`rule`, `level`, `path`, `line`). Per rule it is counted what both find at the same resource (or at the same entry of
another section), what only cfn-lint finds, and what only Formwork finds. Rules of cfn-lint that are not listed in
`scope.json` are left out; what is known to differ, and why, is listed in `differences.json`.

Exits with 1 if a share is below its threshold or a template of which cfn-lint has nothing to say has a finding that is
not argued.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent


# What is found once in a text, or once for several resources, wherever it is said: what cannot be read, and cycles.
WHOLE = {"E0000", "E3004"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--formwork", default="target/release/formwork", help="the program to score")
    parser.add_argument("--rule", action="append", help="only these rules, each miss and excess listed")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--as-of", default="2026-11-24", help="the day on which the oracle was asked")
    parser.add_argument("--list", action="store_true", help="list every miss and excess")
    return parser.parse_args()


def place(pointer):
    """The resource or the entry of a section that a path leads to."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in (pointer or "").strip("/").split("/") if step]
    return "/".join(steps[:2])


def key(rule, pointer):
    """What must agree for a finding of each to be the same."""
    return (rule, "" if rule in WHOLE else place(pointer))


def oracle(folder):
    for line in (folder / "oracle.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["matches"] is not None:
            yield entry


def ours(options, paths):
    """Findings by template. One process, as people run it over a folder."""
    command = [options.formwork, "check", "--format", "json", "--region", options.region, "--as-of", options.as_of]
    started = time.monotonic()
    run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True)
    if run.returncode not in (0, 1) or "panicked" in run.stderr:
        sys.exit(f"formwork ended with {run.returncode}:\n{run.stderr[-2000:]}")
    found = collections.defaultdict(list)
    for finding in json.loads(run.stdout)["findings"]:
        found[finding["template"]].append(finding)
    return found, time.monotonic() - started


class Score:
    def __init__(self):
        self.both = collections.Counter()
        self.missed = collections.Counter()
        self.excess = collections.Counter()
        self.examples = collections.defaultdict(list)

    def add(self, path, theirs, own):
        for rule, _ in theirs & own:
            self.both[rule] += 1
        for rule, where in theirs - own:
            self.missed[rule] += 1
            self.examples[rule].append(f"missed {path}: {where}")
        for rule, where in own - theirs:
            self.excess[rule] += 1
            self.examples[rule].append(f"excess {path}: {where}")

    def share(self):
        both, missed = sum(self.both.values()), sum(self.missed.values())
        return both / (both + missed) if both + missed else 1.0


def main():
    options = arguments()
    scope = set(json.loads((HERE / "scope.json").read_text()))
    differences = json.loads((HERE / "differences.json").read_text())
    same = collections.defaultdict(list)
    for rule, codes in differences["same"].items():
        for code in codes:
            same[code].append(rule)
    argued = {(entry["rule"], entry.get("template"), entry.get("place")): entry["why"] for entry in differences["argued"]}

    def is_argued(rule, path, where):
        keys = [(rule, path, where), (rule, path, None), (rule, None, None)]
        return any(key in argued for key in keys)

    entries = list(oracle(options.folder))
    templates = options.folder / "templates"
    found, seconds = ours(options, [templates / entry["path"] for entry in entries])
    scores = {"real": Score(), "fixtures": Score()}
    loud = []
    for entry in entries:
        path = entry["path"]
        score = scores["fixtures" if entry["source"].startswith("cfn-lint") else "real"]
        matches = [match for match in entry["matches"] if match["rule"][0] in "EW"]
        theirs = {key(match["rule"], match["path"]) for match in matches if match["rule"] in scope}
        own = set()
        for finding in found[str(templates / path)]:
            if finding["severity"] != "info":
                rules = [finding["code"], *same[finding["code"]]]
                counts = [key(rule, finding["path"]) for rule in rules]
                known = [one for one in counts if one[0] in scope]
                own.update(theirs.intersection(counts) or (known or counts)[:1])
        theirs = {one for one in theirs if not is_argued(one[0], path, one[1])}
        quiet = not matches
        own_all = {one for one in own if not is_argued(one[0], path, one[1])}
        score.add(path, theirs, {one for one in own_all if one[0] in scope} if not quiet else own_all)
        if quiet and own_all:
            loud.append((path, sorted(own_all)))
    report(options, scores, loud, len(entries), seconds)


def report(options, scores, loud, templates, seconds):
    rules = sorted({rule for score in scores.values() for part in (score.both, score.missed, score.excess) for rule in part})
    if options.rule:
        rules = [rule for rule in rules if rule in options.rule]
    header = f"{'rule':6} " + " ".join(f"{name + ' ' + column:>15}" for name in scores for column in ("both", "missed", "excess"))
    print(header)
    for rule in rules:
        cells = [part[rule] for score in scores.values() for part in (score.both, score.missed, score.excess)]
        print(f"{rule:6} " + " ".join(f"{cell:15}" for cell in cells))
        if options.list or options.rule:
            for score in scores.values():
                for example in score.examples[rule]:
                    print(f"       {example}")
    ok = True
    for name, least in (("real", 0.95), ("fixtures", 0.90)):
        score = scores[name]
        ok &= score.share() >= least
        print(f"{name}: {sum(score.both.values())} of {sum(score.both.values()) + sum(score.missed.values())} found, "
              f"{score.share():.1%} (at least {least:.0%})")
    for path, own in loud:
        print(f"cfn-lint is silent, Formwork is not: {path}: {', '.join('/'.join(key) for key in own)}")
    print(f"{templates} templates in {seconds:.1f} s; {len(loud)} on which only Formwork has something to say")
    sys.exit(0 if ok and not loud else 1)


if __name__ == "__main__":
    main()
