"""What stands in for RDS Proxy: PgBouncer, which pools and logs in to the database over TLS with the password, and
before it, where functions show IAM tokens, the gate that checks these."""

import contextlib
import dataclasses
import functools
import json
import os
import signal
import sys

import functions
import servers

from . import gate

PORT = 5432
POOL = ("127.0.0.1", 6432)


@dataclasses.dataclass
class Database:
    address: str
    name: str
    user: str
    password: str


@contextlib.contextmanager
def pgbouncer(folder, settings, reach, address):
    """PgBouncer at an address. It refuses to run as root."""
    path = folder / "pgbouncer.ini"
    path.write_text("\n".join(settings) + "\n")
    servers.owned(folder, path)
    command = ["/usr/sbin/pgbouncer", "-q", path]
    with servers.started(command, address, signal.SIGINT, folder / "pgbouncer.log", reach, **servers.account()):
        yield


class Proxy:
    """At `interface`, known as `host`, with a certificate of `authority`; `database` is where it logs in, and as whom."""

    def __init__(self, folder, fabric, interface, host, authority, database):
        self.folder, self.host, self.database = folder, host, database
        self.address = (fabric.address(interface), PORT)
        self.reach = functools.partial(fabric.within, interface)
        self.authority, self.certificate = authority.path, authority.certificate(host)
        self.seen = folder / "seen"

    def settings(self, listen, borrow, tls):
        users = self.folder / "users"
        to = self.database
        users.write_text(f'"{to.user}" "{to.password}"\n')
        servers.owned(users)
        return [
            "[databases]",
            f"{to.name} = host={to.address} port={PORT} user={to.user} password={to.password}",
            "[pgbouncer]",
            f"listen_addr = {listen[0]}",
            f"listen_port = {listen[1]}",
            "unix_socket_dir =",
            f"auth_type = {'scram-sha-256' if tls else 'trust'}",
            f"auth_file = {users}",
            *(tls and ["client_tls_sslmode = require", f"client_tls_cert_file = {tls}", f"client_tls_key_file = {tls}"]),
            "server_tls_sslmode = verify-ca",
            f"server_tls_ca_file = {self.authority}",
            # Short, since everything is near: what does not answer at once never will.
            "server_connect_timeout = 1",
            "server_login_retry = 1",
            f"query_wait_timeout = {borrow}",
        ]

    @contextlib.contextmanager
    def started(self, tokens, borrow):
        """A proxy without a connection in its pool. `tokens` is whether it asks for IAM tokens; `borrow` how long a
        client waits for a connection, in seconds."""
        self.seen.write_text("")
        with contextlib.ExitStack() as running:
            if not tokens:
                settings = self.settings(self.address, borrow, str(self.certificate))
                running.enter_context(pgbouncer(self.folder, settings, self.reach, self.address))
            else:
                settings = self.settings(POOL, borrow, [])
                running.enter_context(pgbouncer(self.folder, settings, self.reach, POOL))
                running.enter_context(self.gate())
            yield

    @contextlib.contextmanager
    def gate(self):
        settings = {
            "address": self.address,
            "place": f"{self.host}:{self.address[1]}",
            "certificate": str(self.certificate),
            "user": self.database.user,
            "pool": POOL,
            "seen": str(self.seen),
        }
        environment = os.environ | functions.CREDENTIALS | {"PYTHONPATH": str(functions.LABS)}
        command = [sys.executable, "-m", gate.__name__, json.dumps(settings)]
        with servers.started(command, self.address, signal.SIGTERM, self.folder / "gate.log", self.reach, env=environment):
            yield

    def logins(self):
        """What the gate has seen since it was started."""
        return [json.loads(line) for line in self.seen.read_text().splitlines()]
