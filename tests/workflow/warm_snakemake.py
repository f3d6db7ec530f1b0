"""Snakemake without its start: a process that has its libraries loaded forks for each command.

Three seconds of each command go into the imports of Snakemake, its search for plug-ins, the imports of merflow, and
parsing it for the fingerprints of code. A command that is given a merflow of its own loads and parses that one.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.workflow.warm_start import adopt, load_merflow

ROOT = Path(__file__).parents[2]
LIBRARIES = (
    "snakemake.cli", "snakemake.api", "snakemake.script", "smart_open", "numpy", "h5py", "hdf5plugin", "jsonschema",
    "yaml",
)  # fmt: skip
SPLIT = ("-m", "snakemake")


class WarmSnakemake:
    """The process that forks, and the commands that are given to it.

    Parameters
    ----------
    python : Path
        What scripts are started with in place of Python.
    """

    def __init__(self, python) -> None:
        self._python = str(python)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.workflow.warm_snakemake"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, command, *, env, timeout, python=None):
        """Run ``python -m snakemake ...`` as ``subprocess.run`` does with the output captured as text.

        `python` is what scripts are started with this time.
        """
        assert tuple(command[1:3]) == SPLIT
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            request = {"arguments": command[3:], "env": env, "out": str(out), "err": str(err), "timeout": timeout}
            request["python"] = str(python or self._python)
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            status = json.loads(self._process.stdout.readline())
            if status is None:
                raise subprocess.TimeoutExpired(command, timeout, out.read_text(), err.read_text())
            return subprocess.CompletedProcess(command, status, out.read_text(), err.read_text())

    def close(self):
        """End the process that forks."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


def serve():
    """Carry out one command after the other, each in a process of its own."""
    sys.path[0] = ""  # as `python -m` has it
    for name in LIBRARIES:
        importlib.import_module(name)
    sys.modules["snakemake.cli"].get_argument_parser()  # finds the plug-ins
    from merflow.artefacts.fingerprint import fingerprint
    from merflow.config.published_cells import published_rows

    fingerprint(*load_merflow())
    published_rows()
    gc.freeze()  # no fork looks through what is loaded, which would copy it page by page
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            become(request)
        print(json.dumps(end_of(child, request["timeout"])), flush=True)


def become(request):
    """Turn into the Snakemake of a command; there is no way back."""
    for number, path in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
        descriptor = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.setpgid(0, 0)
    sys.argv = ["snakemake", *request["arguments"]]
    sys.executable = request["python"]
    status = 1
    try:
        adopt(request["env"], [*SPLIT, *request["arguments"]])
        sys.modules["snakemake.cli"].main(sys.argv[1:])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def end_of(child, timeout):
    """Return the exit status of a process; None for one that took too long and was killed with its jobs."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


if __name__ == "__main__":
    serve()
