"""Two rendered clips in the layout of 4DME, read by the reader of the real set."""

import cv2
import numpy as np
import pytest

from merflow.datasets.fourdme import generator
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.registry import index_dataset
from merflow.synthesis.demo import SynthesisSettings, generate_demo, generate_subject
from merflow.synthesis.ground_truth import read_ground_truth

SETTINGS = {"n_subjects": 1, "clips": 2}


@pytest.fixture
def two_displays(monkeypatch):
    monkeypatch.setattr(generator, "DISPLAYS", ("4+45", "12+17"))


@pytest.mark.slow
def test_clips_of_several_units_are_rendered_in_grey_with_their_exact_truth(tmp_path, two_displays):
    records = generate_demo(tmp_path, SynthesisSettings(**SETTINGS, layout="fourdme", light_sd=0.0))
    index = index_dataset("demo", "fourdme", {"root": str(tmp_path)})
    assert {clip.id: clip.emotions for clip in index.clips} == {
        record.id: {"AU4+45": "negative", "AU12+17": "positive+repression"}[record.au] for record in records
    }
    assert index.exclusions == ()
    for clip in index.clips:
        frames = list_frames(tmp_path / clip.color)
        assert list(frames) == list(range(clip.onset, clip.offset + 1))
        assert clip.onset < clip.apex < clip.offset
        assert (clip.offset - clip.onset + 1) / 60 <= 0.5
        onset, apex = (cv2.imread(str(frames[n]), cv2.IMREAD_UNCHANGED) for n in (clip.onset, clip.apex))
        assert onset.shape == (480, 640)
        truth = read_ground_truth(tmp_path / "gt" / f"{clip.id}.npz")
        assert len(truth.landmarks) == len(frames)
        units = {int(au): mm for au, mm in truth.aus.items()}
        assert set(units) == {int(unit) for unit in clip.aus.removeprefix("AU").split("+")}
        assert all(1 <= mm / (6 if unit == 45 else 1) <= 2 for unit, mm in units.items())
        opening = truth.landmarks[:, [41, 46], 1] - truth.landmarks[:, [37, 44], 1]  # px, lower lid below upper
        closed = opening[clip.apex - clip.onset] / opening[0]
        assert (closed < 0.6).all() if 45 in units else (closed > 0.9).all()
        x0, y0, x1, y1 = truth.bbox
        flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(onset, apex, None)[y0:y1, x0:x1]
        exact = np.moveaxis(truth.flow[:2].astype(float), 0, -1)
        assert np.linalg.norm(flow - exact, axis=-1)[truth.visible].mean() < 0.5


def test_the_three_layouts_plan_the_same_clips(tmp_path, monkeypatch, two_displays):
    filmed = []
    monkeypatch.setattr(
        "merflow.synthesis.demo.film_clip",
        lambda _, record, performance, **__: filmed.append((record, performance.amplitudes, performance.timing)),
    )
    for layout in ("fourdme", "fourdme_long", "fourdme_cropped"):
        generate_subject(tmp_path, SynthesisSettings(**SETTINGS, layout=layout), 0)
    assert len(filmed) == 6
    assert filmed[:2] == filmed[2:4] == filmed[4:]
