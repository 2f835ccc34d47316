"""The part of RDS Proxy that PgBouncer lacks: it takes IAM tokens, over TLS, checks each, and passes the session on to
PgBouncer, which logs in to the database with the password.

    python -m packets.gate '{"address": …, "place": "host:port", "certificate": …, "user": …, "pool": …, "seen": …}'

In `seen` it notes every login, a line of JSON each. Credentials come from the environment."""

import contextlib
import json
import os
import select
import socket
import socketserver
import ssl
import struct
import sys

from . import tokens

TLS, CLEAR, FAILED = 80877103, b"R" + struct.pack("!ii", 8, 3), "28P01"


class Session(socketserver.BaseRequestHandler):
    def handle(self):
        # A client that goes away is no fault of the gate's.
        with contextlib.suppress(OSError, EOFError):
            self.serve(self.server.settings)

    def serve(self, settings):
        if struct.unpack("!ii", exactly(self.request, 8))[1] != TLS:
            return self.refuse(self.request, "28000", "This RDS Proxy requires TLS connections")
        self.request.sendall(b"S")
        with self.server.tls.wrap_socket(self.request, server_side=True) as client:
            length = exactly(client, 4)
            start = exactly(client, struct.unpack("!i", length)[0] - 4)
            fields = start[4:].split(b"\0")
            user = dict(zip(fields[::2], fields[1::2])).get(b"user", b"").decode()
            client.sendall(CLEAR)
            head = exactly(client, 5)
            token = exactly(client, struct.unpack("!i", head[1:])[0] - 4)[:-1].decode()
            fault = tokens.fault(token, settings["place"], user, os.environ)
            if fault is None and user != settings["user"]:
                fault = f"no policy admits {user}"
            note(settings["seen"], {"user": user, "fault": fault, "token": "X-Amz-Signature=" in token})
            if fault:
                told = f"The IAM authentication failed for the role {user}. Check the IAM token for this role and try again."
                return self.refuse(client, FAILED, told)
            with socket.create_connection(tuple(settings["pool"])) as pool:
                pool.sendall(length + start)
                relay(client, pool)

    def refuse(self, client, code, why):
        body = f"SFATAL\0VFATAL\0C{code}\0M{why}\0\0".encode()
        client.sendall(b"E" + struct.pack("!i", len(body) + 4) + body)


def exactly(connection, length):
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def relay(client, pool):
    """Both ways, until either end has said all. What TLS has decrypted already, `select` does not see."""
    while True:
        ready = [client] if client.pending() else select.select([client, pool], [], [])[0]
        for origin in ready:
            data = origin.recv(1 << 16)
            if not data:
                return
            (pool if origin is client else client).sendall(data)


def note(path, what):
    with open(path, "a", encoding="utf-8") as seen:
        print(json.dumps(what), file=seen, flush=True)


class Gate(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


if __name__ == "__main__":
    settings = json.loads(sys.argv[1])
    with Gate(tuple(settings["address"]), Session) as gate:
        gate.settings, gate.tls = settings, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        gate.tls.load_cert_chain(settings["certificate"])
        gate.serve_forever()
