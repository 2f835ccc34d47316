"""Stacks brought up in the stand-in, through boto3."""

from awscli.customizations.cloudformation.yamlhelper import yaml_parse

from .facts import Facts
from .functions import Unknown


def create(account, name, template):
    """Creates a stack and gives its facts."""
    client = account.cloudformation
    client.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
    return Facts(account, name)


def missing(facts, template):
    """Resources of a template that were not made. moto skips a type that it does not know and says that
    all went well: what gives it away is a resource without a logical id among the stack's."""
    declared = {name for name, each in yaml_parse(template)["Resources"].items() if "Condition" not in each}
    found = facts.account.cloudformation.describe_stack_resources(StackName=facts.stack)["StackResources"]
    nameless = sum("LogicalResourceId" not in each for each in found)
    return sorted(declared - facts.ids.keys()) or (["?"] if nameless else [])


def sound(facts, expect):
    """What holds of every stack of ours."""
    inward, outward = facts.flows("IpPermissions"), facts.flows("IpPermissionsEgress")
    own = set(facts.of_type("AWS::EC2::SecurityGroup"))
    both = lambda flows: {flow for flow in flows if flow[0] in own and flow[1] in own}  # noqa: E731
    expect.same("what groups of the stack admit of each other", both(inward), both(outward))
    everywhere = {each for each in facts.ranges("IpPermissionsEgress") if each[1:] == ("0.0.0.0/0", "all")}
    expect.none_of("groups that reach everything on every port", everywhere)
    expect.none_of("groups that admit everyone", [each for each in facts.ranges("IpPermissions") if each[1] == "0.0.0.0/0"])
    for name in facts.of_type("AWS::RDS::DBProxy"):
        expect.true(f"targets behind {name}", facts.targets(name))
        expect.same(f"TLS of {name}", facts.proxy(name)["RequireTLS"], True)
        expect.true(f"{name} in two zones", len(facts.zones(facts.proxy(name)["VpcSubnetIds"])) >= 2)
    for name in facts.of_type("AWS::IAM::Role"):
        expect.true(f"someone to take {name}", facts.trusted(name))
    for name in facts.of_type("AWS::EC2::VPCEndpoint"):
        expect.true(f"a policy of {name}", facts.endpoint(name)["PolicyDocument"])

