"""tools/audit.sh never takes what it could not ask for no vulnerability."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "tools/audit.sh"
STAND_IN = """
case "$*" in
    "-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/pip-audit" ;;
    "-m pip install"*) INSTALL ;;
    *--requirement*) case "$*" in *--strict*) AUDIT ;; esac ;;
esac
"""
"""A python that makes a folder for `-m venv`, with a pip-audit in it, and does what a test says for the rest."""

SAID = "echo ERROR:pip_audit._cli:torch: Dependency not found on PyPI and could not be audited >&2; exit 1"


@pytest.mark.parametrize(
    ("install", "audit", "status", "said"),
    [
        ("true", "echo No known vulnerabilities found >&2", 0, "No known vulnerabilities found"),
        ("true", "echo Found 1 known vulnerability >&2; exit 1", 1, "Found 1 known vulnerability"),
        ("true", SAID, 2, "nothing was audited: pip-audit==2.10.1 stopped: ERROR:pip_audit._cli:torch: Dependency"),
        ("echo ERROR: No matching distribution >&2; exit 1", "true", 2, "could not be installed: ERROR: No matching"),
    ],
    ids=["none known", "some known", "not asked", "offline"],
)
def test_what_it_says(tmp_path, install, audit, status, said):
    python = tmp_path / "python3"
    python.write_text(f"#!/bin/sh\n{STAND_IN.replace('INSTALL', install).replace('AUDIT', audit)}\n")
    python.chmod(0o755)
    done = subprocess.run(
        [SCRIPT], env=os.environ | {"PYTHON": str(python)}, capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    if status == 2:
        assert "Run make audit where PyPI is reached" in done.stderr
