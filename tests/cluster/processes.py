"""Processes that must not outlive a test: whose they are, and their end."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LAUNCHER = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
libc.prctl(1, 9)  # PR_SET_PDEATHSIG: SIGKILL when the parent dies, however that comes
libc.prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: whatever a daemon starts stays its descendant
os.execvp(sys.argv[1], sys.argv[1:])
"""


def launch(command, *, out):
    """Start a daemon that stays in the foreground; return its process."""
    with out.open("a") as stream:
        return subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True,
        )  # fmt: skip


def kill_family(process):
    """Kill a launched process and all that it started, which stays its own while it is stopped and not yet dead."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGSTOP)
    while family := descendants(process.pid):
        kill(family)
        time.sleep(0.01)
    process.kill()
    process.wait(timeout=30)


def descendants(pid):
    """Return the living processes below one, at any depth."""
    children = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
            children.setdefault(int(parent), []).append((int(process.name), state))
    found, unseen = [], [pid]
    while unseen:
        below = children.get(unseen.pop(), [])
        unseen += [child for child, _ in below]
        found += [child for child, state in below if state not in "ZX"]
    return found


def naming(folder):
    """Return the living processes whose command or environment names a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            text = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            if bytes(folder) in text and int(process.name) != os.getpid():
                found.append(int(process.name))
    return found


def kill(pids):
    """Send SIGKILL to processes, of which some may have ended by themselves."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
