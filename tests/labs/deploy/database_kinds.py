"""Databases, proxies, secrets and keys."""

import json

from .kinds import changed, made, nothing_else


@made("AWS::RDS::DBSubnetGroup")
def subnet_group(account, properties, name):
    name = properties.pop("DBSubnetGroupName", name).lower()
    account.call("rds", "create_db_subnet_group", DBSubnetGroupName=name, **properties)
    return name, {}, lambda: account.rds.delete_db_subnet_group(DBSubnetGroupName=name)


def parameter_group(account, properties, name, kind):
    """Of an instance or of a cluster: the operations differ in one word."""
    name = properties.pop(f"{kind}ParameterGroupName", name).lower()
    said = properties.pop("Parameters", {})
    properties["DBParameterGroupFamily"] = properties.pop("Family")
    where, word = {f"{kind}ParameterGroupName": name}, {"DB": "db", "DBCluster": "db_cluster"}[kind]
    account.call("rds", f"create_{word}_parameter_group", **where, **properties)
    given = [{"ParameterName": key, "ParameterValue": value, "ApplyMethod": "pending-reboot"} for key, value in said.items()]
    if given:
        account.call("rds", f"modify_{word}_parameter_group", **where, Parameters=given)
    return name, {}, lambda: account.call("rds", f"delete_{word}_parameter_group", **where)


@made("AWS::RDS::DBParameterGroup")
def instance_parameters(account, properties, name):
    return parameter_group(account, properties, name, "DB")


@made("AWS::RDS::DBClusterParameterGroup")
def cluster_parameters(account, properties, name):
    return parameter_group(account, properties, name, "DBCluster")


def managed_secret(properties):
    """CloudFormation nests what the API has flat."""
    if "MasterUserSecret" in properties:
        properties["MasterUserSecretKmsKeyId"] = properties.pop("MasterUserSecret")["KmsKeyId"]


@made("AWS::RDS::DBInstance")
def instance(account, properties, name):
    name = properties.pop("DBInstanceIdentifier", name).lower()
    if "VPCSecurityGroups" in properties:
        properties["VpcSecurityGroupIds"] = properties.pop("VPCSecurityGroups")
    managed_secret(properties)
    account.call("rds", "create_db_instance", DBInstanceIdentifier=name, **properties)
    found = account.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    undo = lambda: account.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)  # noqa: E731
    return name, database_attributes(found, found["Endpoint"]["Address"], found["Endpoint"]["Port"], "DbiResourceId"), undo


@changed(
    "AWS::RDS::DBInstance",
    "AllocatedStorage", "BackupRetentionPeriod", "DBInstanceClass", "DeletionProtection", "MultiAZ",
)
def change_instance(account, made, properties, names):
    changes = {name: properties[name] for name in names}
    identifier = made.physical_resource_id
    account.call("rds", "modify_db_instance", DBInstanceIdentifier=identifier, ApplyImmediately=True, **changes)


@made("AWS::RDS::DBCluster")
def cluster(account, properties, name):
    name = properties.pop("DBClusterIdentifier", name).lower()
    managed_secret(properties)
    account.call("rds", "create_db_cluster", DBClusterIdentifier=name, **properties)
    found = account.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    undo = lambda: account.rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)  # noqa: E731
    attributes = database_attributes(found, found["Endpoint"], found["Port"], "DbClusterResourceId")
    return name, attributes | {"ReadEndpoint.Address": found["ReaderEndpoint"]}, undo


def database_attributes(found, host, port, resource_id):
    secret = found.get("MasterUserSecret", {}).get("SecretArn")
    attributes = {"Endpoint.Address": host, "Endpoint.Port": str(port), "MasterUserSecret.SecretArn": secret}
    ids = {"DbiResourceId": "DbiResourceId", "DbClusterResourceId": "DBClusterResourceId"}
    attributes[ids[resource_id]] = found[resource_id]
    return {name: value for name, value in attributes.items() if value is not None}


@made("AWS::RDS::DBProxy")
def proxy(account, properties, _name):
    name = properties["DBProxyName"]
    found = account.call("rds", "create_db_proxy", **properties)["DBProxy"]
    attributes = {"DBProxyArn": found["DBProxyArn"], "Endpoint": found["Endpoint"], "VpcId": found["VpcId"]}
    return name, attributes, lambda: account.rds.delete_db_proxy(DBProxyName=name)


@changed("AWS::RDS::DBProxy", "Auth", "DebugLogging", "IdleClientTimeout", "RequireTLS", "RoleArn", "VpcSecurityGroupIds")
def change_proxy(account, made, properties, names):
    changes = {name: properties[name] for name in names}
    if "VpcSecurityGroupIds" in changes:
        changes["SecurityGroups"] = changes.pop("VpcSecurityGroupIds")
    account.call("rds", "modify_db_proxy", DBProxyName=made.physical_resource_id, **changes)


@made("AWS::RDS::DBProxyEndpoint")
def proxy_endpoint(account, properties, _name):
    found = account.call("rds", "create_db_proxy_endpoint", **properties)["DBProxyEndpoint"]
    name = found["DBProxyEndpointName"]
    attributes = {"Endpoint": found["Endpoint"], "DBProxyEndpointArn": found["DBProxyEndpointArn"], "VpcId": found["VpcId"]}
    return name, attributes, lambda: account.rds.delete_db_proxy_endpoint(DBProxyEndpointName=name)


