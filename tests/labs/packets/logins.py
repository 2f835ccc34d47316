"""The handlers of emitted templates log in through the proxy, over the network that the same templates make."""

import contextlib
import dataclasses
import json
import pathlib
import time

import functions
import servers

from .fabric import Fabric
from .proxy import PORT, Database, Proxy
from .template import Template
from .vpc import Network

PROXY, DATABASE = "proxy.lab.test", "database.lab.test"
SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:billie-AbCdEf"
USER, NAME, PASSWORD = "billie", "billing", "correct-horse:battery+staple"
ATTRIBUTES = {"Proxy.Endpoint": PROXY, "Database.Endpoint.Address": DATABASE, "Secret.Id": SECRET, "Secret": SECRET}
RUNTIMES = ("python", "node")
ROW = '{"user": "billie", "server": "PostgreSQL'


@dataclasses.dataclass
class Case:
    """`way` names the templates; `expect` is part of what the handler says, `drops` are all the places where packets
    are dropped. Without `lacks`; with `told` in the environment; `seconds` before the function would be stopped;
    `login` is part of what the gate holds against the token."""

    what: str
    way: str
    expect: str
    drops: frozenset = frozenset()
    lacks: tuple = ()
    told: dict = dataclasses.field(default_factory=dict)
    origin: str = "Handler.1"
    foreign: bool = False
    seconds: float | None = None
    login: str | None = None
    secret: tuple = (USER, PASSWORD)


SILENCE = f"no answer from {PROXY}:5432: do the security groups of both ends admit it?"
FAILED = f"{PROXY} refuses: The IAM authentication failed for the role "


def cases():
    direct = {"DB_HOST": DATABASE, "DB_SECRET_ARN": SECRET}
    yield Case("a row by password", "password", ROW)
    yield Case("a row by token", "token", ROW)
    yield Case("a row by token, from the other zone", "token", ROW, origin="Handler.2")
    yield Case("wrong authority, password", "password", f"the certificate of {PROXY} is not trusted: ", foreign=True)
    yield Case("wrong authority, token", "token", f"the certificate of {PROXY} is not trusted: ", foreign=True)
    yield Case("wrong user, token", "token", f"{FAILED}other.", told={"DB_USER": "other"}, login="no policy admits other")
    yield Case("forged token", "token", f"{FAILED}billie.", told={"AWS_SECRET_ACCESS_KEY": "another"}, login="the signature")
    yield Case("password in place of a token", "token", f"{FAILED}billie.", told={"DB_SECRET_ARN": SECRET}, login="it is for")
    yield Case("wrong user, password", "password", f"{PROXY} refuses: ", secret=("other", PASSWORD))
    yield Case("wrong password", "password", f"{PROXY} refuses: ", secret=(USER, "wrong one"))
    yield Case("no ingress at the proxy", "token", SILENCE, {"Proxy.1 in"}, ("ProxySgFromLambdaSg5432",))
    yield Case("the same, and the function has 3 s", "token", SILENCE, {"Proxy.1 in"}, ("ProxySgFromLambdaSg5432",), seconds=3)
    yield Case("no egress of the function", "token", SILENCE, {"Handler.1 out"}, ("LambdaSgToProxySg5432",))
    waits = f"{PROXY} refuses: query_wait_timeout"
    yield Case("no egress of the proxy", "token", waits, {"Proxy.1 out"}, ("ProxySgToDatabaseSg5432",))
    yield Case("no ingress at the database", "password", waits, {"Database.1 in"}, ("DatabaseSgFromProxySg5432",))
    late = f"{PROXY}:5432 took the connection and then gave no answer in time: does the proxy reach the database?"
    yield Case("the same, and the function has less time", "password", late, {"Database.1 in"}, ("DatabaseSgFromProxySg5432",),
               seconds=2.5)  # fmt: skip
    past = SILENCE.replace(PROXY, DATABASE)
    yield Case("past the proxy, groups separate", "token", past, {"Handler.1 out"}, told=direct)
    yield Case("through the proxy, group shared", "shared", ROW)
    yield Case("past the proxy, group shared", "shared", ROW, told=direct)


