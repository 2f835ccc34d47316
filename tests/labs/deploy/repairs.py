"""What moto's services lack, or say wrongly, of what a stack of ours needs."""

import copy

from moto.awslambda.models import LambdaFunction
from moto.core.responses import ActionResult
from moto.rds import models as rds
from moto.rds.responses import RDSResponse
from moto.secretsmanager.models import SecretsManagerBackend
from moto.utilities.utils import get_partition


class ProxyEndpoint(dict):
    """An endpoint of a proxy beside the one that it comes with. A map of what the API says of it."""


def endpoints(backend):
    return backend.__dict__.setdefault("proxy_endpoints", {})


def create_db_proxy_endpoint(response):
    backend, given = response.backend, response.params
    name, proxy = given["DBProxyEndpointName"], backend.describe_db_proxies(given["DBProxyName"])[0]
    if name in endpoints(backend):
        raise ValueError(f"there is a proxy endpoint {name}")
    partition = get_partition(backend.region_name)
    place = f"arn:{partition}:rds:{backend.region_name}:{backend.account_id}:db-proxy-endpoint"
    made = ProxyEndpoint(
        DBProxyEndpointName=name,
        DBProxyEndpointArn=f"{place}:prx-endpoint-{len(endpoints(backend)):017}",
        DBProxyName=proxy.db_proxy_name,
        Status="available",
        VpcId=proxy.vpc_id,
        VpcSecurityGroupIds=given.get("VpcSecurityGroupIds", []),
        VpcSubnetIds=given["VpcSubnetIds"],
        Endpoint=f"{name}.endpoint.proxy-{proxy.url_identifier}.{backend.region_name}.rds.amazonaws.com",
        TargetRole=given.get("TargetRole", "READ_WRITE"),
        IsDefault=False,
    )
    ec2 = rds.ec2_backends[backend.account_id][backend.region_name]
    made["VpcId"] = ec2.get_subnet(given["VpcSubnetIds"][0]).vpc_id
    endpoints(backend)[name] = made
    return ActionResult({"DBProxyEndpoint": made})


def describe_db_proxy_endpoints(response):
    wanted = response.params.get("DBProxyName")
    found = [each for each in endpoints(response.backend).values() if wanted in (None, each["DBProxyName"])]
    return ActionResult({"DBProxyEndpoints": found})


def delete_db_proxy_endpoint(response):
    return ActionResult({"DBProxyEndpoint": endpoints(response.backend).pop(response.params["DBProxyEndpointName"])})


def modify_db_proxy(response):
    given = response.params
    proxy = response.backend.describe_db_proxies(given["DBProxyName"])[0]
    names = {
        "Auth": "auth", "RequireTLS": "require_tls", "IdleClientTimeout": "idle_client_timeout",
        "DebugLogging": "debug_logging", "RoleArn": "role_arn", "SecurityGroups": "vpc_security_group_ids",
    }
    for name, attribute in names.items():
        if name in given:
            setattr(proxy, attribute, given[name])
    return ActionResult({"DBProxy": proxy})


def create_db_proxy(response):
    """moto forgets `DefaultAuthScheme`, and `Auth` is not required beside it."""
    response.params.setdefault("Auth", [])
    made = moto_create_db_proxy(response)
    proxy = response.backend.db_proxies[response.params["DBProxyName"]]
    proxy.default_auth_scheme = response.params.get("DefaultAuthScheme", "NONE")
    return made


def register(backend, db_proxy_name, target_group_name, db_cluster_identifiers, db_instance_identifiers):
    """moto says 5432 of every target, and takes instances that do not exist."""
    for name in db_instance_identifiers:
        if name not in backend.databases:
            raise rds.DBInstanceNotFoundError(name)
    for name in db_cluster_identifiers:
        if name not in backend.clusters:
            raise rds.DBClusterNotFoundError(name)
    made = moto_register(backend, db_proxy_name, target_group_name, db_cluster_identifiers, db_instance_identifiers)
    for target in made:
        instance = target.type == "RDS_INSTANCE"
        found = (backend.databases if instance else backend.clusters)[target.rds_resource_id]
        target.port, target.endpoint = found.port, found.address if instance else found.endpoint
    return made


def tagged(backend, arn):
    """moto tags no target group."""
    if ":target-group:" not in arn:
        return moto_tagged(backend, arn)
    groups = [group for proxy in backend.db_proxies.values() for group in proxy.proxy_target_groups.values()]
    return next(group for group in groups if group.arn == arn)


def rotate_secret(backend, secret_id, *given, **named):
    """moto's rotation without a function puts the text that a secret began with in the place of its newest."""
    secret = backend.secrets[secret_id]
    before = copy.deepcopy(secret.versions), secret.default_version_id
    named["rotation_lambda_arn"] = None  # It would be called, in a container.
    made = moto_rotate_secret(backend, secret_id, *given[:1], **named)
    secret.versions, secret.default_version_id = before
    return made


def begin(function, account_id, spec, *given, **named):
    moto_begin(function, account_id, spec, *given, **named)
    function.forgotten = {name: spec[name] for name in ("LoggingConfig", "KMSKeyArn") if spec.get(name)}


def configuration(function, *given, **named):
    """moto forgets where a function logs and with which key its variables are encrypted."""
    return moto_configuration(function, *given, **named) | function.forgotten


moto_create_db_proxy, moto_register = RDSResponse.create_db_proxy, rds.RDSBackend.register_db_proxy_targets
moto_tagged = rds.RDSBackend._get_resource_for_tagging
moto_rotate_secret = SecretsManagerBackend.rotate_secret
moto_begin, moto_configuration = LambdaFunction.__init__, LambdaFunction.get_configuration


def install():
    added = (
        create_db_proxy, create_db_proxy_endpoint, describe_db_proxy_endpoints, delete_db_proxy_endpoint, modify_db_proxy,
    )
    for operation in added:
        setattr(RDSResponse, operation.__name__, operation)
    rds.RDSBackend.register_db_proxy_targets = register
    rds.RDSBackend._get_resource_for_tagging = tagged
    SecretsManagerBackend.rotate_secret = rotate_secret
    LambdaFunction.__init__, LambdaFunction.get_configuration = begin, configuration
