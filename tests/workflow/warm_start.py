"""What a fork has to take over to be the Python that a command would have started."""

import importlib
import os
import sys
from pathlib import Path


def adopt(env, argv):
    """Take over the environment, the arguments, what is first on the path, and the ``sitecustomize`` that lies there.

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
    if any(Path(folder, "sitecustomize.py").exists() for folder in folders):
        sys.modules.pop("sitecustomize", None)
        importlib.import_module("sitecustomize")
