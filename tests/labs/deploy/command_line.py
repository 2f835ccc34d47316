"""The real AWS CLI, against the stand-in."""

import json
import os
import pathlib
import signal
import subprocess
import sys

from .account import credentials

AWS = pathlib.Path(sys.executable).parent


class CommandLine:
    """A shell in a folder, with the AWS CLI of this lab and the credentials of one account."""

    def __init__(self, standin, account, folder, region="eu-west-1"):
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        self.folder = pathlib.Path(folder)
        self.environment = kept | {
            "PATH": f"{AWS}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": standin.url,
            "AWS_DEFAULT_REGION": region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
            "PYTHONWARNINGS": "ignore",
        }
        self.environment |= {name.upper(): value for name, value in credentials(account).items()}
        self.calls = 0

    def shell(self, script):
        """What a script prints; it must succeed."""
        return self.run(["bash", "-euc", script])

    def aws(self, *arguments):
        self.calls += 1
        return self.run([str(AWS / "aws"), *arguments])

    def run(self, arguments):
        # A group of its own, so that nothing of it outlives a time-out.
        process = subprocess.Popen(
            arguments, cwd=self.folder, env=self.environment, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        try:
            out, err = process.communicate(timeout=90)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        if process.returncode != 0:
            raise Refused(arguments, process.returncode, err.strip() or out.strip())
        return out

    def json(self, *arguments):
        return json.loads(self.aws(*arguments, "--output", "json"))


class Refused(Exception):
    """A command that failed."""

    def __init__(self, arguments, code, text):
        super().__init__(f"`{' '.join(arguments)[:300]}` ends with {code}: {text[-600:]}")
