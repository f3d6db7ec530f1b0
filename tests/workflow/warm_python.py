"""Python without its start: a process that has the libraries of the jobs loaded forks for each script.

A job of the tiny datasets computes for a tenth of a second, after one or two seconds of imports (torch, OpenCV, numba)
and of reading models and compiled kernels. Snakemake starts each script as ``<python> <script>``; here it finds a small
program in place of that Python, which hands the script, its environment and its standard streams to this process and
waits for the exit status. merflow is loaded too, unless the script is given one of its own. The forks share one seed of
the hashes of texts, so a test that looks for an order that depends on it starts another such process. One that looks
at what a script imports asks for a Python of its own (``cold=True``).
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import ModuleType

from tests.workflow.warm_start import adopt, load_merflow

ROOT = Path(__file__).parents[2]
LIBRARIES = (
    "numpy", "pandas", "h5py", "hdf5plugin", "yaml", "jsonschema", "PIL.Image", "simplejpeg", "scipy.ndimage", "cv2",
    "dlib", "numba", "torch", "sklearn.svm", "sklearn.preprocessing", "matplotlib.figure",
    "matplotlib.backends.backend_agg", "snakemake.script",
)  # fmt: skip
HEAD = 8  # bytes: length of a request

CLIENT = """#!{python} -IS
import json, os, socket, sys
if sys.argv[1].startswith("-") and sys.argv[1] != "-m":
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
request = json.dumps({{"script": sys.argv[1:], "folder": os.getcwd(), "env": dict(os.environ), "group": os.getpgid(0)}})
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
socket.send_fds(server, [len(request.encode()).to_bytes({head}, "big")], [0, 1, 2])
server.sendall(request.encode())
status = int(server.recv(16) or b"-9")
if status < 0:
    os.kill(os.getpid(), -status)
sys.exit(status)
"""


class WarmPython:
    """The process that forks, and the program that stands in place of Python.

    Parameters
    ----------
    hash_seed : str
        Of the hashes of texts in all forks; empty draws one.
    """

    def __init__(self, hash_seed: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="warm")
        address = Path(self._folder.name, "socket")
        self.executable = Path(self._folder.name, "python")
        self.executable.write_text(CLIENT.format(python=sys.executable, address=str(address), head=HEAD))
        self.executable.chmod(0o755)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.workflow.warm_python", str(address)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | ({"PYTHONHASHSEED": hash_seed} if hash_seed else {}),
        )  # fmt: skip
        self._process.stdout.readline()  # it listens

    def close(self) -> None:
        """End the process that forks."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()
        self._folder.cleanup()


class Server:
    """Scripts that run, each with the connection of the program that waits for it."""

    def __init__(self, address: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(address)
        self._listening.listen()
        self._ended, self._wake = socket.socketpair()
        self._ended.setblocking(False)
        self._wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno())
        for source in (self._listening, self._ended, sys.stdin):
            self._selector.register(source, selectors.EVENT_READ)
        self._scripts: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Carry out scripts until standard input ends."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is self._listening:
                    self._start()
                elif key.fileobj is self._ended:
                    self._report()
                else:
                    self._left(key.fileobj)

    def _start(self) -> None:
        client, _ = self._listening.accept()
        head, streams, _, _ = socket.recv_fds(client, HEAD, 3)
        with client.makefile("rb") as request_file:
            request = json.loads(request_file.read(int.from_bytes(head, "big")))
        child = os.fork()
        if child == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            become(request, streams)
        for stream in streams:
            os.close(stream)
        self._scripts[child] = client
        self._selector.register(client, selectors.EVENT_READ)

    def _report(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._ended.recv(64):
                pass
        while self._scripts:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            client = self._scripts.pop(child)
            with contextlib.suppress(BrokenPipeError):
                client.sendall(str(os.waitstatus_to_exitcode(status)).encode())
            with contextlib.suppress(KeyError):  # it has left
                self._selector.unregister(client)
            client.close()

    def _left(self, client: socket.socket) -> None:
        """Kill a script whose program was killed: nothing waits for it."""
        self._selector.unregister(client)
        for child, waiting in self._scripts.items():
            if waiting is client:
                os.kill(child, signal.SIGKILL)


def become(request: dict, streams: list[int]) -> None:
    """Turn into the Python of a script; there is no way back."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, max(streams) + 1)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.setpgid(0, request["group"])  # who kills the group of Snakemake kills the script
    os.chdir(request["folder"])
    status = 1
    try:
        adopt(request["env"], request["script"])
        status = run(request["script"])
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def run(command: list[str]) -> int:
    """Run ``script arguments`` or ``-m module arguments`` as Python does, to the functions that it left for its end."""
    status = 0
    try:
        if command[0] == "-m":
            sys.argv, sys.path[0] = command[1:], os.getcwd()  # noqa: PTH109 - as Python names it
            runpy.run_module(command[1], run_name="__main__", alter_sys=True)
        else:
            run_script(command)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:
        beyond = error.__traceback__.tb_next.tb_next  # without the two functions of this file
        sys.excepthook(type(error), error.with_traceback(beyond), beyond)
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    return status


def run_script(command: list[str]) -> None:
    """Run a script as the main module of this process."""
    path = Path(command[0])
    main = ModuleType("__main__")
    main.__file__ = str(path)
    sys.argv, sys.path[0], sys.modules["__main__"] = command, str(path.parent), main
    exec(compile(path.read_bytes(), str(path), "exec"), vars(main))


def load_face_models() -> None:
    """Load the face detector and the landmark model as a job does, which keeps them."""
    from merflow.stages.faces.detector import FaceDetector
    from merflow.stages.faces.settings import FaceSettings

    FaceDetector(FaceSettings())


def main(address: str) -> None:
    """Load the libraries, say so, and serve."""
    sys.path[0] = ""  # a script's own folder takes this place
    for name in LIBRARIES:
        importlib.import_module(name)
    load_merflow()
    load_face_models()
    gc.freeze()  # no fork looks through what is loaded, which would copy it page by page
    server = Server(address)
    print("ready", flush=True)
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1])
