"""The handlers that functions start with, run against real databases over TLS: PostgreSQL and MariaDB on loopback, with
an authority of the lab's own, and small fakes for what these do not do. Only Secrets Manager is a stub."""

import contextlib
import dataclasses
import glob
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import fakes
from common import report
from stubs import boto3

LABS = pathlib.Path(__file__).parent
HANDLERS = LABS.parent.parent / "templates/handlers"
PASSWORD = "Corréct horse-battery:staple"
FIXED = {
    "LAB_TIME": "2026-01-02T03:04:05+00:00",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "session/with+signs==",
}


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


class Authority:
    """An authority of the lab's own."""

    def __init__(self, folder, name):
        self.folder, self.name, self.path = folder, name, folder / f"{name}.pem"
        key = folder / f"{name}.key"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
            "-keyout", key, "-out", self.path)  # fmt: skip

    def certificate(self, host):
        """Certificate and key in one file."""
        both, request = self.folder / f"{self.name}-{host}.pem", self.folder / "request.pem"
        key, names = self.folder / "host.key", self.folder / "names"
        names.write_text(f"subjectAltName=DNS:{host}\n")
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}", "-keyout", key, "-out", request)
        signing = ["-CA", self.path, "-CAkey", self.path.with_suffix(".key"), "-CAcreateserial", "-extfile", names]
        signed = run("openssl", "x509", "-req", "-days", "2", "-in", request, *signing)
        both.write_text(signed + key.read_text())
        return both


def token(port, user):
    return boto3.client("rds").generate_db_auth_token(DBHostname="localhost", Port=port, DBUsername=user)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def until_open(port, server):
    for _ in range(300):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{server.args[0]} did not start")


@contextlib.contextmanager
def started(command, port, stop, log, **options):
    with open(log, "wb") as output:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
    try:
        until_open(port, server)
        yield port
    except RuntimeError:
        print(log.read_text(errors="replace"))
        raise
    finally:
        server.send_signal(stop)
        server.wait(30)


@contextlib.contextmanager
def postgres(folder, certificate):
    # PostgreSQL refuses to run as root.
    account = {"user": "nobody"} if os.getuid() == 0 else {}
    folder.mkdir()
    shutil.copy(certificate, folder / "server.pem")
    (folder / "server.pem").chmod(0o600)
    if account:
        for path in (folder, folder / "server.pem"):
            os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)
    programs, data, port = pathlib.Path(postgres_programs()), folder / "data", free_port()
    account["cwd"] = folder
    new = ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--username=owner", "--pgdata", data]
    run(programs / "initdb", *new, **account)
    ways = {"scram": "scram-sha-256", "md5": "md5", "clear": "password", "token": "password"}
    (data / "pg_hba.conf").write_text("".join(f"hostssl all {user} all {way}\n" for user, way in ways.items()))
    roles = ["set password_encryption = 'scram-sha-256'"]
    roles += [f"create role {user} login password '{PASSWORD}'" for user in ("scram", "clear")]
    roles += [f"create role token login password '{token(port, 'token')}'"]
    roles += ["set password_encryption = 'md5'", f"create role md5 login password '{PASSWORD}'"]
    run(programs / "postgres", "--single", "-D", data, "postgres", input="\n".join(roles) + "\n", **account)
    settings = {
        "port": port,
        "listen_addresses": "localhost",
        "unix_socket_directories": "",
        "fsync": "off",
        "ssl": "on",
        "ssl_cert_file": folder / "server.pem",
        "ssl_key_file": folder / "server.pem",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [programs / "postgres", "-D", data, *options]
    with started(command, port, signal.SIGINT, folder.parent / "postgres.log", **account):
        yield port


def postgres_programs():
    return max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))


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
    with started(command, port, signal.SIGTERM, folder.parent / "mariadb.log"):
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
    own = {
        "PATH": os.environ["PATH"],
        "DB_HOST": "localhost",
        "DB_PORT": str(case.port),
        "DB_USER": case.user,
        "SSL_CERT_FILE": str(case.trust or trust),
        "NODE_EXTRA_CA_CERTS": str(case.trust or trust),
        "NODE_PATH": str(LABS / "stubs/node_modules"),
        "PYTHONPATH": os.pathsep.join(map(str, (HANDLERS, LABS / "stubs"))),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if case.database:
        own["DB_NAME"] = case.database
    if case.password is not None:
        own["DB_SECRET_ARN"] = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:app-abcdef"
        own["LAB_SECRET"] = json.dumps({"username": case.user, "password": case.password})
    return own | FIXED


def commands(family):
    context = "types.SimpleNamespace(get_remaining_time_in_millis=lambda: 3000)"
    python = f"import json, types, {family} as handlers; print(json.dumps(handlers.handler({{}}, {context})))"
    node = (
        f"require({json.dumps(str(HANDLERS / family))}).handler({{}}, {{ getRemainingTimeInMillis: () => 3000 }}).then("
        "(row) => console.log(JSON.stringify(row)), (error) => { console.error(String(error)); process.exitCode = 1; })"
    )
    return [sys.executable, "-c", python], ["node", "--require", LABS / "stubs/time.js", "-e", node]


def faults(case, trust):
    secrets = [case.password or "X-Amz-Signature", FIXED["AWS_SECRET_ACCESS_KEY"], FIXED["AWS_SESSION_TOKEN"]]
    for command in commands(case.family):
        ran = subprocess.run(command, env=environment(case, trust), capture_output=True, text=True, timeout=60)
        said = (ran.stdout + ran.stderr).strip() or "nothing"
        told = any(secret in said for secret in secrets)
        well = (ran.returncode == 0) == case.expect.startswith('{"user":')
        if case.expect not in said.splitlines()[-1].replace('":"', '": "').replace('","', '", "') or told or not well:
            yield f"{case.family}, {case.what}, {pathlib.Path(command[0]).name}: {case.expect!r} was due:\n{said}"


def cases(postgres_port, mariadb_port, own, other):
    here, elsewhere = own.certificate("localhost"), own.certificate("elsewhere")
    row = '{"user": "%s", "server": "%s'

    def of_postgres(what, expect, port=postgres_port, **more):
        return Case(what, "postgres", port, expect, **more)

    failed = "refuses: password authentication failed"
    for user in ("scram", "md5", "clear"):
        yield of_postgres(f"{user} password", row % (user, "PostgreSQL"), user=user)
        yield of_postgres(f"wrong {user} password", failed, user=user, password="wrong one")
    yield of_postgres("token", row % ("token", "PostgreSQL"), user="token", password=None)
    yield of_postgres("token of another user", failed, user="clear", password=None)
    yield of_postgres("unknown database", 'database "none" does not exist (3D000)', user="scram", database="none")
    yield of_postgres("foreign authority", "is not trusted: ", user="scram", trust=other.path)
    yield of_postgres("certificate for another name", "is not trusted: ", fakes.serve(fakes.postgres_inside(elsewhere)))
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
    yield of_mysql("foreign authority", "is not trusted: ", user="native", trust=other.path)
    for whole in (False, True):
        port = fake(wants, fakes.sha2(secret, whole))
        yield of_mysql(f"sha2 password, {whole=}", row % ("app@%", "8.4.0-fake"), port)
        yield of_mysql(f"wrong sha2 password, {whole=}", "denied for user 'app'", port, password="wrong one")
    elsewhere_port = fakes.serve(fakes.MySql(elsewhere, wants, fakes.sha2(secret, False)))
    yield of_mysql("certificate for another name", "is not trusted: ", elsewhere_port)
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
