"""moto's CloudFormation with our resource types and our functions in it.

Every type in `kinds` is made by calls of the services' public API, so what a template says passes botocore's validation,
and what a handler does not understand fails rather than being left out. A type that is not there goes the way of moto: it
is made by moto's own handler, or silently skipped. `stack.missing` finds what was skipped.
"""

import re

from moto.cloudformation import models, parsing, responses, utils
from moto.cloudformation.exceptions import ValidationError
from moto.iam import models as iam

from .account import Account
from .functions import ABSENT, Unknown, evaluate
from .kinds import KINDS

URL = {"url": None}  # Known when the server has its port.


class Made:
    """A resource of a stack. What moto asks of one is its ids, its attributes and that it can be deleted."""

    def __init__(self, kind, properties, found):
        self.kind, self.properties = kind, properties
        self.physical_resource_id, self.attributes, self.undo = found

    def is_created(self):
        return True

    def get_cfn_attribute(self, name):
        if name not in self.attributes:
            raise Unknown(f"{self.kind.name} has no attribute {name} here")
        value = self.attributes[name]
        return value() if callable(value) else value

    def delete(self, account_id, region_name):
        if self.undo:
            self.undo()


class Declared:
    """What moto asks of a type before anything is made."""

    @staticmethod
    def has_cfn_attr(_name):
        return True  # Reading an attribute that is not there fails with a reason.


def account_of(access_key):
    found = re.fullmatch(r"FORMWORK(\d{12})", access_key)
    return found[1] if found else "123456789012"


def account(resources):
    return Account(URL["url"], resources._account_id, resources._region_name)


def create(logical_id, declared, resources, account_id, region_name):
    condition = declared.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        return None
    before = declared.get("DependsOn", [])
    for name in [before] if isinstance(before, str) else before:
        resources[name]  # noqa: B018 (makes it, if it is not there yet)
    kind = KINDS.get(declared["Type"])
    if kind is None:
        return moto_create(logical_id, declared, resources, account_id, region_name)
    with blamed(logical_id):
        properties = evaluate(declared.get("Properties", {}), resources)
        name = generated_name(resources["AWS::StackName"], logical_id)
        made = Made(kind, properties, kind.create(resources.account, dict(properties), name))
    made.cf_resource_type, made.logical_resource_id = declared["Type"], logical_id
    return made


def update(logical_id, declared, resources, account_id, region_name):
    """Changes in place what can be, and fails where CloudFormation would replace: moto cannot order a replacement."""
    made = resources[logical_id]
    if not isinstance(made, Made):
        raise ValidationError(logical_id, f"{logical_id}: its type cannot be updated here")
    with blamed(logical_id):
        properties = evaluate(declared.get("Properties", {}), resources)
        names = made.properties.keys() | properties.keys()
        changed = {name for name in names if made.properties.get(name) != properties.get(name)}
        if changed:
            if not changed <= made.kind.in_place:
                raise Unknown(f"{sorted(changed - made.kind.in_place)} cannot be updated here")
            made.kind.update(resources.account, made, properties, changed)
        made.properties = properties
    return made


class blamed:
    """Says of which resource a failure is, as CloudFormation does."""

    def __init__(self, logical_id):
        self.logical_id = logical_id

    def __enter__(self):
        return self

    def __exit__(self, _kind, error, _trace):
        if error is None or isinstance(error, ValidationError) or not isinstance(error, Exception):
            return False
        message = f"{self.logical_id}: {type(error).__name__}: {error}"
        raise ValidationError(self.logical_id, message=message) from error


def generated_name(stack, logical_id):
    """As CloudFormation names what has no name: stack, logical id, something random."""
    return f"{stack.replace(':', '-')}-{logical_id}-{utils.random_suffix()}"


def clean(value, resources):
    """What moto calls its evaluator for: outputs, conditions, exports."""
    found = evaluate(value, resources if hasattr(resources, "_template") else Bare(resources))
    return None if found is ABSENT else found


class Bare(dict):
    """Parameters alone, as conditions see them."""

    _template = {}


def tag(loader, name, node):
    if name == "!GetAtt" and not isinstance(node.value, list):
        return {"Fn::GetAtt": node.value.split(".", 1)}
    if name == "!Condition":
        return {"Condition": node.value}
    return moto_tag(loader, name, node)


def type_of(resource_type):
    return Declared if resource_type in KINDS else moto_type_of(resource_type)


def difference(resources, template, parameters=None):
    """What an update touches. moto looks at the values that are given alone, and not at all for a change set; a default that
    changes is a change too."""
    old, new = resources._resource_json_map, template["Resources"]
    said = {name: each.get("Default") for name, each in template.get("Parameters", {}).items()} | (parameters or {})
    text = lambda value: ",".join(map(str, value)) if isinstance(value, list) else str(value)  # noqa: E731
    other = {name for name, value in said.items() if text(resources.resolved_parameters.get(name)) != text(value)}

    def touched(each):
        written = repr(each)
        return any(f"{{'Ref': '{name}'}}" in written or "${" + name + "}" in written for name in other)

    kept = [name for name in new if name in old]
    return {
        "Add": [name for name in new if name not in old],
        "Modify": [name for name in kept if new[name] != old[name] or touched(new[name])],
        "Remove": [name for name in old if name not in new],
    }


def changes(change_set):
    found = difference(change_set.stack.resource_map, change_set.template_dict, change_set.parameters)
    declared = change_set.stack.resource_map._resource_json_map | change_set.template_dict["Resources"]
    return [models.Change(action, name, declared[name]["Type"]) for action, names in found.items() for name in names]


def apply(change_set):
    """moto forgets a stack's outputs, exports and template in a change set."""
    moto_apply(change_set)
    stack = change_set.stack
    stack.template, stack.template_dict = change_set.template, change_set.template_dict
    stack.parameters = change_set.parameters
    stack.description = change_set.template_dict.get("Description")
    stack.output_map = parsing.OutputMap(stack.resource_map, stack.template_dict, stack.stack_id)
    backend = models.cloudformation_backends[stack.account_id][stack.region_name]
    for export in stack.exports:
        backend.exports[export.name] = export


moto_create, moto_type_of = parsing.parse_and_create_resource, parsing.resource_class_from_type
moto_tag, moto_apply = utils.yaml_tag_constructor, models.ChangeSet.apply


def install():
    parsing.clean_json = clean
    parsing.parse_and_create_resource, parsing.parse_and_update_resource = create, update
    parsing.resource_class_from_type = type_of
    parsing.ResourceMap.account = property(account)
    models.yaml_tag_constructor = responses.yaml_tag_constructor = tag
    models.ChangeSet.apply, models.ChangeSet.diff = apply, changes
    parsing.ResourceMap.build_resource_diff = difference
    iam.get_account_id_from = account_of
