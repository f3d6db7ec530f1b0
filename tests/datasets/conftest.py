"""Datasets of the generator without pictures: every file has its name and no content."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from merflow.synthesis import demo
from merflow.synthesis.action_units import ACTION_UNITS
from merflow.synthesis.layout import ClipRecord, Layout
from merflow.synthesis.performance import Performance
from merflow.synthesis.settings import SynthesisSettings

SOMEBODY = SimpleNamespace(aus=tuple(ACTION_UNITS), head=SimpleNamespace(pivot=np.array([0.0, 0.0, -80.0])))
"""All that the names of files need to know of a person."""


def _touch(root: Path, record: ClipRecord, performance: Performance, *, layout: Layout, **_: object) -> None:
    onset = performance.timing.onset
    for step in layout.kept(performance.timing):
        path = layout.frame_paths(root, record, record.onset + step - onset).color
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(exist_ok=False)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[ClipRecord]]:
    """Write the sheets and the names of the frames of a dataset into the temporary folder, and return its clips."""
    monkeypatch.setattr(demo, "film_clip", _touch)
    monkeypatch.setattr(demo, "sample_actor", lambda _: SOMEBODY)
    monkeypatch.setattr(demo.NoiseBank, "sample", lambda *_, **__: None)
    return lambda layout, **settings: demo.generate_demo(tmp_path, SynthesisSettings(layout=layout, **settings))
