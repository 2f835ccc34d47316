"""What a person does who has a folder of ours and the AWS CLI: deploys, looks, changes, and what else the files are for."""

import json
import pathlib
import shutil

from . import given
from . import page
from . import stacks
from .command_line import CommandLine
from .facts import Facts

REGION = "ap-southeast-2"
PROD, UAT = "444455556666", "111122223333"
# A change to the settings, and what it comes to.
EDITS = {"idle-client-timeout: 1800": "idle-client-timeout: 600", "timeout: 45": "timeout: 60",
         "connection-borrow-timeout: 30": "connection-borrow-timeout: 20"}


def follow_the_page(standin, folder, edited, expect, skipped):
    """The page of `out/prod`: a first deployment, then a change of the settings, reviewed and executed."""
    standin.forget()
    expect.at(f"{folder}/README.md")
    account = standin.account(PROD, REGION)
    given.make(account, (folder / "rds-proxy.template.yaml").read_text("utf-8"))
    blocks = page.blocks((folder / "README.md").read_text("utf-8"))
    reader = page.Reader(CommandLine(standin, PROD, folder, REGION), expect, skipped)
    for block in (block for block in blocks if block.heading != "Review"):
        reader.follow(block)
        if "get-caller-identity" in block.text:
            expect.same("the account", reader.last.strip(), PROD)
        if block.heading == "Deploy":
            check_deployed(Facts(account, "rds-proxy"), expect, folder, (1800, 45, 30))
    reader.command_line.folder = edited
    for block in (block for block in page.blocks((edited / "README.md").read_text("utf-8")) if block.heading == "Review"):
        reader.follow(block, leave_out=("delete-change-set",))  # One of the two.
        if "describe-change-set" in block.text:
            changed = [each["ResourceChange"] for each in json.loads(reader.last)["Changes"]]
            named = {(each["Action"], each["LogicalResourceId"]) for each in changed}
            expect.same("what the change set says", named, {("Modify", name) for name in ("Handler", "Proxy", "ProxyTargets")})
    check_deployed(Facts(account, "rds-proxy"), expect, edited, (600, 60, 20))
    return reader.command_line.calls


def check_deployed(facts, expect, folder, times):
    idle, timeout, borrow = times
    expect.none_of("what was skipped", stacks.missing(facts, (folder / "rds-proxy.template.yaml").read_text("utf-8")))
    proxy = facts.proxy()
    expect.same("how long a client may be idle", proxy["IdleClientTimeout"], idle)
    expect.same("how long the function may run", facts.function()["Timeout"], timeout)
    expect.same("how long it waits for a connection", facts.pool()["ConnectionBorrowTimeout"], borrow)
    expect.same("the function's memory, which prod has another of", facts.function()["MemorySize"], 1024)
    expect.same("the targets", facts.targets(), [("RDS_INSTANCE", "billie", 5432)])
    user = proxy["DBProxyArn"].rsplit(":", 1)[1] + "/billie"
    connects = facts.allowed("HandlerRole", "rds-db:connect")
    expect.same("whom the function connects as", connects, [f"arn:aws:rds-db:{REGION}:{PROD}:dbuser:{user}"])
    expect.same("the output ProxyEndpoint", facts.outputs().get("ProxyEndpoint"), proxy["Endpoint"])
    flow = {("LambdaSg", "ProxySg", 5432), ("ProxySg", "sg-08c3b2d4e5f607182", 5432), ("LambdaSg", "RdsApiSg", 443)}
    expect.same("who is admitted", facts.flows("IpPermissions"), flow)
    expect.same("who is let out", facts.flows("IpPermissionsEgress"), flow)
    (stack,) = facts.account.cloudformation.describe_stacks(StackName="rds-proxy")["Stacks"]
    expect.same("the stack's tags", stack["Tags"], [{"Key": "environment", "Value": "prod"}])
    said = {each["ParameterKey"]: str(each["ParameterValue"]) for each in stack["Parameters"]}
    files = json.loads((folder / "rds-proxy.parameters.json").read_text("utf-8"))
    expect.same("its parameters", said, {each["ParameterKey"]: each["ParameterValue"] for each in files})


