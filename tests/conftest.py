"""Data that several test folders share. Build it once a session, and only read it."""

from pathlib import Path

import pytest
from hypothesis import settings

# A loaded machine must not fail a property for its time, and two runs must try the same examples.
settings.register_profile("merflow", deadline=None, derandomize=True)
settings.load_profile("merflow")


LONGEST_FIRST = ("workflow", "cluster")
"""Folders whose tests share a finished run."""


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share a finished run in one process of pytest, and begin with them: the others fill the gaps."""
    for item in items:
        if item.path.parent.name in LONGEST_FIRST:
            item.add_marker(pytest.mark.xdist_group(item.path.parent.name))
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(order)))


@pytest.fixture(scope="session")
def tiny_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root of a demo dataset in the raw layout: 2 subjects x 3 clips, one negative, one happy, one surprise each."""
    from merflow.synthesis.demo import SynthesisSettings, generate_demo

    root = tmp_path_factory.mktemp("tiny_demo")
    generate_demo(root, SynthesisSettings(n_subjects=2, clips=3))
    return root
