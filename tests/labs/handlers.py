"""The handlers that functions start with, run against real databases over TLS: PostgreSQL and MariaDB on loopback, with
an authority of the lab's own, and small fakes for what these do not do. Only Secrets Manager is a stub."""

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import socket
import tempfile

import fakes
import functions
import servers
from common import report
from servers import Authority, run
from stubs import boto3

HANDLERS = functions.LABS.parent.parent / "templates/handlers"
PASSWORD = "Corréct horse-battery:staple"
FIXED = functions.CREDENTIALS | {"LAB_TIME": "2026-01-02T03:04:05+00:00"}


def token(port, user):
    return boto3.client("rds").generate_db_auth_token(DBHostname="localhost", Port=port, DBUsername=user)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@contextlib.contextmanager
def postgres(folder, certificate):
    port = free_port()
    ways = {"scram": "scram-sha-256", "md5": "md5", "clear": "password", "token": "password"}
    access = [f"hostssl all {user} all {way}" for user, way in ways.items()]
    roles = ["set password_encryption = 'scram-sha-256'"]
    roles += [f"create role {user} login password '{PASSWORD}'" for user in ("scram", "clear")]
    roles += [f"create role token login password '{token(port, 'token')}'"]
    roles += ["set password_encryption = 'md5'", f"create role md5 login password '{PASSWORD}'"]
    with servers.postgres(folder, certificate, ("127.0.0.1", port), access, roles):
        yield port


@contextlib.contextmanager
def mariadb(folder, certificate):
    folder.mkdir()
    data, port, setup = folder / "data", free_port(), folder / "setup.sql"
    root = ["--user=root"] if os.getuid() == 0 else []
    run("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *root)
    setup.write_text(f"create user native@'%' identified by '{PASSWORD}';\n", "utf-8")
    command = ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
               f"--socket={folder}/socket", f"--init-file={setup}", f"--ssl-cert={certificate}", "--skip-name-resolve",
               f"--ssl-key={certificate}", "--character-set-server=utf8mb4", *root]  # fmt: skip
    with servers.started(command, ("127.0.0.1", port), signal.SIGTERM, folder.parent / "mariadb.log"):
        yield port


@dataclasses.dataclass
class Case:
    what: str
    family: str
    port: int
    expect: str
    user: str = "app"
    password: str | None = PASSWORD
    trust: pathlib.Path | None = None
    database: str | None = None


def environment(case, trust):
    own = {"DB_HOST": "localhost", "DB_PORT": str(case.port), "DB_USER": case.user}
    if case.database:
        own["DB_NAME"] = case.database
    if case.password is not None:
        own["DB_SECRET_ARN"] = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:app-abcdef"
        own["LAB_SECRET"] = json.dumps({"username": case.user, "password": case.password})
    return functions.environment(HANDLERS, case.trust or trust) | own | FIXED


def commands(family):
    yield functions.command("python", HANDLERS, family, 3000)
    yield functions.command("nodejs", HANDLERS, family, 3000, "--require", functions.LABS / "stubs/time.js")


def faults(case, trust):
    secrets = [case.password or "X-Amz-Signature", FIXED["AWS_SECRET_ACCESS_KEY"], FIXED["AWS_SESSION_TOKEN"]]
    for command in commands(case.family):
        ended = functions.ended(functions.start(command, environment(case, trust)))
        told = any(secret in ended.output for secret in secrets)
        well = (ended.error is None) == case.expect.startswith('{"user":')
        if case.expect not in ended.said or told or not well:
            yield f"{case.family}, {case.what}, {pathlib.Path(command[0]).name}: {case.expect!r} was due:\n{ended.output}"


