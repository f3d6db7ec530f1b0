from pathlib import Path

import pytest
import yaml

from merflow.config import load_config, read_schema

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def schema():
    return read_schema(ROOT / "workflow/schemas/config.schema.yaml")


@pytest.fixture
def shipped():
    """The shipped configuration as written, to be changed by a test."""
    return yaml.safe_load((ROOT / "config.yaml").read_text())


@pytest.fixture
def load(schema):
    return lambda raw: load_config(raw, schema)
