"""One rendered clip of each layout at 100 or 200 fps, judged by dlib, OpenCV's flow and the reader of the real set."""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from merflow.datasets.action_units import objective_from_aus
from merflow.datasets.index import Index
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.registry import index_dataset
from merflow.synthesis.camera import Camera
from merflow.synthesis.demo import SynthesisSettings, generate_demo
from merflow.synthesis.ground_truth import GroundTruth, read_ground_truth
from merflow.synthesis.layout import ClipRecord, layout_named

pytestmark = pytest.mark.slow


class Kind(NamedTuple):
    """What a layout is expected to hold."""

    reader: str
    fps: float = 200.0
    around: tuple[int, int] = (0, 0)
    """Frames before the onset and after the offset."""
    shape: tuple[int, ...] = (480, 640, 3)
    cropped: bool = False
    has_apex: bool = True


KINDS = {
    "casme2_raw": Kind("casme2", around=(10, 13)),
    "casme2_selected": Kind("casme2"),
    "casme2_cropped": Kind("casme2", shape=(340, 280), cropped=True),
    "samm": Kind("samm", shape=(1088, 2040)),
    "smic_cropped": Kind("smic", fps=100.0, shape=(230, 190), cropped=True, has_apex=False),
    "smic_raw": Kind("smic", fps=100.0, has_apex=False),
    "smic_e": Kind("smic", fps=100.0, around=(20, 25), has_apex=False),
}
INNER = slice(17, 68)


class Demo(NamedTuple):
    """A dataset of one clip, read by the reader of the set that it imitates."""

    layout: str
    kind: Kind
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
    """Datasets of one subject with one clip, by layout; those of one set show the same."""
    found = {}
    for layout, kind in KINDS.items():
        root = tmp_path_factory.mktemp(layout)
        (record,) = generate_demo(root, SynthesisSettings(n_subjects=1, clips=1, layout=layout))
        index = index_dataset("demo", kind.reader, {"root": str(root)})
        truth = read_ground_truth(root / "gt" / f"{record.id}.npz")
        found[layout] = Demo(layout, kind, record, index, list_frames(root / index.clips[0].color), truth)
    return found


@pytest.fixture(params=KINDS)
def demo(demos, request):
    return demos[request.param]


def test_the_reader_of_the_real_set_finds_every_clip_as_it_was_made(demo):
    assert demo.index.exclusions == ()
    (clip,) = demo.index.clips
    record = demo.record
    assert (clip.id, clip.subject, clip.video) == (record.id, record.subject, record.video)
    assert (clip.onset, clip.offset, clip.aus) == (record.onset, record.offset, record.au)
    assert (clip.fps, clip.expression) == (demo.kind.fps, "micro")
    assert clip.emotion == record.emotion.lower()  # disgust in the words of CASME II and SAMM, negative in SMIC's
    assert clip.objective == objective_from_aus(clip.aus)
    if demo.kind.has_apex:
        assert (clip.apex, clip.notes) == (record.apex, "")
    else:
        assert clip.apex == (record.onset + record.offset) // 2
        assert clip.notes == f"no apex in SMIC, midpoint {clip.apex} taken"


def test_a_micro_expression_takes_half_a_second_at_most(demo):
    record, truth = demo.record, demo.truth
    assert record.onset < record.apex < record.offset
    assert (record.offset - record.onset + 1) / demo.kind.fps <= 0.5
    assert truth.intensity.argmax() == record.apex - record.onset
    assert truth.intensity[0] == 0
    assert truth.intensity[record.offset - record.onset] == pytest.approx(0, abs=1e-6)


def test_every_frame_is_there_and_has_its_truth(demo):
    before, after = demo.kind.around
    first, last = demo.record.onset - before, demo.record.offset + after
    assert list(demo.frames) == list(range(first, last + 1))
    assert len(demo.truth.landmarks) == len(demo.truth.intensity) == last - demo.record.onset + 1


def test_frames_have_the_size_and_the_channels_of_the_set(demo):
    shape = demo.image(demo.record.apex).shape
    if demo.kind.cropped:
        assert shape[:2] == pytest.approx(demo.kind.shape, rel=0.25)
        assert {demo.image(number).shape for number in demo.frames} == {shape}
    else:
        assert shape == demo.kind.shape


def test_dlib_finds_one_face_and_its_landmarks(demo, dlib_models):
    detector, predictor = dlib_models
    limit = 6 * layout_named(demo.layout).camera.f / Camera().f  # as in CAS(ME)^3, for the size of the face
    for number in (demo.record.onset, demo.record.apex, demo.record.offset):
        image = demo.image(number)
        (face,) = detector(image, 0)
        found = np.array([(p.x, p.y) for p in predictor(image, face).parts()], dtype=float)
        known = demo.truth.landmarks[number - demo.record.onset, :, :2]
        assert np.linalg.norm(found - known, axis=1)[INNER].mean() < limit


def test_optical_flow_of_the_pictures_agrees_with_the_truth(demo):
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


@pytest.mark.parametrize("names", [("casme2_selected", "casme2_cropped"), ("smic_raw", "smic_cropped")])
def test_cropping_shifts_the_truth_by_whole_pixels_and_keeps_the_picture(demos, names):
    whole, cropped = (demos[name] for name in names)
    shift = whole.truth.landmarks[..., :2] - cropped.truth.landmarks[..., :2]
    corner = shift[0, 0].round()
    np.testing.assert_allclose(shift, np.broadcast_to(corner, shift.shape), atol=1e-3)
    x, y = corner.astype(int)
    small = cropped.image(cropped.record.apex).astype(float)
    height, width = small.shape[:2]
    large = whole.image(whole.record.apex)[y : y + height, x : x + width]
    inner = np.s_[height // 3 : -height // 6, width // 5 : -width // 5]  # skin: the wall is lit by its own window
    assert np.abs(small - large)[inner].mean() < 3  # noise and JPEG of two exposures


@pytest.mark.parametrize("names", [("casme2_raw", "casme2_selected"), ("smic_e", "smic_raw")])
def test_recordings_and_selected_clips_show_the_same(demos, names):
    raw, selected = (demos[name] for name in names)
    assert raw.record == selected.record
    np.testing.assert_array_equal(raw.truth.flow, selected.truth.flow)
    np.testing.assert_array_equal(raw.truth.landmarks[: len(selected.truth.landmarks)], selected.truth.landmarks)