@made("AWS::RDS::DBProxyTargetGroup")
def target_group(account, properties, _name):
    """The proxy has the group already: it is changed, and the targets are registered."""
    proxy, group = properties.pop("DBProxyName"), properties.pop("TargetGroupName")
    pool, given = properties.pop("ConnectionPoolConfigurationInfo", {}), properties.pop("Tags", [])
    changed = account.call(
        "rds", "modify_db_proxy_target_group", DBProxyName=proxy, TargetGroupName=group, ConnectionPoolConfig=pool
    )
    arn = changed["DBProxyTargetGroup"]["TargetGroupArn"]
    account.call("rds", "register_db_proxy_targets", DBProxyName=proxy, TargetGroupName=group, **properties)
    if given:
        account.call("rds", "add_tags_to_resource", ResourceName=arn, Tags=given)
    targets = {"DBProxyName": proxy, "TargetGroupName": group, **properties}
    return arn, {"TargetGroupArn": arn}, lambda: account.call("rds", "deregister_db_proxy_targets", **targets)


@changed("AWS::RDS::DBProxyTargetGroup", "ConnectionPoolConfigurationInfo")
def change_target_group(account, made, properties, _names):
    where = {"DBProxyName": properties["DBProxyName"], "TargetGroupName": properties["TargetGroupName"]}
    pool = properties["ConnectionPoolConfigurationInfo"]
    account.call("rds", "modify_db_proxy_target_group", **where, ConnectionPoolConfig=pool)


@made("AWS::SecretsManager::Secret")
def secret(account, properties, name):
    properties.setdefault("Name", name)
    wanted = properties.pop("GenerateSecretString", None)
    if wanted is not None:
        properties["SecretString"] = generate(account, dict(wanted))
    arn = account.call("secretsmanager", "create_secret", **properties)["ARN"]
    undo = lambda: account.secretsmanager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)  # noqa: E731
    return arn, {"Id": arn}, undo


def generate(account, wanted):
    template, key = wanted.pop("SecretStringTemplate", None), wanted.pop("GenerateStringKey", None)
    password = account.call("secretsmanager", "get_random_password", **wanted)["RandomPassword"]
    return password if template is None else json.dumps({**json.loads(template), key: password})


@made("AWS::SecretsManager::SecretTargetAttachment")
def attachment(account, properties, _name):
    """Writes where the database is into its secret.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html"""
    secret, target, kind = (properties.pop(name) for name in ("SecretId", "TargetId", "TargetType"))
    nothing_else(properties)
    text = json.loads(account.secretsmanager.get_secret_value(SecretId=secret)["SecretString"])
    if kind == "AWS::RDS::DBInstance":
        found = account.rds.describe_db_instances(DBInstanceIdentifier=target)["DBInstances"][0]
        text |= {"host": found["Endpoint"]["Address"], "port": found["Endpoint"]["Port"], "engine": found["Engine"]}
        text |= {"dbInstanceIdentifier": target} | ({"dbname": found["DBName"]} if found.get("DBName") else {})
    elif kind == "AWS::RDS::DBCluster":
        found = account.rds.describe_db_clusters(DBClusterIdentifier=target)["DBClusters"][0]
        text |= {"host": found["Endpoint"], "port": found["Port"], "engine": found["Engine"], "dbClusterIdentifier": target}
    else:
        raise ValueError(f"a target of type {kind}")
    account.secretsmanager.put_secret_value(SecretId=secret, SecretString=json.dumps(text))
    return secret, {"Id": secret}, None


@made("AWS::SecretsManager::RotationSchedule")
def rotation(account, properties, _name):
    """Nothing is rotated: neither the hosted function that the macro makes nor a function of the stack can run here."""
    hosted = properties.pop("HostedRotationLambda", None)
    properties.pop("RotateImmediatelyOnUpdate", None)
    function = properties.pop("RotationLambdaARN", None)
    if (hosted is None) == (function is None):
        raise ValueError("either HostedRotationLambda or RotationLambdaARN")
    if function:
        account.call("lambda", "get_function", FunctionName=function)
    secret = properties["SecretId"]
    account.call("secretsmanager", "rotate_secret", RotateImmediately=False, **properties)
    return secret, {}, lambda: account.secretsmanager.cancel_rotate_secret(SecretId=secret)


@made("AWS::KMS::Key")
def key(account, properties, _name):
    rotated = str(properties.pop("EnableKeyRotation", False)).lower() == "true"
    given = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.pop("Tags", [])]
    policy = json.dumps(properties.pop("KeyPolicy"))
    found = account.call("kms", "create_key", Policy=policy, Tags=given, **properties)["KeyMetadata"]
    if rotated:
        account.kms.enable_key_rotation(KeyId=found["KeyId"])
    undo = lambda: account.kms.schedule_key_deletion(KeyId=found["KeyId"])  # noqa: E731
    return found["KeyId"], {"Arn": found["Arn"], "KeyId": found["KeyId"]}, undo


@made("AWS::KMS::Alias")
def alias(account, properties, _name):
    account.call("kms", "create_alias", **properties)
    name = properties["AliasName"]
    return name, {}, lambda: account.kms.delete_alias(AliasName=name)
