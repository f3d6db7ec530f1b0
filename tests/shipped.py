"""The shipped configuration as plain values, for tests to change."""

import copy
from functools import cache
from pathlib import Path

import yaml

from merflow.config.shipped import with_shipped

ROOT = Path(__file__).parents[1]


def shipped_raw():
    """Return config.yaml with the experiments and variants that merflow ships, as one could write it in one file."""
    return copy.deepcopy(_shipped_raw())


@cache
def _shipped_raw():
    return with_shipped(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))
