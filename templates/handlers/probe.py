"""Opens a connection to the database proxy and says how that went. Put your own code in its place."""

import os
import socket
import time


def handler(event, context):
    host, port = os.environ["DB_HOST"], int(os.environ["DB_PORT"])
    started = time.monotonic()
    with socket.create_connection((host, port), timeout=5):
        return {"reached": f"{host}:{port}", "milliseconds": round(1000 * (time.monotonic() - started))}
