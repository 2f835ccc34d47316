"""What is expected, held against what was found."""


class Expect:
    """Counts what held, and keeps what did not with where it was."""

    def __init__(self):
        self.where, self.held, self.failures = "", 0, []

    def at(self, where):
        self.where = where
        return self

    def same(self, what, found, expected):
        if found == expected:
            self.held += 1
        else:
            self.failures.append(f"{self.where}: {what} is {found!r}, expected {expected!r}")

    def true(self, what, holds):
        self.same(what, bool(holds), True)

    def none_of(self, what, found):
        self.same(what, sorted(found), [])

    def fail(self, what):
        self.failures.append(f"{self.where}: {what}")
