"""CloudFormation's intrinsic functions and dynamic references, evaluated over the resources that a stack has so far.

moto's own evaluator leaves a value out when it cannot find it, gives the zones of us-east-1 everywhere, and knows neither
`Fn::Cidr` nor dynamic references. This one fails with a reason instead.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import base64
import ipaddress
import itertools
import json
import re

ABSENT = object()
DYNAMIC = re.compile(r"\{\{resolve:([a-z-]+):(.+?)\}\}")
PLACE = re.compile(r"\$\{(!?)([^}]*)\}")


class Unknown(Exception):
    """A reference or function that cannot be evaluated."""


def evaluate(value, resources):
    """`value` without functions; `ABSENT` for `AWS::NoValue`, which lists and maps leave out."""
    if isinstance(value, list):
        return [item for item in (evaluate(item, resources) for item in value) if item is not ABSENT]
    if not isinstance(value, dict):
        return resolve(value, resources)
    if len(value) == 1:
        (name, argument), = value.items()
        if name in FUNCTIONS:
            return resolve(FUNCTIONS[name](argument, resources), resources)
        if name.startswith("Fn::"):
            raise Unknown(f"the function {name} is not known here")
    pairs = ((key, evaluate(item, resources)) for key, item in value.items())
    return {key: item for key, item in pairs if item is not ABSENT}


def reference(name, resources):
    if name == "AWS::NoValue":
        return ABSENT
    try:
        found = resources[name]
    except KeyError:
        raise Unknown(f"{name} is neither a parameter nor a resource") from None
    declared = resources._template.get("Parameters", {}).get(name)
    if declared:
        several = declared["Type"].startswith("List<") or declared["Type"] == "CommaDelimitedList"
        return found.split(",") if several and isinstance(found, str) else found
    if found is None:
        raise Unknown(f"{name} was not made")
    return getattr(found, "physical_resource_id", found)


def attribute(path, resources):
    name, attribute = path.split(".", 1) if isinstance(path, str) else (path[0], ".".join(path[1:]))
    try:
        found = resources[name]
    except KeyError:
        found = None
    if found is None:
        raise Unknown(f"{name} was not made, and its {attribute} is asked for")
    return found.get_cfn_attribute(attribute)


def substitute(argument, resources):
    text, given = argument if isinstance(argument, list) else (argument, {})

    def place(found):
        literal, name = found.groups()
        if literal:
            return "${" + name + "}"
        if name in given:
            return written(evaluate(given[name], resources))
        return written((attribute if "." in name else reference)(name, resources))

    return PLACE.sub(place, text)


def written(value):
    """As CloudFormation writes a value into text."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def select(argument, resources):
    index, items = evaluate(argument[0], resources), evaluate(argument[1], resources)
    return items[int(index)]


def join(argument, resources):
    return argument[0].join(written(item) for item in evaluate(argument[1], resources))


def split(argument, resources):
    return evaluate(argument[1], resources).split(argument[0])


def find_in_map(argument, resources):
    name, *path = evaluate(argument, resources)
    found = resources[name]
    for key in path:
        found = found[written(key)]
    return found


def choose(argument, resources):
    condition, then, otherwise = argument
    return evaluate(then if resources.lazy_condition_map[condition] else otherwise, resources)


def zones(argument, resources):
    return [(evaluate(argument, resources) or resources["AWS::Region"]) + letter for letter in "abc"]


def cidr(argument, resources):
    block, count, *bits = evaluate(argument, resources)
    network = ipaddress.ip_network(block)
    prefix = network.max_prefixlen - int(bits[0] if bits else network.max_prefixlen - network.prefixlen)
    return [str(part) for part in itertools.islice(network.subnets(new_prefix=prefix), int(count))]


def import_value(argument, resources):
    name = evaluate(argument, resources)
    for export in resources.cross_stack_resources.values():
        if export.name == name:
            return export.value
    raise Unknown(f"no stack exports {name}")


FUNCTIONS = {
    "Ref": reference,
    "Fn::GetAtt": attribute,
    "Fn::Sub": substitute,
    "Fn::Select": select,
    "Fn::Join": join,
    "Fn::Split": split,
    "Fn::FindInMap": find_in_map,
    "Fn::If": choose,
    "Fn::GetAZs": zones,
    "Fn::Cidr": cidr,
    "Fn::ImportValue": import_value,
    "Fn::Base64": lambda argument, resources: base64.b64encode(evaluate(argument, resources).encode()).decode(),
    "Fn::ToJsonString": lambda argument, resources: json.dumps(evaluate(argument, resources)),
}


def resolve(value, resources):
    """Dynamic references, once no function is left that would build one."""
    if not isinstance(value, str) or "{{resolve:" not in value or "${" in value:
        return value
    return DYNAMIC.sub(lambda found: dynamic(found[1], found[2], resources.account), value)


def dynamic(service, place, account):
    if service == "secretsmanager":
        arn, rest = place.split(":SecretString", 1)
        text = account.secretsmanager.get_secret_value(SecretId=arn)["SecretString"]
        key = rest.lstrip(":").split(":")[0]
        return json.loads(text)[key] if key else text
    if service == "ssm":
        return account.ssm.get_parameter(Name=place)["Parameter"]["Value"]
    raise Unknown(f"the dynamic reference {{{{resolve:{service}:{place}}}}} is not known here")
