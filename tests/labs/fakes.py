"""Servers for what no packaged database does: MySQL's newer ways to log in, IAM tokens, silence, a certificate for
another name. Each serves one login at a time, on loopback, until the lab ends."""

import contextlib
import hashlib
import socket
import ssl
import struct
import threading

NONCE = b"12345678abcdefghijkl"


def serve(talk):
    """A port on which `talk` gets every connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            with listening.accept()[0] as connection, contextlib.suppress(OSError):
                connection.settimeout(10)
                talk(connection)

    threading.Thread(target=accept, daemon=True).start()
    return listening.getsockname()[1]


def silent(connection):
    connection.recv(1 << 16)
    connection.recv(1)


def postgres_without_a_handshake(connection):
    connection.recv(8)
    connection.sendall(b"S")
    connection.recv(1 << 16)
    reset(connection)


def postgres_that_resets(certificate):
    def talk(connection):
        connection.recv(8)
        connection.sendall(b"S")
        inside = encrypted(connection, certificate)
        inside.recv(1 << 16)
        reset(inside)

    return talk


def reset(connection):
    """Ends a connection as a server does that dies: without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def postgres_in_clear(connection):
    connection.recv(8)
    connection.sendall(b"N")


def postgres_inside(certificate):
    def talk(connection):
        connection.recv(8)
        connection.sendall(b"S")
        encrypted(connection, certificate)

    return talk


def encrypted(connection, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context.wrap_socket(connection, server_side=True)


class MySql:
    """`way` is what the greeting offers; `check` holds the login and yields True if it is right."""

    def __init__(self, certificate, way, check, flags=0x88A08):
        self.certificate, self.way, self.check, self.flags = certificate, way, check, flags

    def __call__(self, connection):
        self.connection, self.sequence = connection, 0
        low, high = self.flags & 0xFFFF, self.flags >> 16
        tail = struct.pack("<HBHHB10x", low, 45, 2, high, 21) + NONCE[8:] + b"\0" + self.way + b"\0"
        self.send(b"\x0a8.4.0-fake\0" + struct.pack("<I", 7) + NONCE[:8] + b"\0" + tail)
        if not self.receive():
            return
        self.connection = encrypted(connection, self.certificate)
        login = self.receive()[32:]
        self.user, _, rest = login.partition(b"\0")
        if not self.check(self, rest[1 : 1 + rest[0]]):
            self.send(b"\xff\x15\x04#28000Access denied for user '" + self.user + b"'@'localhost'")
            return
        self.send(b"\0\0\0\2\0\0\0")
        self.answer()

    def answer(self):
        if self.receive() != b"\3SELECT CURRENT_USER(), VERSION()":
            return
        for packet in [b"\2", b"\3def-one", b"\3def-two", b"\xfe\0\0\2\0", self.row(), b"\xfe\0\0\2\0"]:
            self.send(packet)

    def row(self):
        return b"".join(bytes([len(value)]) + value for value in [self.user + b"@%", b"8.4.0-fake"])

    def send(self, body):
        self.connection.sendall(len(body).to_bytes(3, "little") + bytes([self.sequence]) + body)
        self.sequence += 1

    def receive(self):
        head = self.connection.recv(4)
        if len(head) < 4:
            return b""
        assert head[3] in (0, self.sequence), f"packet {head[3]} where {self.sequence} was due"
        self.sequence = head[3] + 1
        return self.connection.recv(int.from_bytes(head[:3], "little"), socket.MSG_WAITALL if self.plain() else 0)

    def plain(self):
        return not isinstance(self.connection, ssl.SSLSocket)


def sha2(password, whole):
    """As `caching_sha2_password` checks: against the digest of a digest, or `whole`, when the server holds none yet."""

    def check(server, answer):
        stored = hashlib.sha256(hashlib.sha256(password).digest()).digest()
        mask = hashlib.sha256(stored + NONCE).digest()
        right = hashlib.sha256(bytes(a ^ b for a, b in zip(answer, mask))).digest() == stored
        if whole:
            server.send(b"\1\4")
            return server.receive() == password + b"\0" and right
        if right:
            server.send(b"\1\3")
        return right

    return check


def switch(way, expect):
    """Asks for another way, and for `expect` in answer."""

    def check(server, _):
        server.send(b"\xfe" + way + b"\0" + NONCE + b"\0")
        return server.receive() == expect

    return check
