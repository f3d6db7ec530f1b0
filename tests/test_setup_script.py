"""tools/setup.sh on machines that lack something: it says exactly what to install, and installs nothing."""

import os
import re
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "tools/setup.sh"


STAND_IN = """
echo "$*" >> "FOLDER/asked"
case "$*" in
    *"FAILING"*) exit 1 ;;
    *--version*) echo Python 3.9.2 ;;
    "-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
esac
"""
"""A python3 that notes what it is asked, makes a folder for `-m venv`, and fails on the code that holds a word."""


@pytest.fixture
def run(tmp_path):
    """Run the set-up as a normal user with that stand-in."""

    def execute(failing, *more):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, text in (
            ("id", "echo 1000"),
            ("python3", STAND_IN.replace("FAILING", failing).replace("FOLDER", str(folder))),
        ):
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "PYTHON": str(folder / "python3")}
        return subprocess.run(
            [SCRIPT, tmp_path / "venv", *more], env=environment, capture_output=True, text=True, timeout=60
        )  # fmt: skip

    return execute


def test_an_old_python_is_named_with_the_way_to_choose_another(run):
    done = run("version_info")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer, found Python 3.9.2" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_a_normal_user_without_venv_is_told_what_to_install(run, tmp_path):
    done = run("ensurepip")
    assert done.returncode == 1
    assert "sudo apt-get install python3-venv" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_missing_system_library_is_named_and_the_set_up_is_not_taken_for_done(run, tmp_path):
    done = run("import open3d", "dev")
    assert done.returncode == 1
    assert "sudo apt-get install libusb-1.0-0" in done.stderr
    assert not (tmp_path / "venv/.merflow-setup").exists()


def test_the_tools_of_development_are_installed_where_they_are_asked_for_and_kept_after_that(run, tmp_path):
    """The stand-in for Python notes what pip is asked to install."""
    installed, marked, steps = [], [], []
    for what in ("run", "dev", "run"):
        done = run("NOTHING FAILS", what)
        assert done.returncode == 0, done.stderr
        steps.append(re.findall(r"^merflow setup: (\d of \d): ", done.stderr, re.MULTILINE))
        installed.append("tools/lock/dev.txt" in (tmp_path / "bin/asked").read_text())
        (tmp_path / "bin/asked").write_text("")
        marked.append((tmp_path / "venv/.merflow-setup").read_text().split()[1])
    assert (installed, marked) == ([False, True, False], ["run", "dev", "dev"])
    assert steps == [["1 of 4", "2 of 4", "3 of 4", "4 of 4"], [f"{step} of 5" for step in range(1, 6)], []]


def test_the_kernels_of_the_demo_are_compiled_before_the_set_up_is_taken_for_done(run, tmp_path):
    done = run("tools.compile_kernels")
    assert done.returncode == 1
    assert "4 of 4: the renderer and the optical flow are compiled" in done.stderr
    assert not (tmp_path / "venv/.merflow-setup").exists()
    assert (tmp_path / "bin/asked").read_text().splitlines()[-1] == "-m tools.compile_kernels"
