"""The combinations of the settings, and every example: what comes up, and what the services say of it."""

import pathlib
import re

from . import given
from . import stacks
from .shapes import Shape

ENGINES = ("postgres", "mysql")
SHAPES = [
    *(f"given-given-{engine}-password-separate-given" for engine in ENGINES),
    *(f"given-given-{engine}-iam-shared-given" for engine in ENGINES),
    *(f"given-given-{engine}-end-to-end-separate-none" for engine in ENGINES),
    *(f"new-new-{engine}-password-shared-new" for engine in ENGINES),
    *(f"new-new-{engine}-iam-separate-rotated" for engine in ENGINES),
    *(f"new-new-{engine}-end-to-end-separate-new" for engine in ENGINES),
    # Tokens and passwords alike are for SQL Server alone.
    "given-given-sqlserver-mixed-separate-given",
    "new-new-sqlserver-mixed-shared-new",
    "given-new-postgres-iam-shared-new-aws-managed",
    "given-new-mysql-end-to-end-separate-kept-by-rds",
    "new-new-aurora-postgresql-iam-shared-kept-by-rds",
    "new-new-aurora-mysql-password-separate-new",
]
OTHERS = [
    "postgres-iam-separate-open",
    "data-postgres-iam-made-key-function-rotation",
    "data-aurora-postgres-iam-managed-key-monitored",
    "network-given-one-3-endpoints-acl-flows",
    "network-open-each-3-endpoints-acl-flows",
]
EXAMPLES = pathlib.Path("tests/snapshots")
# A stack of an example that uses what another of its stacks exports. By name it comes after that one.
SECOND = ("reports", "schema")


def shapes(standin, templates, expect):
    for name in SHAPES:
        standin.forget()
        text = read(templates, name)
        shape, account = Shape(name), standin.account("111122223333", "eu-west-1")
        given.make(account, text, shape.engine)
        facts = come_up(account, "app", text, expect.at(name))
        if facts:
            shape.check(facts, expect)
    return len(SHAPES)


def others(standin, templates, expect):
    for name in OTHERS:
        standin.forget()
        account = standin.account("111122223333", "eu-west-1")
        text = read(templates, name)
        given.make(account, text, port=6543)
        come_up(account, "app", text, expect.at(name))
    return len(OTHERS)


def examples(standin, expect):
    """The stacks of the examples, as the snapshots have them. Those of one app and environment share an account."""
    found = sorted(EXAMPLES.glob("*.snap"))
    for path in found:
        example, environment, stack = path.stem.split("-", 2)
        if not (stack in SECOND and example == "two_stacks"):
            standin.forget()
        text = path.read_text("utf-8").split("---\n", 2)[2]
        account = standin.account(account_of(text), region_of(text))
        given.make(account, text)
        come_up(account, stack, text, expect.at(path.stem))
    return len(found)


def account_of(text):
    found = re.search(r"arn:aws:(?:secretsmanager|kms):[a-z0-9-]+:(\d{12}):", text)
    return found[1] if found else "111122223333"


def region_of(text):
    found = re.search(r"arn:aws:(?:secretsmanager|kms):([a-z0-9-]+):\d{12}:", text)
    return found[1] if found else "eu-west-1"


def read(templates, name):
    return (pathlib.Path(templates) / f"{name}.yaml").read_text("utf-8")


def come_up(account, stack, text, expect):
    """Creates a stack and checks what holds of every one; its facts, or nothing if it does not come up."""
    try:
        facts = stacks.create(account, stack, text)
    except account.cloudformation.exceptions.ClientError as error:
        expect.fail(f"it does not come up: {error}")
        return None
    expect.none_of("what was skipped", stacks.missing(facts, text))
    stacks.sound(facts, expect)
    return facts
