"""Logs in to PostgreSQL through its proxy and returns who it is there and which server answers. Put your own code in
its place: with a driver, or as here with nothing but what the runtime has.

Environment: DB_HOST, DB_USER, and if they differ from the defaults DB_PORT and DB_NAME. With DB_SECRET_ARN it logs in
with the user name and password in that secret, without it as DB_USER with an IAM token.

The certificate of RDS Proxy comes from Amazon Trust Services, which the runtime trusts. That of a database comes from
the RDS authority, which it does not trust: to connect past the proxy, ship
https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem and pass it to `create_default_context(cafile=...)`.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import socket
import ssl
import struct

import boto3
from botocore.config import Config

HOST = os.environ["DB_HOST"]
PORT = int(os.environ.get("DB_PORT", "5432"))
DATABASE = os.environ.get("DB_NAME", "postgres")
CONNECT_SECONDS = 5


def handler(event, context):
    user, password = credentials(min(CONNECT_SECONDS, seconds_left(context) / 3))
    reached = connect(min(CONNECT_SECONDS, seconds_left(context)))
    with reached as plain, encrypt(plain) as connection, connection.makefile("rwb") as stream:
        connection.settimeout(seconds_left(context))
        try:
            log_in(stream, user, password)
            user, version = query(stream, "SELECT current_user, version()")
        except TimeoutError:
            late = "took the connection and then gave no answer in time: does the proxy reach the database?"
            raise ConnectionError(f"{HOST}:{PORT} {late}") from None
        except ConnectionResetError:
            raise ConnectionError(f"{HOST} closed the connection") from None
        return {"user": user, "server": version}


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


def encrypt(plain):
    try:
        plain.sendall(struct.pack("!ii", 8, 80877103))
        if plain.recv(1) != b"S":
            raise ConnectionError(f"{HOST}:{PORT} offers no TLS")
        return ssl.create_default_context().wrap_socket(plain, server_hostname=HOST)
    except ssl.SSLCertVerificationError as error:
        raise ConnectionError(f"the certificate of {HOST} is not trusted: {error.verify_message}") from None
    except (ssl.SSLError, ConnectionResetError) as error:
        raise ConnectionError(f"TLS with {HOST}:{PORT} failed: {error}") from None
    except TimeoutError:
        raise ConnectionError(f"{HOST}:{PORT} took the connection and then gave no answer in time") from None


def log_in(stream, user, password):
    parameters = f"user\0{user}\0database\0{DATABASE}\0\0".encode()
    send(stream, b"", struct.pack("!i", 196608) + parameters)
    while (message := receive(stream))[0] != b"Z":
        kind, body = message
        if kind == b"R":
            authenticate(stream, *struct.unpack_from("!i", body), body[4:], user, password)


def authenticate(stream, way, data, user, password):
    if way == 3:  # In clear, inside TLS: how IAM tokens travel.
        send(stream, b"p", password.encode() + b"\0")
    elif way == 5:
        inner = hashlib.md5((password + user).encode()).hexdigest().encode()
        send(stream, b"p", b"md5" + hashlib.md5(inner + data).hexdigest().encode() + b"\0")
    elif way == 10 and b"SCRAM-SHA-256" in data.split(b"\0"):
        scram(stream, password)
    elif way != 0:
        raise ConnectionError(f"{HOST} wants a way to log in that this function does not know: {way}")


def scram(stream, password):
    """RFC 5802, without channel binding: the certificate was verified."""
    nonce = base64.b64encode(secrets.token_bytes(18)).decode()
    own = f"n=,r={nonce}"
    send(stream, b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(own) + 3) + f"n,,{own}".encode())
    theirs = receive(stream)[1][4:].decode()
    given = dict(part.split("=", 1) for part in theirs.split(","))
    if not given["r"].startswith(nonce):
        raise ConnectionError(f"{HOST} answers another login than this one")
    last = f"c=biws,r={given['r']}"
    signed = f"{own},{theirs},{last}".encode()
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(given["s"]), int(given["i"]))
    client_key = digest(salted, b"Client Key")
    signature = digest(hashlib.sha256(client_key).digest(), signed)
    proof = bytes(a ^ b for a, b in zip(client_key, signature))
    send(stream, b"p", f"{last},p={base64.b64encode(proof).decode()}".encode())
    verifier = receive(stream)[1][4:]
    if verifier != b"v=" + base64.b64encode(digest(digest(salted, b"Server Key"), signed)):
        raise ConnectionError(f"{HOST} does not know the password itself")


def digest(key, text):
    return hmac.new(key, text, "sha256").digest()


def query(stream, text):
    """The first row."""
    send(stream, b"Q", text.encode() + b"\0")
    row = None
    while (message := receive(stream))[0] != b"Z":
        if message[0] == b"D" and row is None:
            row = list(columns(message[1][2:]))
    send(stream, b"X", b"")
    return row


def columns(data):
    while data:
        (length,) = struct.unpack_from("!i", data)
        yield data[4 : 4 + length].decode() if length >= 0 else None
        data = data[4 + max(length, 0) :]


def send(stream, kind, body):
    stream.write(kind + struct.pack("!i", len(body) + 4) + body)
    stream.flush()


def receive(stream):
    kind, length = struct.unpack("!ci", read(stream, 5))
    body = read(stream, length - 4)
    if kind == b"E":
        fields = {field[:1]: field[1:].decode() for field in body.split(b"\0") if field}
        raise ConnectionError(f"{HOST} refuses: {fields[b'M']} ({fields[b'C']})")
    return kind, body


def read(stream, length):
    data = stream.read(length)
    if len(data) < length:
        raise ConnectionError(f"{HOST} closed the connection")
    return data
