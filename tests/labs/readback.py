"""Reads every YAML file back with PyYAML and with the AWS CLI's own parser, both YAML 1.1: each must give the same as
the long form in JSON beside it. Without one beside it, the two must agree with each other."""

import json
import pathlib
import sys

import yaml
from awscli.customizations.cloudformation.yamlhelper import yaml_parse

from common import Loader, difference, report


def readings(path):
    text = path.read_text("utf-8")
    return {"PyYAML": yaml.load(text, Loader), "the AWS CLI": yaml_parse(text)}


def expected(path, read):
    beside = path.with_suffix("").with_suffix(".template.json")
    return json.loads(beside.read_text("utf-8")) if beside.exists() else read["PyYAML"]


passed = failed = 0
for folder in map(pathlib.Path, sys.argv[1:]):
    for path in sorted(folder.rglob("*.yaml")):
        try:
            read = readings(path)
            expect = expected(path, read)
            faults = [(reader, fault) for reader, value in read.items() if (fault := difference(expect, value))]
        except Exception as error:  # A reader that refuses the file is the finding.
            faults = [("a reader", f"refused it: {error}")]
        for reader, fault in faults:
            print(f"{path}: {reader}: {fault}")
        passed, failed = passed + (not faults), failed + bool(faults)
report(passed, failed)
