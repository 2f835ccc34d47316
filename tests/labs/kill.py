"""`synth` killed, or refused by the system, at every call that it makes of it; and on disks of every size.

Each time the real binary runs under strace, which kills it as it enters the call, or lets the call fail for want of
space. Then `synth --check` must find each environment up to date with the old settings or with the new ones, what is not
Formwork's must be where it was, and the next run must end well and leave nothing behind.

    python tests/labs/kill.py [BINARY]
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from common import report

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALLS = [
    "openat", "write", "mkdir", "link,linkat", "rename,renameat,renameat2", "unlink,unlinkat", "rmdir", "fsync",
    "flock", "chmod,fchmodat", "chown,fchownat",
]  # fmt: skip
FOREIGN = {"uat/notes.md": "mine", "uat/deep/er/notes.md": "mine", "prod/notes.md": "mine", "notes.md": "mine"}
SETTINGS = (ROOT / "formwork.yaml").read_text("utf-8")
CHANGED = SETTINGS.replace("memory: 256", "memory: 512")
RENAMED = CHANGED.replace("stack: rds-proxy", "stack: billing").split("\n  prod:\n")[0] + "\n"


class Lab:
    def __init__(self, binary, base):
        self.binary, self.base = binary, pathlib.Path(base)
        self.passed = self.failed = 0
        self.known = {}  # What was found of an output before: there are few that differ.

    def run(self, place, args, before=()):
        command = [*before, self.binary, *args]
        return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)

    def place(self, name, old):
        """A folder with the old output, the foreign files, and both settings files."""
        place = self.base / name
        (place / "out").mkdir(parents=True)
        if old:
            (place / "old.yaml").write_text(old, "utf-8")
            assert self.run(place, ["synth", "old.yaml"]).returncode == 0
        for path, text in FOREIGN.items():
            path = place / "out" / path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        (place / "new.yaml").write_text("", "utf-8")
        return place

    def broken(self, place):
        """What is wrong with the output after a run that was cut off."""
        for path, text in FOREIGN.items():
            path = place / "out" / path
            if not path.exists() or path.read_text("utf-8") != text:
                return f"{path} is not what it was"
        for environment in ["uat", "prod"]:
            if not any(self.fresh(place, name, environment) for name in ["old.yaml", "new.yaml"]):
                files = sorted(path.name for path in (place / "out" / environment).iterdir())
                return f"{environment} is neither old nor new: {files}"
        return None

    def fresh(self, place, name, environment):
        """Whether an environment's folder is what the settings give."""
        out, settings = place / "out", place / name
        files = sorted(path for path in (out / environment).rglob("*") if path.is_file())
        state = tuple((path.relative_to(out), path.read_bytes()) for path in files)
        key = (name, settings.exists() and settings.read_text("utf-8"), environment, state)
        if key not in self.known:
            self.known[key] = self.ask(place, settings, environment)
        return self.known[key]

    def ask(self, place, settings, environment):
        name = settings.name
        text = settings.read_text("utf-8") if settings.exists() else ""
        if f"\n  {environment}:\n" in text:
            return self.run(place, ["synth", name, "--environment", environment, "--check"]).returncode == 0
        return not (place / "out" / environment / "manifest.json").exists() and not list(
            (place / "out" / environment).glob("*.yaml")
        )

    def check(self, case, place):
        fault = self.broken(place)
        if fault is None:
            again = self.run(place, ["synth", "new.yaml"])
            if again.returncode or not all(self.fresh(place, "new.yaml", name) for name in ["uat", "prod"]):
                fault = f"the next run: {again.stderr}"
            elif (place / "out/.formwork").exists():
                fault = "something is left in out/.formwork"
        if fault is None:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {case}: {fault}")

    def strike(self, name, old, new, calls, fault):
        """The fault at each of the calls in turn. Returns how many there were."""
        model = self.base / name
        if not model.exists():
            self.place(name, old)
            (model / "new.yaml").write_text(new, "utf-8")
        for number in range(1, 1000):
            place = self.base / "place"
            shutil.copytree(model, place, symlinks=True)
            log = self.base / "strace.log"
            inject = f"inject={calls}:{fault}:when={number}"
            strace = ["strace", "-o", str(log), "-e", f"trace={calls}", "-e", inject]
            done = self.run(place, ["synth", "new.yaml"], before=strace)
            struck = done.returncode < 0 or "killed by SIGKILL" in log.read_text() or "INJECTED" in log.read_text()
            if struck:
                self.check(f"{name}: {calls} {number}, {fault}", place)
            shutil.rmtree(place)
            if not struck:
                return number - 1
        raise AssertionError("a run has an end")

    def fill(self, old, new):
        """Disks of every size, from one on which the old output just fits."""
        mount = self.base / "disk"
        mount.mkdir()
        sizes, done = 0, False
        for kib in range(4, 1024, 4):
            if not mounted(mount, kib):
                return None
            try:
                try:
                    place = self.place("disk/place", old)
                    (place / "new.yaml").write_text(new, "utf-8")
                except (OSError, AssertionError):
                    continue
                sizes += 1
                first = self.run(place, ["synth", "new.yaml"])
                done = first.returncode == 0
                fault = self.broken(place)
                if fault is None and not done and not re.search(r"No space left.*nothing was written", first.stderr):
                    fault = f"it said {first.stderr}"
                if fault is None and done and self.run(place, ["synth", "new.yaml", "--check"]).returncode:
                    fault = "it ended well, and the output is not new"
                self.passed += fault is None
                self.failed += fault is not None
                if fault:
                    print(f"FAILED disk of {kib} KiB: {fault}")
            finally:
                subprocess.run(["umount", mount], check=True)
            if done:
                return sizes
        return sizes


def mounted(mount, kib):
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", mount]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0


def main():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    skipped = 0
    with tempfile.TemporaryDirectory() as base:
        lab = Lab(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else target / "debug/formwork").resolve(), base)
        if shutil.which("strace"):
            for name, old, new in [("new", "", SETTINGS), ("changed", SETTINGS, CHANGED), ("renamed", SETTINGS, RENAMED)]:
                for fault in ["signal=KILL", "error=ENOSPC"]:
                    points = {calls: lab.strike(name, old, new, calls, fault) for calls in CALLS}
                    assert min(points["openat"], points["write"], points["mkdir"]) > 0, "strace strikes nowhere"
                    print(f"{name}, {fault}: {sum(points.values())} points", points)
        else:
            skipped += 1
            print("skipped: there is no strace")
        sizes = lab.fill(SETTINGS, CHANGED)
        if sizes is None:
            skipped += 1
            print("skipped: no disk of a chosen size: that takes root, and leave to mount")
        else:
            print(f"disks: {sizes} sizes")
        report(lab.passed, lab.failed, skipped)


main()