def cases(postgres_port, mariadb_port, own, other):
    here, elsewhere = own.certificate("localhost"), own.certificate("elsewhere")
    row = '{"user": "%s", "server": "%s'
    untrusted = "the certificate of localhost is not trusted"

    def of_postgres(what, expect, port=postgres_port, **more):
        return Case(what, "postgres", port, expect, **more)

    failed = "refuses: password authentication failed"
    for user in ("scram", "md5", "clear"):
        yield of_postgres(f"{user} password", row % (user, "PostgreSQL"), user=user)
        yield of_postgres(f"wrong {user} password", failed, user=user, password="wrong one")
    yield of_postgres("token", row % ("token", "PostgreSQL"), user="token", password=None)
    yield of_postgres("token of another user", failed, user="clear", password=None)
    yield of_postgres("unknown database", 'database "none" does not exist (3D000)', user="scram", database="none")
    yield of_postgres("foreign authority", f"{untrusted}: ", user="scram", trust=other.path)
    yield of_postgres("certificate for another name", f"{untrusted}: ", fakes.serve(fakes.postgres_inside(elsewhere)))
    yield of_postgres("reset in the handshake", "TLS with localhost:", fakes.serve(fakes.postgres_without_a_handshake))
    yield of_postgres("reset after it", "localhost closed the connection", fakes.serve(fakes.postgres_that_resets(here)))
    yield of_postgres("no TLS", "offers no TLS", fakes.serve(fakes.postgres_in_clear))
    yield of_postgres("silence", "gave no answer in time", fakes.serve(fakes.silent))
    yield of_postgres("closed port", "no way to localhost:", free_port())

    def of_mysql(what, expect, port=mariadb_port, **more):
        return Case(what, "mysql", port, expect, **more)

    def fake(*arguments):
        return fakes.serve(fakes.MySql(here, *arguments))

    secret, wants = PASSWORD.encode(), b"caching_sha2_password"
    yield of_mysql("native password", row % ("native@%", "1"), user="native")
    yield of_mysql("native password, database", row % ("native@%", "1"), user="native", database="information_schema")
    yield of_mysql("wrong native password", "denied for user 'native'", user="native", password="wrong one")
    yield of_mysql("foreign authority", f"{untrusted}: ", user="native", trust=other.path)
    for whole in (False, True):
        port = fake(wants, fakes.sha2(secret, whole))
        yield of_mysql(f"sha2 password, {whole=}", row % ("app@%", "8.4.0-fake"), port)
        yield of_mysql(f"wrong sha2 password, {whole=}", "denied for user 'app'", port, password="wrong one")
    elsewhere_port = fakes.serve(fakes.MySql(elsewhere, wants, fakes.sha2(secret, False)))
    yield of_mysql("certificate for another name", f"{untrusted}: ", elsewhere_port)
    yield of_mysql("unknown way", "does not know: sha256_or_so", fake(wants, fakes.switch(b"sha256_or_so", b"")))
    yield of_mysql("no TLS", "offers no TLS", fake(wants, fakes.sha2(secret, False), 0x88208))
    yield of_mysql("silence", "gave no answer in time", fakes.serve(fakes.silent))
    yield of_mysql("closed port", "no way to localhost:", free_port())
    yield of_mysql("token", row % ("app@%", "8.4.0-fake"), tokens(here), password=None)
    yield of_mysql("token of another user", "refuses: Access denied", tokens(here), user="other", password=None)


def tokens(certificate):
    """A fake that asks for the token of `app` in clear, as a server with IAM authentication does."""
    ways = {}
    talk = fakes.MySql(certificate, b"mysql_native_password", lambda server, answer: ways["check"](server, answer))
    port = fakes.serve(talk)
    ways["check"] = fakes.switch(b"mysql_clear_password", token(port, "app").encode() + b"\0")
    return port


def main():
    os.environ.update(FIXED)
    found = []
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as servers:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        own, other = Authority(folder, "own"), Authority(folder, "other")
        certificate = own.certificate("localhost")
        ports = [servers.enter_context(serve(folder / serve.__name__, certificate)) for serve in (postgres, mariadb)]
        everything = list(cases(*ports, own, other))
        for case in everything:
            found += faults(case, own.path)
    print(*found, sep="\n")
    report(2 * len(everything) - len(found), len(found))


main()
