"""The resource types that the stand-in makes, and how a type is declared."""

KINDS = {}


class Kind:
    def __init__(self, name, create):
        self.name, self.create, self.in_place, self.update = name, create, frozenset(), None


def made(name):
    """Declares a type: `create(account, properties, name)` makes one resource from its properties without functions and
    gives its physical id, its attributes and what deletes it. What it does not know of the properties, it must refuse."""

    def declare(create):
        KINDS[name] = Kind(name, create)
        return create

    return declare


def changed(name, *properties):
    """Declares what can change in place: `update(account, made, properties, names)`, the names those that differ."""

    def declare(update):
        KINDS[name].in_place, KINDS[name].update = frozenset(properties), update
        return update

    return declare


def nothing_else(properties):
    if properties:
        raise ValueError(f"the stand-in does not know {sorted(properties)}")


from . import network_kinds  # noqa: E402, F401 (they declare themselves)
from . import database_kinds  # noqa: E402, F401
from . import function_kinds  # noqa: E402, F401
