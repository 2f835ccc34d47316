"""Logs in to MySQL or MariaDB through its proxy and returns who it is there and which server answers. Put your own code
in its place: with a driver, or as here with nothing but what the runtime has.

Environment: DB_HOST, DB_USER, and if they differ from the defaults DB_PORT and DB_NAME. With DB_SECRET_ARN it logs in
with the user name and password in that secret, without it as DB_USER with an IAM token.

The certificate of RDS Proxy comes from Amazon Trust Services, which the runtime trusts. That of a database comes from
the RDS authority, which it does not trust: to connect past the proxy, ship
https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem and pass it to `create_default_context(cafile=...)`.
"""

import hashlib
import json
import os
import socket
import ssl
import struct

import boto3
from botocore.config import Config

HOST = os.environ["DB_HOST"]
PORT = int(os.environ.get("DB_PORT", "3306"))
DATABASE = os.environ.get("DB_NAME", "")
CONNECT_SECONDS = 5

# What is asked of the server: protocol 4.1, TLS, passwords of 20 bytes and more, ways to log in by name.
WITH_DATABASE, PROTOCOL_41, TLS, SECURE, BY_NAME = 0x8, 0x200, 0x800, 0x8000, 0x80000
UTF8MB4 = 45


def handler(event, context):
    user, password = credentials(min(CONNECT_SECONDS, seconds_left(context) / 3))
    session = Session(connect(min(CONNECT_SECONDS, seconds_left(context))))
    try:
        session.encrypt()
        session.connection.settimeout(seconds_left(context))
        session.log_in(user, password)
        user, version = session.query("SELECT CURRENT_USER(), VERSION()")
        return {"user": user, "server": version}
    except TimeoutError:
        late = "took the connection and then gave no answer in time: does the proxy reach the database?"
        raise ConnectionError(f"{HOST}:{PORT} {late}") from None
    except ConnectionResetError:
        raise ConnectionError(f"{HOST} closed the connection") from None
    finally:
        session.connection.close()


def seconds_left(context):
    """One less than the function has, so that the reason is told and not only that time ran out."""
    return max(1, context.get_remaining_time_in_millis() / 1000 - 1)


def credentials(seconds):
    arn = os.environ.get("DB_SECRET_ARN")
    if arn is None:
        user = os.environ["DB_USER"]
        return user, boto3.client("rds").generate_db_auth_token(DBHostname=HOST, Port=PORT, DBUsername=user)
    # A short wait: without a way to Secrets Manager there is no answer at all.
    config = Config(connect_timeout=seconds, read_timeout=seconds, retries={"total_max_attempts": 2})
    secret = json.loads(boto3.client("secretsmanager", config=config).get_secret_value(SecretId=arn)["SecretString"])
    return secret["username"], secret["password"]


def connect(seconds):
    try:
        return socket.create_connection((HOST, PORT), timeout=seconds)
    except socket.gaierror:
        raise ConnectionError(f"{HOST} has no address: is it the proxy's endpoint?") from None
    except TimeoutError:
        raise ConnectionError(f"no answer from {HOST}:{PORT}: do the security groups of both ends admit it?") from None
    except OSError as error:
        raise ConnectionError(f"no way to {HOST}:{PORT}: {error.strerror}") from None


class Session:
    """A connection in packets, which are counted."""

    def __init__(self, connection):
        self.connection, self.sequence = connection, 0

    def encrypt(self):
        greeting = self.receive()
        rest = greeting[greeting.index(b"\0", 1) + 5 :]
        (offered,) = struct.unpack_from("<H", rest, 9)
        if not offered & TLS:
            raise ConnectionError(f"{HOST}:{PORT} offers no TLS")
        self.nonce, self.way = rest[:8] + rest[27:39], rest[40:].rstrip(b"\0")
        asked = PROTOCOL_41 | TLS | SECURE | BY_NAME | (WITH_DATABASE if DATABASE else 0)
        self.head = struct.pack("<IIB23x", asked, 1 << 24, UTF8MB4)
        self.send(self.head)
        try:
            self.connection = ssl.create_default_context().wrap_socket(self.connection, server_hostname=HOST)
        except ssl.SSLCertVerificationError as error:
            raise ConnectionError(f"the certificate of {HOST} is not trusted: {error.verify_message}") from None
        except (ssl.SSLError, ConnectionResetError) as error:
            raise ConnectionError(f"TLS with {HOST}:{PORT} failed: {error}") from None

    def log_in(self, user, password):
        answer = scramble(self.way, password, self.nonce)
        if len(answer) > 255:  # The field holds no more: the server will ask again, for a packet of any length.
            answer = b""
        database = DATABASE.encode() + b"\0" if DATABASE else b""
        self.send(self.head + user.encode() + b"\0" + bytes([len(answer)]) + answer + database + self.way + b"\0")
        while (message := self.receive())[0] != 0:
            if message[0] == 0xFE:  # Another way to log in.
                way, _, nonce = message[1:].partition(b"\0")
                self.send(scramble(way, password, nonce[:20]))
            elif message == b"\1\4":  # The server has no digest of the password yet and wants it whole, inside TLS.
                self.send(password.encode() + b"\0")

    def query(self, text):
        """The first row."""
        self.sequence = 0
        self.send(b"\3" + text.encode())
        (columns,) = self.receive()
        for _ in range(columns + 1):  # Their descriptions, and the end of these.
            self.receive()
        row, values = self.receive(), []
        while row:
            size, row = (row[0], row[1:]) if row[0] < 0xFB else (int.from_bytes(row[1:3], "little"), row[3:])
            values.append(row[:size].decode())
            row = row[size:]
        return values

    def send(self, body):
        self.connection.sendall(len(body).to_bytes(3, "little") + bytes([self.sequence]) + body)
        self.sequence += 1

    def receive(self):
        head = self.read(4)
        self.sequence = head[3] + 1
        body = self.read(int.from_bytes(head[:3], "little"))
        if body[0] == 0xFF:
            (code,) = struct.unpack_from("<H", body, 1)
            text = body[9:] if body[3:4] == b"#" else body[3:]
            raise ConnectionError(f"{HOST} refuses: {text.decode()} ({code})")
        return body

    def read(self, length):
        data = b""
        while len(data) < length:
            part = self.connection.recv(length - len(data))
            if not part:
                raise ConnectionError(f"{HOST} closed the connection")
            data += part
        return data


def scramble(way, password, nonce):
    """What proves the password without telling it. In clear, inside TLS, is how IAM tokens travel."""
    text = password.encode()
    if way == b"mysql_clear_password":
        return text + b"\0"
    if way == b"mysql_native_password":
        once = hashlib.sha1(text).digest()
        return xor(once, hashlib.sha1(nonce + hashlib.sha1(once).digest()).digest())
    if way == b"caching_sha2_password":
        once = hashlib.sha256(text).digest()
        return xor(once, hashlib.sha256(hashlib.sha256(once).digest() + nonce).digest())
    raise ConnectionError(f"{HOST} wants a way to log in that this function does not know: {way.decode()}")


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))
