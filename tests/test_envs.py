"""The conda environments carry the pins of the lock, and each rule's imports."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))


def normalised(line):
    name, version = line.split("==")
    return name.lower().replace("_", "-"), version


LOCK = dict(normalised(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_pins_are_those_of_the_lock(path):
    dependencies = yaml.safe_load(path.read_text())["dependencies"]
    pip = next(item["pip"] for item in dependencies if isinstance(item, dict))
    assert len(pip) > 3
    for line in pip:
        name, version = normalised(line)
        assert LOCK[name] == version, f"{path.name}: {name}"


def test_every_environment_is_used_and_every_used_one_exists():
    used = {
        line.strip().strip('"').rpartition("/")[2]
        for path in (ROOT / "workflow/rules").glob("*.smk")
        for line in path.read_text().splitlines()
        if "/envs/" in line
    }
    assert used == {path.name for path in ENVIRONMENTS}
