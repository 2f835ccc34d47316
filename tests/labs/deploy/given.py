"""What a stack takes as given: VPC, subnets, group, secret, key and database, made before it under the ids it names.

moto makes ids of its own, so for each of them its generator is told what to say.
"""

import json
import re
from unittest import mock

from moto.rds.models import rds_backends

VPC = re.compile(r"\bvpc-[0-9a-f]{17}\b")
SUBNET = re.compile(r"\bsubnet-[0-9a-f]{17}\b")
GROUP = re.compile(r"\bsg-[0-9a-f]{17}\b")
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
    """Makes what the template names and does not make. Where it names several VPCs, each has two of the subnets, in the
    order in which they are named."""
    vpcs = ids(VPC, template)
    for index, vpc in enumerate(vpcs):
        with mock.patch("moto.ec2.models.vpcs.random_vpc_id", return_value=vpc):
            account.ec2.create_vpc(CidrBlock=f"10.{20 + index}.0.0/16")
    for index, subnet in enumerate(ids(SUBNET, template)):
        place = min(index // 2, len(vpcs) - 1)
        where = {"VpcId": vpcs[place], "CidrBlock": f"10.{20 + place}.{index}.0/24"}
        with mock.patch("moto.ec2.models.subnets.random_subnet_id", return_value=subnet):
            account.ec2.create_subnet(**where, AvailabilityZone=account.region + "abc"[index % 3])
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
    """The databases that proxies of the stack have as targets, by name, with the resource id that a role of it names."""
    code, usual, size = ENGINES[engine]
    login = {"MasterUsername": "app", "MasterUserPassword": "given-password", "Port": port or usual}
    backend = rds_backends[account.number][account.region]
    for kind, name in dict.fromkeys(TARGETS.findall(template)):
        if kind == "Cluster":
            account.rds.create_db_cluster(DBClusterIdentifier=name, Engine=code, **login)
            made, attribute = backend.clusters[name], "db_cluster_resource_id"
        else:
            account.rds.create_db_instance(
                DBInstanceIdentifier=name, Engine=code, DBInstanceClass=size, AllocatedStorage=20, **login
            )
            made, attribute = backend.databases[name], "dbi_resource_id"
        if found := USER_ID.search(template):
            setattr(made, attribute, found[1])
