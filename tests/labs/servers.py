"""Servers of the labs' own: an authority, PostgreSQL, whatever else listens. Each stops when its block ends."""

import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time


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


def until_open(address, server, reach=contextlib.nullcontext):
    """Waits for a server to listen; `reach` is a context in which its address can be reached."""
    for _ in range(300):
        if server.poll() is not None:
            break
        with contextlib.suppress(OSError), reach(), socket.create_connection(address, timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{server.args} did not start")


@contextlib.contextmanager
def started(command, address, stop, log, reach=contextlib.nullcontext, **options):
    with open(log, "wb") as output, reach():
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
    try:
        until_open(address, server, reach)
        yield server
    except RuntimeError:
        print(log.read_text(errors="replace"))
        raise
    finally:
        server.send_signal(stop)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def account():
    """What makes a server that refuses to run as root run as nobody."""
    return {"user": "nobody", "group": "nogroup"} if os.getuid() == 0 else {}


def owned(*paths):
    """Gives the paths to whoever servers run as."""
    for path in paths:
        if os.getuid() == 0:
            os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)


def postgres_programs():
    return pathlib.Path(max(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4])))


@contextlib.contextmanager
def postgres(folder, certificate, address, access, statements, listen="localhost", reach=contextlib.nullcontext):
    """PostgreSQL with TLS. `access` are lines of pg_hba.conf, `statements` make the roles."""
    folder.mkdir()
    key, data = folder / "server.pem", folder / "data"
    shutil.copy(certificate, key)
    key.chmod(0o600)
    owned(folder, key)
    options = account() | {"cwd": folder}
    new = ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--username=owner", "--pgdata", data]
    run(postgres_programs() / "initdb", *new, **options)
    (data / "pg_hba.conf").write_text("".join(f"{line}\n" for line in access))
    statements = "".join(f"{statement}\n" for statement in statements)
    run(postgres_programs() / "postgres", "--single", "-D", data, "postgres", input=statements, **options)
    settings = {
        "port": address[1],
        "listen_addresses": listen,
        "unix_socket_directories": "",
        "fsync": "off",
        "ssl": "on",
        "ssl_cert_file": key,
        "ssl_key_file": key,
    }
    command = [postgres_programs() / "postgres", "-D", data]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with started(command, address, signal.SIGINT, folder.parent / "postgres.log", reach, **options):
        yield
