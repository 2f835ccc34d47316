"""What each combination of the settings must come to, read from its name and not from its template.

A name is `network-database-engine-auth-groups-secret`, as `tests/combinations/shapes.rs` gives it.
"""

import re

from moto.rds.models import rds_backends

ENGINES = "aurora-postgresql|aurora-mysql|postgres|mysql|mariadb|sqlserver"
NAME = re.compile(
    rf"(?P<network>given|new)-(?P<database>given|new)-(?P<engine>{ENGINES})-(?P<auth>password|iam|mixed|end-to-end)"
    r"-(?P<groups>separate|shared)-(?P<secret>none|given|new|new-aws-managed|rotated|kept-by-rds)"
)
FAMILIES = {"postgres": ("POSTGRESQL", 5432), "sqlserver": ("SQLSERVER", 1433)}
GIVEN_GROUP = "sg-09d2a1b2c3d4e5f60"
GIVEN_SUBNETS = ["subnet-0a41d2c3b4e5f6071", "subnet-0b72d2c3b4e5f6072"]
GIVEN_SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf"
GIVEN_KEY = "arn:aws:kms:eu-west-1:111122223333:key/154ed61c-114f-4fd5-9434-e2761190506d"
USER = "app"


class Shape:
    def __init__(self, name):
        found = NAME.fullmatch(name)
        if not found:
            raise ValueError(f"{name} is no combination of the settings")
        self.__dict__.update(found.groupdict())
        self.name = name
        self.cluster = self.engine.startswith("aurora")
        plain = self.engine.removeprefix("aurora-").replace("postgresql", "postgres")
        self.family, self.proxy_port = FAMILIES.get(plain, ("MYSQL", 3306))
        other = self.database == "new" and self.engine != "sqlserver" and not (self.cluster and self.groups == "shared")
        self.database_port = 6543 if other else self.proxy_port
        self.database_group = "DatabaseSg" if self.database == "new" else GIVEN_GROUP
        self.proxy_group = "ProxySg" if self.groups == "separate" else self.database_group

    def flows(self):
        """Exactly these, from group to group."""
        flows = {
            ("LambdaSg", self.proxy_group, self.proxy_port),
            (self.proxy_group, self.database_group, self.database_port),
            ("LambdaSg", "RdsApiSg", 443),
            ("LambdaSg", "SecretsApiSg", 443),
        }
        if self.secret == "rotated":
            flows |= {("RotationSg", self.database_group, self.database_port), ("RotationSg", "SecretsApiSg", 443)}
        return flows

    def check(self, facts, expect):
        secret = self.secret_arn(facts)
        self.check_proxy(facts, expect, secret)
        self.check_network(facts, expect)
        self.check_function(facts, expect, secret)
        self.check_endpoints(facts, expect, secret)
        if self.database == "new":
            self.check_database(facts, expect)
        if self.secret in ("new", "new-aws-managed", "rotated"):
            self.check_secret(facts, expect)
        if "Key" in facts.ids:
            self.check_key(facts, expect)
        self.check_outputs(facts, expect, secret)

    def secret_arn(self, facts):
        if self.secret == "none":
            return None
        if self.secret == "given":
            return GIVEN_SECRET
        if self.secret == "kept-by-rds":
            found = facts.cluster() if self.cluster else facts.instance()
            return found["MasterUserSecret"]["SecretArn"]
        return facts.ids["Secret"]

    def check_proxy(self, facts, expect, secret):
        proxy = facts.proxy()
        ways = {"password": "DISABLED", "iam": "REQUIRED", "mixed": "ENABLED"}
        auth = [{"AuthScheme": "SECRETS", "IAMAuth": ways.get(self.auth), "SecretArn": secret}]
        end_to_end = self.auth == "end-to-end"
        expect.same("the proxy's Auth", proxy["Auth"], [] if end_to_end else auth)
        expect.same("its DefaultAuthScheme", proxy["DefaultAuthScheme"], "IAM_AUTH" if end_to_end else "NONE")
        expect.same("its EngineFamily", proxy["EngineFamily"], self.family)
        expect.same("its RequireTLS", proxy["RequireTLS"], True)
        expect.same("its groups", [facts.name_of(each) for each in proxy["VpcSecurityGroupIds"]], [self.proxy_group])
        expect.true("it in two zones", len(facts.zones(proxy["VpcSubnetIds"])) >= 2)
        pool = facts.pool()
        expect.same("the pool", (pool["MaxConnectionsPercent"], pool["ConnectionBorrowTimeout"]), (90, 10))
        target = facts.ids.get("Database", "app"), self.database_port
        expect.same("the targets", facts.targets(), [("TRACKED_CLUSTER" if self.cluster else "RDS_INSTANCE", *target)])
        expect.same("who takes the proxy's role", facts.trusted("ProxyRole"), ["rds.amazonaws.com"])
        expect.same("its role's secrets", facts.allowed("ProxyRole", "secretsmanager:GetSecretValue"), [] if end_to_end else [secret])
        if end_to_end:
            where = "arn:aws:rds-db:eu-west-1:111122223333:dbuser"
            users = [f"{where}:{self.resource_id(facts)}/{USER}"]
            expect.same("its role's database users", facts.allowed("ProxyRole", "rds-db:connect"), users)

    def resource_id(self, facts):
        return facts.cluster()["DbClusterResourceId"] if self.cluster else facts.instance()["DbiResourceId"]

    def check_network(self, facts, expect):
        expect.same("the flows that groups admit", facts.flows("IpPermissions"), self.flows())
        expect.same("the flows that groups let out", facts.flows("IpPermissionsEgress"), self.flows())
        expect.same("the addresses that groups admit", facts.ranges("IpPermissions"), set())
        out = facts.ranges("IpPermissionsEgress")
        nowhere = {(group, "127.0.0.1/32", "all") for group in facts.of_type("AWS::EC2::SecurityGroup")}
        internet = self.network == "new" and self.groups == "shared"  # Then the settings have a way out and say so.
        wide = {each for each in out - nowhere}
        expect.same("who may reach the internet", {each[:2] for each in wide}, {("LambdaSg", "0.0.0.0/0")} if internet else set())
        if self.network == "new":
            expect.same("who has a way to the internet", ways_out(facts), {"Private", "Public"} if internet else set())

    def check_function(self, facts, expect, secret):
        function, proxy = facts.function(), facts.proxy()
        said = function["Environment"]["Variables"]
        expect.same("DB_HOST", said["DB_HOST"], proxy["Endpoint"])
        expect.same("DB_PORT", said["DB_PORT"], str(self.proxy_port))
        password = self.auth in ("password", "mixed")
        expect.same("DB_SECRET_ARN", said.get("DB_SECRET_ARN"), secret if password else None)
        expect.same("memory and time", (function["MemorySize"], function["Timeout"]), (256, 15))
        groups = [facts.name_of(each) for each in function["VpcConfig"]["SecurityGroupIds"]]
        expect.same("the function's groups", groups, ["LambdaSg"])
        where = GIVEN_SUBNETS if self.network == "given" else private(facts)
        expect.same("the function's subnets", function["VpcConfig"]["SubnetIds"], where)
        log = facts.log_group("HandlerLogs")
        expect.same("where it logs", function["LoggingConfig"]["LogGroup"], log["logGroupName"])
        expect.true("its records end", log.get("retentionInDays", 0) > 0)
        arn = facts.account.iam.get_role(RoleName=facts.ids["HandlerRole"])["Role"]["Arn"]
        expect.same("its role", function["Role"], arn)
        user = f"arn:aws:rds-db:eu-west-1:111122223333:dbuser:{proxy['DBProxyArn'].rsplit(':', 1)[1]}/{USER}"
        connects = facts.allowed("HandlerRole", "rds-db:connect")
        reads = facts.allowed("HandlerRole", "secretsmanager:GetSecretValue")
        expect.same("whom it connects as", connects, [] if self.auth == "password" else [user])
        expect.same("which secrets it reads", reads, [secret] if password else [])

    def check_endpoints(self, facts, expect, secret):
        for name, service in (("RdsApi", "rds"), ("SecretsApi", "secretsmanager")):
            found = facts.endpoint(name)
            expect.same(f"what {name} is for", found["ServiceName"], f"com.amazonaws.eu-west-1.{service}")
            expect.same(f"the groups of {name}", [facts.name_of(each["GroupId"]) for each in found["Groups"]], [f"{name}Sg"])
        expect.same("the private name of SecretsApi", facts.endpoint("SecretsApi")["PrivateDnsEnabled"], True)
        expect.same("that of RdsApi", facts.endpoint("RdsApi")["PrivateDnsEnabled"], self.network == "new")
        (statement,) = facts.endpoint("RdsApi")["PolicyDocument"]["Statement"]
        expect.same("what RdsApi lets through", statement["Resource"], facts.proxy()["DBProxyArn"])
        statements = facts.endpoint("SecretsApi")["PolicyDocument"]["Statement"]
        through = {each["Resource"] for each in statements} - ({"*"} if self.secret == "rotated" else set())
        # In a network that exists its private name serves whoever is there, and nobody here knows who that is.
        ours = secret is not None and self.network == "new"
        expect.same("the secrets that SecretsApi lets through", through, {secret} if ours else {"*"})

    def check_database(self, facts, expect):
        found = facts.cluster() if self.cluster else facts.instance()
        port = found["Port"] if self.cluster else found["Endpoint"]["Port"]
        groups = [facts.name_of(each["VpcSecurityGroupId"]) for each in found["VpcSecurityGroups"]]
        expect.same("the database's port", port, self.database_port)
        expect.same("the database's groups", groups, ["DatabaseSg"])
        expect.same("whether it is encrypted", found["StorageEncrypted"], True)
        expect.same("its master user", found["MasterUsername"], USER)
        expect.same("whether it takes tokens", found.get("IAMDatabaseAuthenticationEnabled", False), self.auth == "end-to-end")
        if not self.cluster:
            expect.same("whether it is public", found["PubliclyAccessible"], False)
        if self.secret in ("new", "new-aws-managed", "rotated"):
            backend = rds_backends["111122223333"]["eu-west-1"]
            kept = (backend.clusters if self.cluster else backend.databases)[facts.ids["Database"]]._master_user_password
            expect.true("the master password is the secret's", kept == facts.secret_text(facts.ids["Secret"])["password"])

    def check_secret(self, facts, expect):
        text = facts.secret_text(facts.ids["Secret"])
        expect.same("the secret's user", text["username"], USER)
        if self.database == "given":
            expect.same("the keys of the secret", sorted(text), ["password", "username"])
            return
        found = facts.cluster() if self.cluster else facts.instance()
        host, port = (found["Endpoint"], found["Port"]) if self.cluster else found["Endpoint"].values()
        expect.same("the secret's host and port", (text.get("host"), text.get("port")), (host, port))
        expect.same("whether it is rotated", facts.secret().get("RotationEnabled", False), self.secret == "rotated")

    def check_key(self, facts, expect):
        statements = facts.key_policy()["Statement"]
        root = "arn:aws:iam::111122223333:root"
        ours = [each for each in statements if each["Principal"].get("AWS") == root and each["Action"] == "kms:*"]
        expect.same("the statements that give the key to the account", len(ours), 1)
        expect.none_of("who else has the key", [each for each in statements if each["Principal"] == "*"])
        turned = facts.account.kms.get_key_rotation_status(KeyId=facts.ids["Key"])["KeyRotationEnabled"]
        expect.same("whether the key is rotated", turned, True)

    def check_outputs(self, facts, expect, secret):
        outputs = facts.outputs()
        expect.same("the output ProxyEndpoint", outputs.get("ProxyEndpoint"), facts.proxy()["Endpoint"])
        expect.same("the output FunctionName", outputs.get("FunctionName"), facts.ids["Handler"])
        expect.same("the output SecretArn", outputs.get("SecretArn"), secret)


def private(facts):
    names = [name for name in facts.of_type("AWS::EC2::Subnet") if name.startswith("Private")]
    return [facts.ids[name] for name in names]


def ways_out(facts):
    """Tiers with a default route: the subnets' names without their number."""
    found = set()
    for table in facts.account.ec2.describe_route_tables()["RouteTables"]:
        if any(route.get("DestinationCidrBlock") == "0.0.0.0/0" for route in table["Routes"]):
            subnets = [each["SubnetId"] for each in table["Associations"] if "SubnetId" in each]
            found |= {facts.name_of(each).rstrip("0123456789") for each in subnets}
    return found
