"""Data that several test folders share. Build it once a session, and only read it."""

import gc
import signal
from pathlib import Path

import pytest
from hypothesis import settings
from tests.picture_fixtures import results
from tests.recordings_4d import recordings_4d

__all__ = ["recordings_4d", "results"]  # fixtures

# A loaded machine must not fail a property for its time, and two runs must try the same examples.
settings.register_profile("merflow", deadline=None, derandomize=True)
settings.load_profile("merflow")


def pytest_configure() -> None:
    """Let SIGINT end what tests start: under ``nohup make test &`` it is ignored, and children inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what is loaded, which it looks through again and again."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session")
def tiny_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root of a demo dataset in the raw layout: 2 subjects x 3 clips, one negative, one happy, one surprise each."""
    from merflow.synthesis.demo import SynthesisSettings, generate_demo

    root = tmp_path_factory.mktemp("tiny_demo")
    generate_demo(root, SynthesisSettings(n_subjects=2, clips=3))
    return root
