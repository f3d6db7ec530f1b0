"""One rendered clip of each layout at 200 fps, judged by dlib, by OpenCV's flow and by the reader of the real set."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from merflow.datasets.action_units import objective_from_aus
from merflow.datasets.frames import list_frames
from merflow.datasets.index import Index
from merflow.datasets.registry import index_dataset
from merflow.synthesis.camera import Camera
from merflow.synthesis.demo import SynthesisSettings, generate_demo
from merflow.synthesis.ground_truth import GroundTruth, read_ground_truth
from merflow.synthesis.layouts.layout import ClipRecord
from merflow.synthesis.layouts.registry import LAYOUTS

READERS = {"casme2_raw": "casme2", "casme2_selected": "casme2", "casme2_cropped": "casme2", "samm": "samm"}
INNER = slice(17, 68)


class Demo(NamedTuple):
    """A dataset of one clip, read by the reader of the set that it imitates."""

    layout: str
    record: ClipRecord
    index: Index
    frames: dict[int, Path]
    truth: GroundTruth

    def image(self, number):
        """Return a frame as it is stored: RGB, or grey of one channel."""
        image = cv2.imread(str(self.frames[number]), cv2.IMREAD_UNCHANGED)
        return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


@pytest.fixture(scope="module")
def demos(tmp_path_factory):
    """Datasets of one subject with one clip, by layout; those of CASME II show the same."""
    found = {}
    for layout, reader in READERS.items():
        root = tmp_path_factory.mktemp(layout)
        (record,) = generate_demo(root, SynthesisSettings(n_subjects=1, clips=1, layout=layout))
        index = index_dataset("demo", reader, {"root": str(root)})
        truth = read_ground_truth(root / "gt" / f"{record.id}.npz")
        found[layout] = Demo(layout, record, index, list_frames(root / index.clips[0].color), truth)
    return found


@pytest.fixture(params=READERS)
def demo(demos, request):
    return demos[request.param]


def test_the_reader_of_the_real_set_finds_every_clip_as_it_was_made(demo):
    assert demo.index.exclusions == ()
    (clip,) = demo.index.clips
    record = demo.record
    assert (clip.id, clip.subject, clip.video) == (record.id, record.subject, record.video)
    assert (clip.onset, clip.apex, clip.offset, clip.aus) == (record.onset, record.apex, record.offset, record.au)
    assert (clip.fps, clip.expression, clip.notes) == (200.0, "micro", "")
    assert (
        clip.emotion == record.emotion.lower()
    )  # the first clip of the first subject shows disgust, a word of both sets
    assert clip.objective == objective_from_aus(clip.aus)


def test_a_micro_expression_takes_half_a_second_at_most(demo):
    record, truth = demo.record, demo.truth
    assert record.onset < record.apex < record.offset
    assert (record.offset - record.onset + 1) / 200 <= 0.5
    assert truth.intensity.argmax() == record.apex - record.onset
    assert truth.intensity[0] == 0
    assert truth.intensity[record.offset - record.onset] == pytest.approx(0, abs=1e-6)


def test_every_frame_is_there_and_has_its_truth(demo):
    before, after = (10, 13) if demo.layout == "casme2_raw" else (0, 0)
    first, last = demo.record.onset - before, demo.record.offset + after
    assert list(demo.frames) == list(range(first, last + 1))
    assert len(demo.truth.landmarks) == len(demo.truth.intensity) == last - demo.record.onset + 1


def test_frames_have_the_size_and_the_channels_of_the_set(demo):
    shape = demo.image(demo.record.apex).shape
    if demo.layout == "casme2_cropped":
        assert shape[:2] == pytest.approx((340, 280), rel=0.25)
        assert {demo.image(number).shape for number in demo.frames} == {shape}
    else:
        assert shape == ((1088, 2040) if demo.layout == "samm" else (480, 640, 3))


def test_dlib_finds_one_face_and_its_landmarks(demo, dlib_models):
    detector, predictor = dlib_models
    limit = 6 * LAYOUTS[demo.layout].camera.f / Camera().f  # as in CAS(ME)^3, for the size of the face
    for number in (demo.record.onset, demo.record.apex, demo.record.offset):
        image = demo.image(number)
        (face,) = detector(image, 0)
        found = np.array([(p.x, p.y) for p in predictor(image, face).parts()], dtype=float)
        known = demo.truth.landmarks[number - demo.record.onset, :, :2]
        assert np.linalg.norm(found - known, axis=1)[INNER].mean() < limit


def test_optical_flow_of_the_jpegs_agrees_with_the_truth(demo):
    x0, y0, x1, y1 = demo.truth.bbox
    onset, apex = (demo.image(number) for number in (demo.record.onset, demo.record.apex))
    if onset.ndim == 3:
        onset, apex = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (onset, apex))
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(onset, apex, None)[y0:y1, x0:x1]
    exact = np.moveaxis(demo.truth.flow[:2].astype(float), 0, -1)
    error = np.linalg.norm(flow - exact, axis=-1)[demo.truth.visible].mean()
    assert error < 0.5
    assert error < np.linalg.norm(exact, axis=-1)[demo.truth.visible].mean()


def test_true_flow_moves_the_landmarks_from_onset_to_apex(demo):
    before, after = demo.truth.landmarks[[0, demo.record.apex - demo.record.onset], 27:36, :2]  # the nose: no edges
    x, y = np.rint(before - demo.truth.bbox[:2]).astype(int).T
    moved = demo.truth.flow[:2, y, x].astype(float).T
    assert np.abs(after - before).max() > 0.1
    np.testing.assert_allclose(moved, after - before, atol=0.1)


def test_cropping_shifts_the_truth_by_whole_pixels_and_keeps_the_picture(demos):
    whole, cropped = demos["casme2_selected"], demos["casme2_cropped"]
    shift = whole.truth.landmarks[..., :2] - cropped.truth.landmarks[..., :2]
    corner = shift[0, 0].round()
    np.testing.assert_allclose(shift, np.broadcast_to(corner, shift.shape), atol=1e-3)
    x, y = corner.astype(int)
    small = cropped.image(cropped.record.apex).astype(float)
    height, width = small.shape[:2]
    large = whole.image(whole.record.apex)[y : y + height, x : x + width]
    inner = np.s_[height // 3 : -height // 6, width // 5 : -width // 5]  # skin: the wall is lit by its own window
    assert np.abs(small - large)[inner].mean() < 3  # noise and JPEG of two exposures


def test_recordings_and_selected_clips_show_the_same(demos):
    raw, selected = demos["casme2_raw"], demos["casme2_selected"]
    assert raw.record == selected.record
    np.testing.assert_array_equal(raw.truth.flow, selected.truth.flow)
    np.testing.assert_array_equal(raw.truth.landmarks[: len(selected.truth.landmarks)], selected.truth.landmarks)
