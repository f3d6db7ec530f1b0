"""The lock with hashes says the same as constraints.txt, lacks nothing, and is what the set-up installs from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "tools/lock"
REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.*?))? \\\n(?P<hashes>(?:    --hash=.*\n)+)"
)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name):
    """Return the version of each package of a file of the lock, all of whose lines are understood."""
    text = (LOCK / f"{name}.txt").read_text()
    assert REQUIREMENT.sub("", text).splitlines() == [text.splitlines()[0]]
    for match in REQUIREMENT.finditer(text):
        assert all(HASH.fullmatch(line) for line in match["hashes"].splitlines()), match["name"]
    return {normalised(match["name"]): match["version"] for match in REQUIREMENT.finditer(text)}


CONSTRAINTS = {
    normalised(name): version
    for name, version in (line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines()[1:])
}


def test_the_lock_has_every_constraint_with_its_version():
    found = locked("packages") | locked("torch") | locked("dev")
    assert {name: found.get(name) for name in CONSTRAINTS} == CONSTRAINTS


def test_what_no_constraint_names_is_for_another_platform():
    more = set(locked("packages") | locked("torch") | locked("dev")) - set(CONSTRAINTS)
    assert {name for name in more if not re.match("nvidia-|cuda-|triton$", name)} <= {"colorama", "pyreadline3"}


def test_the_lock_has_every_dependency_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    names = {name: {normalised(re.match(r"[\w.-]+", one)[0]) for one in extras[name]} - {"merflow"} for name in extras}
    runs = set(locked("packages") | locked("torch"))
    always = {normalised(one) for one in project["dependencies"]}
    assert always | names["workflow"] | names["preprocess"] | names["train"] | names["slurm"] <= runs
    assert set().union(*names.values()) <= runs | set(locked("dev"))


def test_what_the_workflow_needs_is_locked_apart_from_the_tools_of_development():
    assert not set(locked("dev")) & set(locked("packages") | locked("torch"))
    assert {"pytest", "mypy", "ruff", "snakefmt"} <= set(locked("dev"))


def test_a_wheel_without_cuda_is_of_the_same_version_and_is_no_file_of_pypi():
    (version,) = locked("torch-cpu").values()
    assert version == f"{locked('torch')['torch']}+cpu"
    assert re.findall("sha256:.{64}", (LOCK / "torch-cpu.txt").read_text())[0] not in (LOCK / "torch.txt").read_text()


def test_build_tools_are_pinned_and_one_version_of_each_package_is_installed():
    build = locked("build")
    assert {"pip", "setuptools", "wheel"} <= set(build)
    everywhere = locked("packages") | locked("torch") | locked("dev")
    assert {name: everywhere[name] for name in build if name in everywhere}.items() <= build.items()


@pytest.mark.parametrize("name", ["build", "packages", "torch", "dev"])
def test_the_set_up_installs_nothing_without_a_hash(name):
    script = (ROOT / "tools/setup.sh").read_text()
    assert f"locked {name}" in script
    installs = [line for line in script.splitlines() if re.search(r"\bpip install\b", line) and "say" not in line]
    assert len(installs) == 2
    assert "--require-hashes --no-deps --no-build-isolation" in installs[0]
    assert installs[1].endswith("pip install --no-deps --no-build-isolation -e .")  # merflow itself
