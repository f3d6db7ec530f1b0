"""A trial: one reader, one file, in a process of its own with a limit on its time and its memory."""

import faulthandler
import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.attack.content import content_of

from merflow.errors import MerflowError

SECONDS = 20
"""A reader that takes longer hangs; the slowest of these files takes half a second."""

MEMORY_BYTES = 2**31
"""That a reader may take beside what the process has."""

READ, REFUSED, TRACEBACK, HANG, CRASH = "read", "refused", "traceback", "hang", "crash"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a trial.

    Parameters
    ----------
    kind : str
        One of `READ`, `REFUSED`, `TRACEBACK`, `HANG` and `CRASH`.
    text : str
        Digest of what was read, the message, the traceback, or the signal.
    """

    kind: str
    text: str


def ask(read: Callable[[Path], Any], path: Path) -> Answer:
    """Let a child read a file, and return what it says."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _answer(read, path, writer)
    os.close(writer)
    said, in_time = _said(reader)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not in_time:
        return Answer(HANG, f"no answer after {SECONDS} s")
    if os.WIFSIGNALED(status):
        return Answer(CRASH, f"ended by signal {os.WTERMSIG(status)}")
    kind, _, text = said.decode("utf-8", "replace").partition("\n")
    return Answer(kind, text)


def _answer(read: Callable[[Path], Any], path: Path, writer: int) -> None:
    """Read in the child, tell the parent, and end without what an interpreter does at its end."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)  # libraries print there what they complain of
    faulthandler.disable()
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        said = f"{READ}\n{content_of(read(path))}"
    except MerflowError as error:
        said = f"{REFUSED}\n{error}"
    except BaseException:
        said = f"{TRACEBACK}\n{traceback.format_exc()}"
    with os.fdopen(writer, "wb") as file:
        file.write(said.encode("utf-8", "backslashreplace"))
    os._exit(0)


def _said(reader: int) -> tuple[bytes, bool]:
    """Return all that the child has written, and whether it came to its end in time."""
    pieces: list[bytes] = []
    deadline = time.monotonic() + SECONDS
    with os.fdopen(reader, "rb", buffering=0) as file:
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([file], [], [], left)[0]:
                break
            piece = file.read(65536)
            if not piece:
                return b"".join(pieces), True
            pieces.append(piece)
    return b"".join(pieces), False
