"""wait.py LOG COMMAND…: runs the command, and prints its exit code, CPU seconds, peak memory in KiB, and the least that the
last can be.

A process of its own, and a small one: until it is a program of its own, a new process counts the memory of its parent.
"""

import os
import sys

log, *command = sys.argv[1:]
written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
streams = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
streams += [(os.POSIX_SPAWN_DUP2, written, stream) for stream in (1, 2)]
process = os.posix_spawnp(command[0], command, os.environ, file_actions=streams)
_, status, usage = os.wait4(process, 0)
with open("/proc/self/status", encoding="ascii") as lines:
    floor = [line.split()[1] for line in lines if line.startswith("VmHWM")][0]
print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss, floor)
