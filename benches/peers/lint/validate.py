"""validate.py TEMPLATE…: AWS's `cloudformation-validate` over templates, in one process."""

import sys

from cloudformation_validate import CelEngine

engine = CelEngine()
for path in sys.argv[1:]:
    engine.validate_template(path)
