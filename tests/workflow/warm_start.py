"""What a fork has to take over to be the Python that a command would have started."""

import importlib
import os
import pkgutil
import sys
from pathlib import Path


def load_merflow():
    """Load merflow but for its command line, which a command runs as its main module; return the modules' names."""
    import merflow

    names = [found.name for found in pkgutil.walk_packages(merflow.__path__, "merflow.") if found.name != "merflow.cli"]
    for name in names:
        importlib.import_module(name)
    return names


def adopt(env, argv):
    """Take over the environment, the arguments, what is first on the path, and the ``sitecustomize`` that lies there.

    A folder that only this command has may hold another merflow, or change what merflow finds when it is loaded: the
    one that this process has is forgotten. A folder with nothing but a ``sitecustomize`` changes how Python behaves.

    Parameters
    ----------
    env : mapping
        Environment of the command.
    argv : list of str
        The command after Python.
    """
    os.environ.clear()
    os.environ.update(env)
    sys.orig_argv = [sys.executable, *argv]
    folders = [folder for folder in env.get("PYTHONPATH", "").split(os.pathsep) if folder and folder not in sys.path]
    sys.path[1:1] = folders  # after the folder of the script, as Python has them
    importlib.invalidate_caches()
    if any(_holds_packages(Path(folder)) for folder in folders):
        for name in [name for name in sys.modules if name.partition(".")[0] == "merflow"]:
            del sys.modules[name]
    if any(Path(folder, "sitecustomize.py").exists() for folder in folders):
        sys.modules.pop("sitecustomize", None)
        importlib.import_module("sitecustomize")


def _holds_packages(folder):
    return any(path.name not in ("sitecustomize.py", "__pycache__") for path in folder.iterdir())
