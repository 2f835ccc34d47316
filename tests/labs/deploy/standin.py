"""A stand-in for AWS on this machine: moto's server with CloudFormation as `engine` has it, in this process.

What stays unfaithful, so that a stack that comes up here is no proof of it:

* Nothing runs. A proxy connects to no database, a function is not called, no secret is rotated (and the nested stack that
  the rotation's macro makes is not made), no packet meets a security group, no IAM policy is enforced: not for the deployer
  either, so a missing capability or permission passes.
* Nothing takes time and nothing fails midway: no roll-back, no drift, no resource events.
* CloudFormation replaces nothing: an update that would replace fails here with the property's name. A change set says what
  is added, changed or removed and not whether it is replaced.
* Quotas, names that are taken elsewhere, which engine version or instance class a region has, whether a zone has an endpoint
  service: moto knows none of these.
* `validate-template` is cfn-lint's opinion, and it names neither parameters nor capabilities.
* What moto stores but does not look at: KMS policies, endpoint policies, parameter groups' values, monitoring, network ACLs.
"""

import logging
import os

os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
for unwanted in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
    os.environ.pop(unwanted, None)

from moto.moto_api._internal.models import moto_api_backend  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

from . import engine  # noqa: E402
from . import repairs  # noqa: E402
from .account import Account  # noqa: E402


class StandIn:
    """The server, on a free port of the loopback interface, for as long as the block that it is made in."""

    def __enter__(self):
        engine.install()
        repairs.install()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        # `localhost`, since moto reads the host of a template's URL.
        self.url = engine.URL["url"] = f"http://localhost:{self.server.get_host_and_port()[1]}"
        return self

    def __exit__(self, *_error):
        self.server.stop()

    def account(self, number, region):
        return Account(self.url, number, region)

    def forget(self):
        """Everything made so far, in every account."""
        moto_api_backend.reset()
