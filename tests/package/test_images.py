"""The recipes of images: they copy all that merflow is made of, and install what the lock has."""

import re
import subprocess

import pytest
from tests.package.conftest import ROOT

MADE_OF = {
    *("src", "workflow", "profiles", "envs", "tools/lock", "Snakefile", "config.yaml"),
    *("pyproject.toml", "setup.py", "README.md", "LICENSE"),
}
DOCKER, APPTAINER = (ROOT / "Dockerfile").read_text(), (ROOT / "merflow.def").read_text()


def test_docker_is_sent_what_merflow_is_made_of_and_no_results():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == MADE_OF


def test_apptainer_copies_the_same():
    files = re.search(r"%files\n(.*?)\n\n", APPTAINER, re.DOTALL)[1]
    copied = dict(line.split() for line in files.splitlines())
    assert set(copied) == MADE_OF
    assert all(target == f"/opt/merflow/{name}" for name, target in copied.items())
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.parametrize("recipe", [DOCKER, APPTAINER])
def test_both_install_from_the_lock_and_compare_hashes(recipe):
    assert "--require-hashes --no-deps --no-build-isolation" in recipe
    assert re.search(r"build\W.*packages\W.*torch\W", recipe, re.DOTALL)


def commands():
    """Return the shell commands of both recipes."""
    found = re.findall(r"^RUN (.*?[^\\])\n", DOCKER, re.DOTALL | re.MULTILINE)
    return [*(text.replace("\\\n", " ") for text in found), re.search(r"%post\n(.*?)\n\n", APPTAINER, re.DOTALL)[1]]


@pytest.mark.parametrize("text", commands())
def test_their_commands_are_ones_of_a_plain_shell(text):
    done = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, timeout=10)
    assert done.returncode == 0, done.stderr
