"""Functions, what may call them, their roles and logs, queues and parameters."""

import io
import json
import zipfile

from .kinds import changed, made, nothing_else


def key_value(tags):
    return {tag["Key"]: tag["Value"] for tag in tags}


@made("AWS::IAM::Role")
def role(account, properties, name):
    name = properties.pop("RoleName", name)[-64:]
    inline, attached = properties.pop("Policies", []), properties.pop("ManagedPolicyArns", [])
    trust = json.dumps(properties.pop("AssumeRolePolicyDocument"))
    found = account.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=trust, **properties)["Role"]
    put_policies(account, name, inline)
    for arn in attached:
        account.iam.attach_role_policy(RoleName=name, PolicyArn=arn)

    def undo():
        for policy in account.iam.list_role_policies(RoleName=name)["PolicyNames"]:
            account.iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for arn in attached:
            account.iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        account.iam.delete_role(RoleName=name)

    return name, {"Arn": found["Arn"], "RoleId": found["RoleId"]}, undo


def put_policies(account, role, policies):
    for policy in policies:
        document = json.dumps(policy["PolicyDocument"])
        account.iam.put_role_policy(RoleName=role, PolicyName=policy["PolicyName"], PolicyDocument=document)


@changed("AWS::IAM::Role", "Policies")
def change_role(account, made, properties, _names):
    after = {policy["PolicyName"] for policy in properties["Policies"]}
    for policy in made.properties["Policies"]:
        if policy["PolicyName"] not in after:
            account.iam.delete_role_policy(RoleName=made.physical_resource_id, PolicyName=policy["PolicyName"])
    put_policies(account, made.physical_resource_id, properties["Policies"])


@made("AWS::IAM::Policy")
def policy(account, properties, _name):
    roles = properties.pop("Roles")
    policies = [{"PolicyName": properties.pop("PolicyName"), "PolicyDocument": properties.pop("PolicyDocument")}]
    nothing_else(properties)
    name = policies[0]["PolicyName"]
    for role in roles:
        put_policies(account, role, policies)

    def undo():
        for role in roles:
            account.iam.delete_role_policy(RoleName=role, PolicyName=name)

    return name, {}, undo


@made("AWS::IAM::ManagedPolicy")
def managed_policy(account, properties, name):
    roles = properties.pop("Roles", [])
    document = json.dumps(properties.pop("PolicyDocument"))
    name = properties.pop("ManagedPolicyName", name)
    arn = account.call("iam", "create_policy", PolicyName=name, PolicyDocument=document, **properties)["Policy"]["Arn"]
    for role in roles:
        account.iam.attach_role_policy(RoleName=role, PolicyArn=arn)

    def undo():
        for role in roles:
            account.iam.detach_role_policy(RoleName=role, PolicyArn=arn)
        account.iam.delete_policy(PolicyArn=arn)

    return arn, {"PolicyArn": arn}, undo


@made("AWS::Logs::LogGroup")
def log_group(account, properties, name):
    name = properties.pop("LogGroupName", name)
    days = properties.pop("RetentionInDays", None)
    if "KmsKeyId" in properties:
        properties["kmsKeyId"] = properties.pop("KmsKeyId")
    given = key_value(properties.pop("Tags", []))
    account.call("logs", "create_log_group", logGroupName=name, tags=given, **properties)
    if days is not None:
        account.call("logs", "put_retention_policy", logGroupName=name, retentionInDays=days)
    (found,) = account.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    # CloudFormation's attribute ends in `:*`, as the API's `arn` does.
    arn = found["arn"] if found["arn"].endswith(":*") else found["arn"] + ":*"
    return name, {"Arn": arn}, lambda: account.logs.delete_log_group(logGroupName=name)


@changed("AWS::Logs::LogGroup", "RetentionInDays")
def change_log_group(account, made, properties, _names):
    days = properties["RetentionInDays"]
    account.call("logs", "put_retention_policy", logGroupName=made.physical_resource_id, retentionInDays=days)


