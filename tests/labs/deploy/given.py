"""What a stack takes as given: VPC, subnets, group, secret, key and database, made before it under the ids it names.

moto makes ids of its own, so for each of them its generator is told what to say.
"""

import json
import re
from unittest import mock

VPC = re.compile(r"\bvpc-[0-9a-f]{17}\b")
SUBNET = re.compile(r"\bsubnet-[0-9a-f]{17}\b")
GROUP = re.compile(r"\bsg-[0-9a-f]{17}\b")
PREFIX_LIST = re.compile(r"\bpl-[0-9a-f]{8,17}\b")
SECRET = re.compile(r"\barn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:([A-Za-z0-9/_+=.@-]+)-[A-Za-z0-9]{6}\b")
KEY = re.compile(r"\barn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/([0-9a-f-]{36})\b")
TARGETS = re.compile(r"\bDB(Instance|Cluster)Identifiers:\n\s+- ([a-z][a-z0-9-]*)$", re.M)
USER_ID = re.compile(r"\bdbuser:((?:db|cluster)-[A-Z0-9]+)/")

SECRET_ARN = "moto.secretsmanager.utils.SecretsManagerSecretIdentifier.generate"

ENGINES = {
    "postgres": ("postgres", 5432, "db.t4g.medium"),
    "mysql": ("mysql", 3306, "db.t4g.medium"),
    "mariadb": ("mariadb", 3306, "db.t4g.medium"),
    "sqlserver": ("sqlserver-ex", 1433, "db.t3.small"),
    "aurora-postgresql": ("aurora-postgresql", 5432, "db.t4g.medium"),
    "aurora-mysql": ("aurora-mysql", 3306, "db.t4g.medium"),
}


def ids(pattern, template):
    """Each that the template names, once and in its order."""
    return list(dict.fromkeys(found[0] for found in pattern.finditer(template)))


def make(account, template, engine="postgres", port=None):
    """Makes what the template names and does not make. The block of each subnet is one of 10.0.0.0/16."""
    vpcs = ids(VPC, template)
    for index, vpc in enumerate(vpcs):
        with mock.patch("moto.ec2.models.vpcs.random_vpc_id", return_value=vpc):
            account.ec2.create_vpc(CidrBlock="10.20.0.0/16" if index == 0 else f"10.{100 + index}.0.0/16")
    for index, subnet in enumerate(ids(SUBNET, template)):
        # Of two VPCs, the first that a template names has the first two subnets.
        vpc = vpcs[min(index // 2, len(vpcs) - 1)] if len(vpcs) > 1 else vpcs[0]
        number = 10 + vpcs.index(vpc) * 0 + index
        block = f"10.20.{number}.0/24" if vpc == vpcs[0] else f"10.{100 + vpcs.index(vpc)}.{number}.0/24"
        with mock.patch("moto.ec2.models.subnets.random_subnet_id", return_value=subnet):
            zone = account.region + "abc"[index % 3]
            account.ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)
    for group in ids(GROUP, template):
        with mock.patch("moto.ec2.models.security_groups.random_security_group_id", return_value=group):
            account.ec2.create_security_group(GroupName=f"given-{group}", Description="given", VpcId=vpcs[0])
    make_secrets(account, template)
    make_databases(account, template, engine, port)


def make_secrets(account, template):
    for found in {found[0]: found for found in KEY.finditer(template)}.values():
        with mock.patch("moto.kms.models.generate_key_id", return_value=found[1]):
            account.kms.create_key(Description="given")
    for found in {found[0]: found for found in SECRET.finditer(template)}.values():
        with mock.patch(SECRET_ARN, return_value=found[0]):
            text = json.dumps({"username": "app", "password": "given"})
            account.secretsmanager.create_secret(Name=found[1], SecretString=text)


def make_databases(account, template, engine, port):
    """The databases that proxies of the stack have as targets, by name."""
    code, usual, size = ENGINES[engine]
    resource_ids = [found[1] for found in USER_ID.finditer(template)]
    for kind, name in dict.fromkeys(TARGETS.findall(template)):
        login = {"MasterUsername": "app", "MasterUserPassword": "given-password", "Port": port or usual}
        if kind == "Cluster":
            account.rds.create_db_cluster(DBClusterIdentifier=name, Engine=code, **login)
        else:
            account.rds.create_db_instance(
                DBInstanceIdentifier=name, Engine=code, DBInstanceClass=size, AllocatedStorage=20, **login
            )
        del resource_ids
        resource_ids = []
