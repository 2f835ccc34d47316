"""Reads a template as CloudFormation would, as far as networks need it. What a resource is called stands for whatever
identifies it: `!Ref Sg`, `!GetAtt Sg.GroupId` and `Sg` are one."""

import ipaddress
import re

import yaml

from common import Loader

IDENTITIES = {"GroupId", "VpcId", "SubnetId", "RouteTableId", "NetworkAclId", "PrefixListId", "Id", "Arn"}
PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-central-1:111122223333:stack/lab/5b2a9c10-0000-4000-8000-000000000000",
    "AWS::StackName": "lab",
    "AWS::URLSuffix": "amazonaws.com",
}
NOTHING = object()


class Template:
    """`parameters` are values in place of the defaults; `attributes`, by `Resource.Attribute`, what only AWS knows."""

    def __init__(self, document, parameters=None, attributes=None):
        self.document, self.attributes = document, attributes or {}
        declared = document.get("Parameters", {})
        self.parameters = {name: told.get("Default") for name, told in declared.items()} | (parameters or {})
        self.resources = {name: it for name, it in document["Resources"].items() if self.holds(it.get("Condition"))}

    @classmethod
    def read(cls, path, **more):
        return cls(yaml.load(path.read_text("utf-8"), Loader), **more)

    def without(self, *names):
        """The same template with some resources left out."""
        missing = set(names) - set(self.resources)
        if missing:
            raise LookupError(f"no resource {', '.join(sorted(missing))}")
        kept = {name: it for name, it in self.document["Resources"].items() if name not in names}
        return self.having(self.document | {"Resources": kept})

    def with_resources(self, **more):
        """The same template with more resources, or others of the same names."""
        return self.having(self.document | {"Resources": self.document["Resources"] | more})

    def having(self, document):
        return Template(document, self.parameters, self.attributes)

    def of(self, kind):
        """The resources of a type, with their properties evaluated: pairs of name and properties."""
        for name, resource in self.resources.items():
            if resource["Type"] == f"AWS::{kind}":
                yield name, self.value(resource.get("Properties", {}))

    def holds(self, condition):
        return condition is None or self.value(self.document["Conditions"][condition]) is True

    def value(self, of):
        if isinstance(of, list):
            return [value for part in of if (value := self.value(part)) is not NOTHING]
        if not isinstance(of, dict):
            return of
        name = next(iter(of), "")
        if len(of) == 1 and name in FUNCTIONS:
            return FUNCTIONS[name](self, of[name])
        if len(of) == 1 and name.startswith("Fn::"):
            return f"{name} of {of[name]}"
        return {key: value for key, part in of.items() if (value := self.value(part)) is not NOTHING}

    def ref(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        return PSEUDO.get(name) or self.parameters.get(name, self.attributes.get(name, name))

    def getatt(self, of):
        resource, attribute = of if isinstance(of, list) else of.split(".", 1)
        return self.attributes.get(f"{resource}.{attribute}", resource if attribute in IDENTITIES else f"{resource}.{attribute}")

    def sub(self, of):
        text, values = of if isinstance(of, list) else (of, {})
        values = self.value(values)

        def one(found):
            name = found[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            return str(values[name] if name in values else self.getatt(name) if "." in name else self.ref(name))

        return re.sub(r"\$\{([^}]+)\}", one, text)

    def select(self, of):
        index, values = self.value(of)
        # A part of what only AWS knows is not known either.
        known = isinstance(values, list) and int(index) < len(values)
        return values[int(index)] if known else f"Fn::Select of {of}"

    def split(self, of):
        by, text = self.value(of)
        return str(text).split(by)

    def join(self, of):
        by, parts = self.value(of)
        return by.join(map(str, parts))

    def getazs(self, _):
        return [f"{PSEUDO['AWS::Region']}{zone}" for zone in "abc"]

    def cidr(self, of):
        block, count, bits = (*self.value(of), 8)[:3]
        parts = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(part) for part, _ in zip(parts, range(int(count)))]

    def findinmap(self, of):
        name, first, second = self.value(of)[:3]
        return self.value(self.document["Mappings"][name][str(first)][str(second)])

    def condition(self, name):
        return self.holds(name)

    def equals(self, of):
        one, other = self.value(of)
        return str(one) == str(other)

    def choose(self, of):
        condition, one, other = of
        return self.value(one if self.holds(condition) else other)

    def every(self, of):
        return all(self.value(of))

    def some(self, of):
        return any(self.value(of))

    def negated(self, of):
        return not self.value(of)[0]


FUNCTIONS = {
    "Ref": Template.ref,
    "Condition": Template.condition,
    "Fn::GetAtt": Template.getatt,
    "Fn::Sub": Template.sub,
    "Fn::Select": Template.select,
    "Fn::Split": Template.split,
    "Fn::Join": Template.join,
    "Fn::GetAZs": Template.getazs,
    "Fn::Cidr": Template.cidr,
    "Fn::FindInMap": Template.findinmap,
    "Fn::Equals": Template.equals,
    "Fn::If": Template.choose,
    "Fn::And": Template.every,
    "Fn::Or": Template.some,
    "Fn::Not": Template.negated,
}
