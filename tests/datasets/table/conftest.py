"""A root with recordings, which a table of clips names."""

import pytest
from tests.datasets.table.table_fixture import write_frames


@pytest.fixture
def root(tmp_path):
    """A root with the folders of three recordings."""
    for name in ("s1/a", "s1/b", "s2/a"):
        write_frames(tmp_path / name)
    return tmp_path