def use_the_api(standin, folder, expect):
    """`create-stack` of `out/uat` with the files that have the shape of the API, after `validate-template`."""
    standin.forget()
    expect.at(str(folder))
    account = standin.account(UAT, REGION)
    given.make(account, (folder / "rds-proxy.template.yaml").read_text("utf-8"))
    cli = CommandLine(standin, UAT, folder, REGION)
    said = cli.json("cloudformation", "validate-template", "--template-body", "file://rds-proxy.template.yaml")
    expect.true("a description", said["Description"].startswith("A Lambda function"))
    cli.aws(
        "cloudformation", "create-stack", "--stack-name", "rds-proxy", "--capabilities", "CAPABILITY_IAM",
        "--template-body", "file://rds-proxy.template.yaml", "--parameters", "file://rds-proxy.parameters.json",
        "--tags", "file://rds-proxy.tags.json",
    )
    facts = Facts(account, "rds-proxy")
    expect.none_of("what was skipped", stacks.missing(facts, (folder / "rds-proxy.template.yaml").read_text("utf-8")))
    expect.same("the function's memory", facts.function()["MemorySize"], 256)
    expect.same("the targets", facts.targets(), [("RDS_INSTANCE", "billie", 5432)])
    # Of CodePipeline's file and that of Git sync nothing here takes the file: they say what the others say.
    pipeline = json.loads((folder / "rds-proxy.pipeline.json").read_text("utf-8"))
    files = json.loads((folder / "rds-proxy.parameters.json").read_text("utf-8"))
    expect.same("CodePipeline's parameters", pipeline["Parameters"], {each["ParameterKey"]: each["ParameterValue"] for each in files})
    expect.same("CodePipeline's tags", pipeline["Tags"], {"environment": "uat"})
    return cli.calls


def protect(standin, folder, expect, skipped):
    """The page of the new shape: `deploy` and the stack policy."""
    standin.forget()
    expect.at(f"{folder}/README.md")
    account = standin.account(PROD, "eu-west-1")
    reader = page.Reader(CommandLine(standin, PROD, folder), expect, skipped)
    for block in (block for block in page.blocks((folder / "README.md").read_text("utf-8")) if block.heading == "Deploy"):
        reader.follow(block)
    expect.same("what was run", reader.ran, ["deploy", "set-stack-policy"])
    body = account.cloudformation.get_stack_policy(StackName="billing")["StackPolicyBody"]
    expect.same("the stack policy", json.loads(body), json.loads((folder / "billing.stack-policy.json").read_text("utf-8")))
    pipeline = json.loads((folder / "billing.pipeline.json").read_text("utf-8"))
    expect.same("CodePipeline's stack policy", pipeline["StackPolicy"], json.loads(body))
    facts = Facts(account, "billing")
    expect.none_of("what was skipped", stacks.missing(facts, (folder / "billing.template.yaml").read_text("utf-8")))
    expect.same("the targets", [each[0] for each in facts.targets()], ["RDS_INSTANCE"])
    expect.same("whether the database is protected", facts.instance()["DeletionProtection"], True)
    return reader.command_line.calls


def package(standin, folder, expect):
    """Code on this machine: what `package` uploads is what the function has."""
    standin.forget()
    expect.at("package")
    account, cli = standin.account(UAT, "eu-west-1"), CommandLine(standin, UAT, folder)
    account.s3.create_bucket(Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    cli.aws(
        "cloudformation", "package", "--template-file", "packaged.yaml", "--s3-bucket", "artifacts",
        "--output-template-file", "packaged.out.json", "--use-json",
    )
    cli.aws(
        "cloudformation", "deploy", "--template-file", "packaged.out.json", "--stack-name", "packaged",
        "--capabilities", "CAPABILITY_IAM",
    )
    (folder / "packaged.out.json").unlink()
    (uploaded,) = account.s3.list_objects_v2(Bucket="artifacts")["Contents"]
    function = Facts(account, "packaged").function()
    expect.same("the size of the code", function["CodeSize"], uploaded["Size"])
    cli.aws(
        "cloudformation", "deploy", "--template-file", "large.yaml", "--stack-name", "large", "--s3-bucket", "artifacts"
    )
    pages = account.ssm.get_paginator("describe_parameters").paginate()
    count = sum(len(page["Parameters"]) for page in pages)
    expect.same("the parameters of a template that is too large for a request", count, 13)
    return cli.calls


def many_regions(standin, folder, expect):
    """A StackSet: the stack is in each of its regions."""
    standin.forget()
    expect.at("StackSet")
    cli = CommandLine(standin, UAT, folder)
    cli.aws("cloudformation", "create-stack-set", "--stack-set-name", "small", "--template-body", "file://small.yaml")
    regions = ("eu-west-1", "ap-southeast-2")
    cli.aws(
        "cloudformation", "create-stack-instances", "--stack-set-name", "small", "--accounts", UAT, "--regions", *regions
    )
    for region in regions:
        value = standin.account(UAT, region).ssm.get_parameter(Name="/small/0")["Parameter"]["Value"]
        expect.same(f"the value in {region}", len(value), 4096)
    return cli.calls


def edited_settings(scratch, synth):
    """The folder of `prod` after a change of the settings, as `synth` writes it."""
    text = pathlib.Path("formwork.yaml").read_text("utf-8")
    for before, after in EDITS.items():
        if text.count(before) != 1:
            raise ValueError(f"formwork.yaml has `{before}` {text.count(before)} times")
        text = text.replace(before, after)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    (scratch / "formwork.yaml").write_text(text, "utf-8")
    synth(scratch / "formwork.yaml", scratch / "edited")
    synth(pathlib.Path("examples/new.formwork.yaml"), scratch / "new")
    return scratch / "edited/prod", scratch / "new/prod"
