"""The source distribution and the wheel, built as ``python -m build`` does: the wheel from the source distribution."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OF_THE_SOURCE = {".git", ".venv", "results", ".snakemake", "build", "dist", "site", ".numba", ".hypothesis"}
"""At the root of a checkout."""

BUILD = """
import sys
from setuptools import build_meta
getattr(build_meta, sys.argv[1])(sys.argv[2])
"""


def kept_out(folder, names):
    """Return what is no part of the source: what programs have made, and at the root what lies beside it."""
    made = {name for name in names if name == "__pycache__" or name.endswith((".egg-info", "_cache"))}
    return made | (NOT_OF_THE_SOURCE & set(names) if Path(folder) == ROOT else set())


def build(what, place, out):
    """Build in a folder, where setuptools may write, without asking an index for anything."""
    command = [sys.executable, "-W", "ignore", "-c", BUILD, what, str(out)]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def sdist(tmp_path_factory):
    """Folder of an unpacked source distribution."""
    folder = tmp_path_factory.mktemp("sdist")
    shutil.copytree(ROOT, folder / "checkout", ignore=kept_out)
    build("build_sdist", folder / "checkout", folder)
    (archive,) = folder.glob("merflow-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


@pytest.fixture(scope="session")
def wheel(sdist, tmp_path_factory):
    """Folder of an unpacked wheel, as it lies among the packages of an environment."""
    folder = tmp_path_factory.mktemp("wheel")
    build("build_wheel", sdist, folder)
    (archive,) = folder.glob("merflow-*-py3-none-any.whl")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder / "site-packages")
    return folder / "site-packages"
