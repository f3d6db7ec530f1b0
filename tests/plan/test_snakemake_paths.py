"""Paths that Snakemake cannot carry: refused by name when planned, and by the set-up in the same words."""

import os
import subprocess
from pathlib import Path

import pytest

from merflow.errors import ConfigError
from merflow.plan import as_inputs, check_places

ROOT = Path(__file__).parents[2]
CHECKOUT = "/home/me/merflow"
ODD = (
    *(
        "My Drive (1)",
        "a b",
        "a\tb",
        "a'b",
        'a"b',
        "a\\b",
        "a`b",
        "a$b",
        "a&b",
        "a;b",
        "a|b",
        "a<b",
        "a>b",
        "a(b",
        "a)b",
    ),
    *("{a,b}", "a}b", "[ab]", "a]b", "a*b", "a?b", "a!b"),
)
PLAIN = ("merflow", "Müller", "a,b", "a-b_c.d+e@f:g=h%i~j#k", "数据", "a^b")


@pytest.mark.parametrize("name", ODD)
def test_a_python_that_a_shell_would_take_apart_is_refused(name):
    with pytest.raises(ConfigError, match="Move the checkout, or keep the environment elsewhere: make VENV="):
        check_places(python=f"/home/{name}/.venv/bin/python", checkout=CHECKOUT)


@pytest.mark.parametrize("name", PLAIN)
def test_a_shell_takes_every_other_path_for_one_word(name, tmp_path):
    check_places(python=f"/home/{name}/.venv/bin/python", checkout=CHECKOUT)
    folder = tmp_path / name
    folder.mkdir()
    (folder / "python").write_text("#!/bin/sh\necho it runs\n")
    (folder / "python").chmod(0o755)
    done = subprocess.run(["bash", "-c", f"{folder}/python"], capture_output=True, text=True, timeout=60)
    assert done.stdout == "it runs\n"


def test_a_checkout_with_blanks_is_as_good_as_another_and_one_with_braces_is_refused():
    check_places(python="/opt/venv/bin/python", checkout="/home/me/My Drive (1)/merflow")
    with pytest.raises(ConfigError, match=r"checkout without braces, found /home/\{me\}/merflow"):
        check_places(python="/opt/venv/bin/python", checkout="/home/{me}/merflow")


@pytest.mark.parametrize("name", [*ODD, *PLAIN])
def test_the_set_up_refuses_the_same_paths(name, tmp_path):
    """The stand-in for Python refuses to go on, so that a path that the set-up takes ends there."""
    stop = tmp_path / "python3"
    stop.write_text("#!/bin/sh\nexit 1\n")
    stop.chmod(0o755)
    venv = tmp_path / name / "venv"
    environment = os.environ | {"PYTHON": str(stop), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [ROOT / "tools/setup.sh", venv], env=environment, capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert done.returncode == 1
    assert ("move the checkout to a path without blanks" in done.stderr) == (name in ODD), done.stderr
    assert not venv.exists()


def test_inputs_are_paths_without_wildcards():
    assert as_inputs([Path("a/b c(1).xlsx"), "d}e"]) == ["a/b c(1).xlsx", "d}e"]
    for path in ("/data/a{b}/x.jpg", "/data/{dataset}/x.jpg", "/{1}"):
        with pytest.raises(ConfigError, match=r"expected a path without braces.*Rename the folder.*ln -s"):
            as_inputs(["a", path])
