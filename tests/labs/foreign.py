"""Reads templates that others wrote with the AWS CLI's parser: Formwork must have read the same."""

import datetime
import json
import pathlib
import re
import sys

from awscli.customizations.cloudformation.yamlhelper import yaml_parse

from common import difference, report


def canonical(value):
    """The one form in which Formwork keeps references and substitutions."""
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, datetime.date):  # CloudFormation reads text: every policy has a date for its version.
        return value.isoformat()
    if not isinstance(value, dict):
        return value
    value = {key if isinstance(key, str) else json.dumps(key): canonical(item) for key, item in value.items()}
    match value:
        case {"Fn::GetAtt": str(text)} if len(value) == 1 and "." in text:
            return {"Fn::GetAtt": text.split(".", 1)}
        case {"Fn::GetAtt": [str(name), *path]} if len(value) == 1 and path and all(isinstance(p, str) for p in path):
            return {"Fn::GetAtt": [name, ".".join(path)]}
        case {"Fn::Sub": [str(text), {**variables}]} if len(value) == 1 and not variables:
            return {"Fn::Sub": trimmed(text)}
        case {"Fn::Sub": str(text)} if len(value) == 1:
            return {"Fn::Sub": trimmed(text)}
        case {"Fn::Sub": [str(text), {**variables}]} if len(value) == 1:
            return {"Fn::Sub": [trimmed(text), variables]}
    return value


def trimmed(text):
    return re.sub(r"\$\{\s*([^}]*?)\s*\}", r"${\1}", text)


passed = failed = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    ours = json.loads(path.read_text("utf-8"))
    try:
        expect = canonical(yaml_parse(pathlib.Path(ours["path"]).read_text("utf-8-sig")))
    except Exception:  # What no one can read is no disagreement, if we say so too.
        fault = None if ours["findings"] else "read without a finding, and the AWS CLI refused it"
    else:
        fault = difference(expect, ours["value"])
        if ours["value"] is None and isinstance(expect, dict):
            fault = f"refused: {ours['findings']}"
    if fault:
        print(f"{ours['path']}: {fault}")
    passed, failed = passed + (not fault), failed + bool(fault)
report(passed, failed)
