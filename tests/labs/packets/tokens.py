"""Checks an IAM token as AWS does: a request to connect, signed (Signature Version 4) and never sent.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.Connecting.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""

import datetime
import hashlib
import hmac
import urllib.parse


def fault(token, place, user, credentials, now=None):
    """Why a token does not admit a user at `host:port`, or nothing if it does."""
    told, _, query = token.partition("/?")
    pairs = [part.partition("=")[::2] for part in query.split("&")]
    fields = {name: urllib.parse.unquote(value) for name, value in pairs}
    if len(fields) != len(pairs):
        return "a field is told twice"
    scope = f"{fields.get('X-Amz-Date', '')[:8]}/{credentials['AWS_REGION']}/rds-db/aws4_request"
    due = {
        "Action": "connect",
        "DBUser": user,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": f"{credentials['AWS_ACCESS_KEY_ID']}/{scope}",
        "X-Amz-Security-Token": credentials["AWS_SESSION_TOKEN"],
        "X-Amz-SignedHeaders": "host",
    }
    if told != place:
        return f"it is for {told}"
    for name, value in due.items():
        if fields.get(name) != value:
            return f"{name} is {fields.get(name)}, not {value}"
    return aged(fields, now) or forged(pairs, place, scope, credentials["AWS_SECRET_ACCESS_KEY"], fields)


def aged(fields, now):
    try:
        signed = datetime.datetime.strptime(fields["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        lasts = int(fields["X-Amz-Expires"])
    except (KeyError, ValueError) as error:
        return f"no time of signing, or none that it lasts: {error}"
    age = ((now or datetime.datetime.now(datetime.timezone.utc)) - signed).total_seconds()
    return None if 0 < lasts <= 900 and -300 <= age < lasts else f"it lasts {lasts} s and is {age:.0f} s old"


def forged(pairs, place, scope, secret, fields):
    signed = "&".join(f"{name}={value}" for name, value in sorted(pairs) if name != "X-Amz-Signature")
    request = "\n".join(["GET", "/", signed, f"host:{place}", "", "host", hashlib.sha256(b"").hexdigest()])
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", fields["X-Amz-Date"], scope, digest])
    key = f"AWS4{secret}".encode()
    for part in [*scope.split("/"), text]:
        key = hmac.new(key, part.encode(), "sha256").digest()
    return None if hmac.compare_digest(key.hex(), fields.get("X-Amz-Signature", "")) else "the signature is another"
