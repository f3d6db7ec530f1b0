from pathlib import Path

import pytest
from tests.shipped import shipped_raw

from merflow.config import load_config, read_schema
from merflow.errors import ConfigError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def schema():
    return read_schema(ROOT / "workflow/schemas/config.schema.yaml")


@pytest.fixture
def shipped():
    """The shipped configuration as written, to be changed by a test."""
    return shipped_raw()


@pytest.fixture
def load(schema):
    return lambda raw: load_config(raw, schema)


def refusal(load, raw):
    """Return the message by which a configuration is refused."""
    with pytest.raises(ConfigError) as caught:
        load(raw)
    return str(caught.value)
