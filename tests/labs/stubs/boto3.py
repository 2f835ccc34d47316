"""In place of boto3: a secret from the environment, and IAM tokens as botocore signs them, at a lab's fixed time if it has one."""

import datetime
import os

import botocore.auth
import botocore.session


def client(service, config=None):
    return Tokens() if service == "rds" else Secrets()


class Tokens:
    def generate_db_auth_token(self, **of):
        if fixed := os.environ.get("LAB_TIME"):
            botocore.auth.get_current_datetime = lambda **_: datetime.datetime.fromisoformat(fixed)
        token = botocore.session.Session().create_client("rds").generate_db_auth_token(**of)
        # What is signed is in order; botocore itself hands it out in another, which says the same.
        place, _, query = token.partition("?")
        signed, _, signature = query.partition("&X-Amz-Signature=")
        return f"{place}?{'&'.join(sorted(signed.split('&')))}&X-Amz-Signature={signature}"


class Secrets:
    def get_secret_value(self, SecretId):
        return {"ARN": SecretId, "SecretString": os.environ["LAB_SECRET"]}