def archive(text):
    """Inline code, as CloudFormation packs it: a file named `index`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("index." + ("py" if "def " in text else "js"), text)
    return buffer.getvalue()


def code_of(properties):
    code = properties["Code"]
    if "ZipFile" in code:
        return {"ZipFile": archive(code["ZipFile"])}
    return code


@made("AWS::Lambda::Function")
def function(account, properties, name):
    name = properties.pop("FunctionName", name)[-64:]
    properties["Code"] = code_of(properties)
    if "ImageUri" in properties["Code"]:
        properties.setdefault("PackageType", "Image")
    reserved = properties.pop("ReservedConcurrentExecutions", None)
    if "KmsKeyArn" in properties:
        properties["KMSKeyArn"] = properties.pop("KmsKeyArn")
    properties["Tags"] = key_value(properties.pop("Tags", []))
    arn = account.call("lambda", "create_function", FunctionName=name, **properties)["FunctionArn"]
    if reserved is not None:
        account.call("lambda", "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=reserved)
    return name, {"Arn": arn}, lambda: getattr(account, "lambda").delete_function(FunctionName=name)


CONFIGURATION = ("Description", "Environment", "Handler", "MemorySize", "Role", "Runtime", "Timeout", "VpcConfig")


@changed("AWS::Lambda::Function", "Code", *CONFIGURATION)
def change_function(account, made, properties, names):
    where = {"FunctionName": made.physical_resource_id}
    changes = {name: properties[name] for name in names if name != "Code"}
    if changes:
        account.call("lambda", "update_function_configuration", **where, **changes)
    if "Code" in names:
        account.call("lambda", "update_function_code", **where, **code_of(properties))


@made("AWS::Lambda::Permission")
def permission(account, properties, name):
    name = name[-100:]
    function = properties["FunctionName"]
    account.call("lambda", "add_permission", StatementId=name, **properties)
    remove = getattr(account, "lambda").remove_permission
    return name, {"Id": name}, lambda: remove(FunctionName=function, StatementId=name)


@made("AWS::Lambda::EventSourceMapping")
def event_source(account, properties, _name):
    key = account.call("lambda", "create_event_source_mapping", **properties)["UUID"]
    return key, {"Id": key}, lambda: getattr(account, "lambda").delete_event_source_mapping(UUID=key)


@made("AWS::SQS::Queue")
def queue(account, properties, name):
    name = properties.pop("QueueName", name)[-80:]
    given = key_value(properties.pop("Tags", []))
    attributes = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in properties.items()}
    url = account.call("sqs", "create_queue", QueueName=name, Attributes=attributes, tags=given)["QueueUrl"]
    arn = account.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {"Arn": arn, "QueueName": name, "QueueUrl": url}
    return url, attributes, lambda: account.sqs.delete_queue(QueueUrl=url)


@made("AWS::Scheduler::Schedule")
def schedule(account, properties, name):
    name = properties.pop("Name", name)[-64:]
    arn = account.call("scheduler", "create_schedule", Name=name, **properties)["ScheduleArn"]
    return name, {"Arn": arn}, lambda: account.scheduler.delete_schedule(Name=name)


@made("AWS::SSM::Parameter")
def parameter(account, properties, name):
    name = properties.pop("Name", name)
    given = [{"Key": key, "Value": value} for key, value in properties.pop("Tags", {}).items()]
    account.call("ssm", "put_parameter", Name=name, Tags=given, **properties)
    value = lambda: account.ssm.get_parameter(Name=name)["Parameter"]["Value"]  # noqa: E731
    return name, {"Type": properties["Type"], "Value": value}, lambda: account.ssm.delete_parameter(Name=name)


@changed("AWS::SSM::Parameter", "Value", "Description")
def change_parameter(account, made, properties, _names):
    given = {name: properties[name] for name in ("Value", "Description", "Type") if name in properties}
    account.call("ssm", "put_parameter", Name=made.physical_resource_id, Overwrite=True, **given)
