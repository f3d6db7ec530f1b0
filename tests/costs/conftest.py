"""The shipped configuration, read once."""

import pytest
from tests.shipped import ROOT

from merflow.config import read_config


@pytest.fixture(scope="session")
def config():
    return read_config(ROOT / "config.yaml")
