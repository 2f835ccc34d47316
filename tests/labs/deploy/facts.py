"""What the services say of a stack. CloudFormation is asked for the ids alone."""

import functools
import json


class Facts:
    """Those of one moment: what was asked once is not asked again."""

    def __init__(self, account, stack):
        self.account, self.stack = account, stack
        found = account.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
        self.ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found if "LogicalResourceId" in each}
        self.types = {each["LogicalResourceId"]: each["ResourceType"] for each in found if "LogicalResourceId" in each}

    def of_type(self, kind):
        """Logical ids of a type."""
        return sorted(name for name, each in self.types.items() if each == kind)

    def name_of(self, key):
        """The logical id of what has the physical id, or the physical id of what is not of the stack."""
        return next((name for name, each in self.ids.items() if each == key), key)

    def outputs(self):
        (found,) = self.account.cloudformation.describe_stacks(StackName=self.stack)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    @functools.lru_cache(maxsize=None)
    def proxy(self, name="Proxy"):
        return self.account.rds.describe_db_proxies(DBProxyName=self.ids[name])["DBProxies"][0]

    @functools.lru_cache(maxsize=None)
    def pool(self, name="Proxy"):
        groups = self.account.rds.describe_db_proxy_target_groups(DBProxyName=self.ids[name])["TargetGroups"]
        return groups[0]["ConnectionPoolConfig"]

    @functools.lru_cache(maxsize=None)
    def targets(self, name="Proxy"):
        found = self.account.rds.describe_db_proxy_targets(DBProxyName=self.ids[name])["Targets"]
        return [(each["Type"], each["RdsResourceId"], each["Port"]) for each in found]

    @functools.lru_cache(maxsize=None)
    def instance(self, name="Database"):
        """The stack's own, or the one it is given: then there is no other."""
        where = {"DBInstanceIdentifier": self.ids[name]} if name in self.ids else {}
        return self.account.rds.describe_db_instances(**where)["DBInstances"][0]

    @functools.lru_cache(maxsize=None)
    def cluster(self, name="Database"):
        where = {"DBClusterIdentifier": self.ids[name]} if name in self.ids else {}
        return self.account.rds.describe_db_clusters(**where)["DBClusters"][0]

    @functools.lru_cache(maxsize=None)
    def groups(self):
        """Every one but those that a VPC comes with."""
        found = self.account.ec2.describe_security_groups()["SecurityGroups"]
        return [group for group in found if group["GroupName"] != "default"]

    @functools.lru_cache(maxsize=None)
    def flows(self, direction):
        """Who reaches whom on which port, by the rules of one side: `IpPermissions` of the one that is called,
        `IpPermissionsEgress` of the one that calls. Address ranges are in `ranges`."""
        found = set()
        for group in self.groups():
            own = self.name_of(group["GroupId"])
            for rule in group.get(direction, []):
                for each in rule.get("UserIdGroupPairs", []):
                    other = self.name_of(each["GroupId"])
                    pair = (other, own) if direction == "IpPermissions" else (own, other)
                    found.add((*pair, rule.get("FromPort", "all")))
        return found

    @functools.lru_cache(maxsize=None)
    def ranges(self, direction):
        """Addresses that groups of the stack admit or may reach: group, range or prefix list, port."""
        found = set()
        own = self.of_type("AWS::EC2::SecurityGroup")
        for name, group in ((self.name_of(group["GroupId"]), group) for group in self.groups()):
            if name not in own:
                continue
            for rule in group.get(direction, []):
                ends = [each["CidrIp"] for each in rule.get("IpRanges", [])]
                ends += [each["CidrIpv6"] for each in rule.get("Ipv6Ranges", [])]
                ends += [each["PrefixListId"] for each in rule.get("PrefixListIds", [])]
                found |= {(name, end, rule.get("FromPort", "all")) for end in ends}
        return found

    def secret_text(self, arn):
        return json.loads(self.account.secretsmanager.get_secret_value(SecretId=arn)["SecretString"])

    def secret(self, name="Secret"):
        return self.account.secretsmanager.describe_secret(SecretId=self.ids[name])

    def statements(self, role):
        """Of the policies in a role, by the role's logical id."""
        iam, name = self.account.iam, self.ids[role]
        found = []
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            found += iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"]
        return found

    def allowed(self, role, action):
        """The resources on which the policies in a role allow an action, sorted."""
        found = set()
        for statement in self.statements(role):
            if statement["Effect"] == "Allow" and action in as_list(statement["Action"]):
                found |= set(as_list(statement["Resource"]))
        return sorted(found)

    def trusted(self, role):
        found = self.account.iam.get_role(RoleName=self.ids[role])["Role"]["AssumeRolePolicyDocument"]
        return [each["Principal"]["Service"] for each in found["Statement"]]

    @functools.lru_cache(maxsize=None)
    def endpoint(self, name):
        found = self.account.ec2.describe_vpc_endpoints(VpcEndpointIds=[self.ids[name]])["VpcEndpoints"][0]
        text = found.get("PolicyDocument")
        return found | {"PolicyDocument": json.loads(text) if isinstance(text, str) and text else text}

    @functools.lru_cache(maxsize=None)
    def function(self, name="Handler"):
        return getattr(self.account, "lambda").get_function_configuration(FunctionName=self.ids[name])

    def log_group(self, name):
        found = self.account.logs.describe_log_groups(logGroupNamePrefix=self.ids[name])["logGroups"]
        return next(each for each in found if each["logGroupName"] == self.ids[name])

    def key_policy(self, name="Key"):
        return json.loads(self.account.kms.get_key_policy(KeyId=self.ids[name], PolicyName="default")["Policy"])

    def zones(self, subnets):
        found = self.account.ec2.describe_subnets(SubnetIds=subnets)["Subnets"]
        return {each["AvailabilityZone"] for each in found}


def as_list(value):
    return value if isinstance(value, list) else [value]