class Lab:
    def __init__(self, folder, templates):
        self.folder, self.own, self.other = folder, servers.Authority(folder, "own"), servers.Authority(folder, "other")
        self.templates = {}
        for path in pathlib.Path(templates).glob("*/*.template.yaml"):
            self.templates[path.parent.name] = template = Template.read(path, attributes=ATTRIBUTES)
            self.write(path.parent.name, template)

    def write(self, name, template):
        """The code, as CloudFormation packs what is inline: one file, `index`."""
        kind = "py" if name.endswith("python") else "js"
        (self.folder / name).mkdir()
        (self.folder / name / f"index.{kind}").write_text(function(template)["Code"]["ZipFile"], "utf-8")

    @contextlib.contextmanager
    def running(self):
        network = Network(self.templates["token-python"])
        with Fabric(network, {"Proxy.1": PROXY, "Database.1": DATABASE}) as fabric:
            self.fabric = fabric
            place = (fabric.address("Database.1"), PORT)
            access = [f"hostssl {NAME} {USER} 0.0.0.0/0 scram-sha-256"]
            statements = [f"create role {USER} login password '{PASSWORD}'", f"create database {NAME} owner {USER}"]
            database = Database(place[0], NAME, USER, PASSWORD)
            (self.folder / "proxy").mkdir()
            self.proxy = Proxy(self.folder / "proxy", fabric, "Proxy.1", PROXY, self.own, database)
            with servers.postgres(self.folder / "database", self.own.certificate(DATABASE), place, access, statements,
                                  place[0], lambda: fabric.within("Database.1")):  # fmt: skip
                yield

    def try_out(self, case):
        """How the handler ends in either runtime, what was dropped, what the gate saw."""
        template = self.templates[f"{case.way}-python"].without(*case.lacks)
        self.fabric.load(Network(template))
        borrow = next(template.of("RDS::DBProxyTargetGroup"))[1]["ConnectionPoolConfigurationInfo"]["ConnectionBorrowTimeout"]
        # A new pool for every case: flows that are established outlive a change of rules.
        with self.proxy.started(case.way != "password", borrow):
            started = [self.start(case, runtime) for runtime in RUNTIMES]
            ended = [functions.ended(process) for process in started]
            return ended, self.fabric.drops(), self.proxy.logins()

    def start(self, case, runtime):
        name = f"{case.way}-{runtime}"
        properties = function(self.templates[name])
        told = properties["Environment"]["Variables"] | case.told
        if "DB_SECRET_ARN" in told:
            told["LAB_SECRET"] = json.dumps({"username": case.secret[0], "password": case.secret[1]})
        trust = (self.other if case.foreign else self.own).path
        limit = 1000 * (case.seconds or properties["Timeout"])
        module = properties["Handler"].partition(".")[0]
        command = functions.command(runtime, self.folder / name, module, limit)
        environment = functions.environment(self.folder / name, trust) | {key: str(value) for key, value in told.items()}
        return functions.start(self.fabric.command(case.origin, command), environment)


def function(template):
    return next(template.of("Lambda::Function"))[1]


def faults(case, ended, drops, logins, timeout):
    """What is not as it should be, a sentence each."""
    for runtime, end in zip(RUNTIMES, ended):
        if case.expect not in end.said or (end.error is None) != (case.expect == ROW):
            yield f"{runtime}: {case.expect!r} was due:\n{end.output}"
        if end.milliseconds > 1000 * (case.seconds or timeout):
            yield f"{runtime}: took {end.milliseconds} ms, and the function has {case.seconds or timeout} s"
        secrets = [PASSWORD, functions.CREDENTIALS["AWS_SECRET_ACCESS_KEY"], "X-Amz-Signature"]
        if any(secret in end.output for secret in secrets):
            yield f"{runtime}: tells a secret:\n{end.output}"
    if set(drops) != set(case.drops):
        yield f"packets were to be dropped at {sorted(case.drops)}, and were at {drops}"
    passes = case.way != "password" and case.expect == ROW and case.told.get("DB_HOST") is None
    if passes and [login["fault"] for login in logins] != [None, None]:
        yield f"either runtime was to show a valid token: {logins}"
    if case.login and [case.login in (login["fault"] or "") for login in logins] != [True, True]:
        yield f"the gate was to refuse either token, since {case.login}: {logins}"


def run(folder, templates, row):
    """Every case; `row` is given each one's name, what was said and dropped, how long it took, and its faults."""
    lab = Lab(folder, templates)
    with lab.running():
        for case in cases():
            start = time.monotonic()
            ended, drops, logins = lab.try_out(case)
            found = list(faults(case, ended, drops, logins, function(lab.templates[f"{case.way}-python"])["Timeout"]))
            row(case.what, {runtime: end.said for runtime, end in zip(RUNTIMES, ended)}, drops, time.monotonic() - start, found)
