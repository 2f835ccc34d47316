"""One account in one region of the stand-in, through its public API alone."""

import functools
import threading

import boto3
from botocore.config import Config

CONFIG = Config(retries={"total_max_attempts": 1}, user_agent_extra="formwork-labs")
SESSION_LOCK = threading.Lock()


def credentials(account):
    """The access key says which account it is: see `engine.account_of`."""
    return {"aws_access_key_id": f"FORMWORK{account}", "aws_secret_access_key": "labs"}


class Account:
    """`account.rds`, `account.ec2` … are boto3's clients."""

    def __init__(self, url, number, region):
        self.url, self.number, self.region = url, number, region

    def __getattr__(self, service):
        if service.startswith("_"):
            raise AttributeError(service)
        client = client_of(self.url, self.number, self.region, service.replace("_", "-"))
        setattr(self, service, client)
        return client

    def call(self, service, operation, **parameters):
        """Calls an operation with values as CloudFormation writes them: it takes `"5432"` for a number and `5432` for
        text. botocore refuses a name or a type that the operation does not have."""
        client = getattr(self, service)
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        return getattr(client, operation)(**fit(parameters, model.input_shape))


@functools.lru_cache(maxsize=None)
def client_of(url, account, region, service):
    with SESSION_LOCK:  # A session is not made for several threads.
        return boto3.client(service, region_name=region, endpoint_url=url, config=CONFIG, **credentials(account))


def fit(value, shape):
    if shape is None:
        return value
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {name: fit(part, shape.members.get(name)) for name, part in value.items()}
    if kind == "list" and isinstance(value, list):
        return [fit(part, shape.member) for part in value]
    if kind == "map" and isinstance(value, dict):
        return {name: fit(part, shape.value) for name, part in value.items()}
    return fit_scalar(value, kind)


def fit_scalar(value, kind):
    if kind in ("integer", "long") and isinstance(value, str):
        return int(value)
    if kind in ("float", "double") and isinstance(value, (str, int)):
        return float(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind == "string" and isinstance(value, (bool, int)):
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return value
