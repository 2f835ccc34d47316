"""What the labs share: which templates there are, how one is read, and how a lab reports."""

import math
import os
import pathlib

import yaml


class Loader(yaml.SafeLoader):
    """PyYAML as it is, and CloudFormation's tags."""

    def function(self, name, node):
        key = name if name in ("Ref", "Condition") else f"Fn::{name}"
        if isinstance(node, yaml.ScalarNode):
            value = self.construct_scalar(node)
            return {key: value.split(".", 1) if name == "GetAtt" else value}
        construct = self.construct_sequence if isinstance(node, yaml.SequenceNode) else self.construct_mapping
        return {key: construct(node, deep=True)}


Loader.add_multi_constructor("!", Loader.function)


def files(folders):
    """Every YAML template in the folders, sidecars and hidden folders left out."""
    found = []
    for folder in map(pathlib.Path, folders):
        for path in sorted(folder.rglob("*.yaml")):
            if not path.name.endswith(".formwork.yaml") and "Resources:" in path.read_text("utf-8"):
                found.append(path)
    return found


def difference(expect, found, path=""):
    """The first place in which two values differ; truth values are no numbers."""
    if isinstance(expect, dict) and isinstance(found, dict):
        if list(expect) != list(found):
            return f"{path}: keys {list(expect)!r:.300} became {list(found)!r:.300}"
        pairs = ((key, expect[key], found[key]) for key in expect)
    elif isinstance(expect, list) and isinstance(found, list):
        if len(expect) != len(found):
            return f"{path}: {len(expect)} items became {len(found)}"
        pairs = zip(range(len(expect)), expect, found)
    else:
        return None if same_scalar(expect, found) else f"{path}: {expect!r} became {found!r}"
    return next(filter(None, (difference(a, b, f"{path}/{key}") for key, a, b in pairs)), None)


def same_scalar(expect, found):
    if isinstance(expect, float) and isinstance(found, float):
        return expect == found and math.copysign(1, expect) == math.copysign(1, found)
    return type(expect) is type(found) and expect == found


def is_local_code(rule, path):
    """Whether a finding says no more than that a function's code is a path, for `aws cloudformation package`."""
    return rule == "W3002" and list(path)[-2:] == ["Properties", "Code"]


def report(passed, failed, skipped=0):
    with open(os.environ["LABS_TALLY"], "a", encoding="utf-8") as tally:
        print(passed, failed, skipped, file=tally)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
