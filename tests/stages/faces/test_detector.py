"""The detector on demo faces, on none, on two, on a small one; and the landmark model that is not there."""

import hashlib

import cv2
import numpy as np
import pytest
from tests.permissions import as_a_normal_user

import merflow.stages.faces.detector as detector_module
from merflow.datasets.reading.frames import read_color
from merflow.errors import BadClipError, ConfigError, UnreadableError
from merflow.files import sha256
from merflow.stages.faces.detector import MODEL_SHA256, FaceDetector, find_landmark_model
from merflow.stages.faces.settings import FaceSettings


def placed(portrait, *, scale, left, top, canvas=(720, 1280)):
    """The portrait, shrunk, on a grey canvas at (left, top)."""
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    image = np.full((*canvas, 3), 120, dtype=np.uint8)
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return image


def test_a_demo_face_is_found_once_and_surely(portrait, detector):
    box = detector.detect(portrait)
    assert box.n_faces == 1
    assert box.upsampled == 0
    assert box.score > 1


def test_landmarks_lie_on_the_true_ones(portrait, detector, clips, tiny_demo):
    truth = np.load(tiny_demo / "gt" / f"{clips[0].id}.npz")["landmarks"][0, :, :2]
    landmarks = detector.landmarks(portrait, detector.detect(portrait))
    assert landmarks.shape == (68, 2)
    assert landmarks.dtype == np.float32
    assert np.linalg.norm(landmarks - truth, axis=1)[17:].mean() < 6  # inner points; 3.3 px over the whole demo


@pytest.fixture(scope="module")
def full():
    """A detector that looks at the whole picture at once."""
    return FaceDetector(FaceSettings(detection="full"))


def test_a_large_face_is_found_in_half_the_picture(portrait, detector, full, monkeypatch):
    whole = full.detect(portrait)
    monkeypatch.setattr(detector, "_largest", lambda image, upsample: looked_at.append(image.shape) or find(image, 0))
    looked_at, find = [], FaceDetector(FaceSettings())._largest
    box = detector.detect(portrait)
    assert looked_at == [(360, 640)]
    middles = [((one.left + one.right) / 2, (one.top + one.bottom) / 2) for one in (box, whole)]
    assert np.abs(np.subtract(*middles)).max() < 0.1 * (whole.right - whole.left)
    assert 0.7 < (box.right - box.left) / (whole.right - whole.left) < 1.5


def test_landmarks_from_half_the_picture_err_as_those_from_the_whole(detector, full, clips, tiny_demo):
    """Mean over the demo: 2.20 px of 96 clips, against 2.63 from the whole picture."""
    errors = {detector: [], full: []}
    for clip in clips:
        image = read_color(tiny_demo / clip.color / f"{clip.onset}.jpg")
        truth = np.load(tiny_demo / "gt" / f"{clip.id}.npz")["landmarks"][0, 17:, :2]
        for one, found in errors.items():
            found.append(np.linalg.norm(one.landmarks(image, one.detect(image))[17:] - truth, axis=1).mean())
    assert np.mean(errors[detector]) < np.mean(errors[full]) + 0.3


@pytest.mark.parametrize("scale", [0.25, 0.35, 0.45])
def test_a_small_face_is_looked_for_in_the_whole_picture(portrait, detector, full, scale):
    image = placed(portrait, scale=scale, left=300, top=100)
    assert detector.detect(image) == full.detect(image)


def test_an_unsure_face_is_looked_for_in_the_whole_picture(portrait, detector, full, monkeypatch):
    sure = detector.detect(portrait)
    monkeypatch.setattr(detector_module, "HALF_SCORE", sure.score + 0.01)
    assert detector.detect(portrait) == full.detect(portrait) != sure


def test_a_picture_that_is_small_itself_is_not_halved(portrait, detector, full):
    image = np.ascontiguousarray(portrait[100:560, 400:900])
    assert min(image.shape[:2]) < 480
    assert detector.detect(image) == full.detect(image)


def test_landmarks_follow_a_face_that_moves_within_the_same_box(portrait, detector):
    box = detector.detect(portrait)
    moved = np.roll(portrait, (2, 4), axis=(0, 1))
    shift = detector.landmarks(moved, box) - detector.landmarks(portrait, box)
    np.testing.assert_allclose(shift.mean(axis=0), [4, 2], atol=0.7)


def test_of_two_faces_the_largest_is_taken(portrait, detector):
    alone = placed(portrait, scale=0.5, left=600, top=200)
    both = alone.copy()
    both[:216, :384] = placed(portrait, scale=0.3, left=0, top=0)[:216, :384]
    box, expected = detector.detect(both), detector.detect(alone)
    assert box.n_faces == 2
    assert (box.left, box.top, box.right, box.bottom) == (expected.left, expected.top, expected.right, expected.bottom)


def test_a_small_face_is_found_by_the_retry_in_pixels_of_the_original(portrait, detector):
    scale = 0.2
    image = placed(portrait, scale=scale, left=300, top=100, canvas=(360, 640))
    box = detector.detect(image)
    assert box.upsampled == 1
    full = detector.detect(portrait)
    centre = (full.left + full.right) / 2 * scale + 300, (full.top + full.bottom) / 2 * scale + 100
    assert (box.left + box.right) / 2 == pytest.approx(centre[0], abs=6)
    assert (box.top + box.bottom) / 2 == pytest.approx(centre[1], abs=6)


def test_without_retry_the_small_face_is_not_found(portrait):
    image = placed(portrait, scale=0.2, left=300, top=100, canvas=(360, 640))
    with pytest.raises(BadClipError, match="no face found"):
        FaceDetector(FaceSettings(retry_upsample=0)).detect(image)


def test_a_picture_without_a_face_is_a_bad_clip(detector):
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    with pytest.raises(BadClipError, match=r"score above 0.2, found none in 300x200 px.*doubled 1 time") as caught:
        detector.detect(noise, source="color/5.jpg")
    assert caught.value.source == "color/5.jpg"


def test_the_threshold_is_what_a_score_must_exceed(portrait, detector):
    score = FaceDetector(FaceSettings(detection="full")).detect(portrait).score
    below, above = (FaceSettings(min_score=score + step, retry_upsample=0, detection="full") for step in (-0.1, 0.1))
    assert FaceDetector(below).detect(portrait).score == score
    with pytest.raises(BadClipError):
        FaceDetector(above).detect(portrait)


def test_the_packaged_model_is_the_documented_one():
    path = find_landmark_model()
    assert path.name == "shape_predictor_68_face_landmarks.dat"
    assert sha256(path) == MODEL_SHA256


def test_hash_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "model.dat"
    path.write_bytes(b"abc")
    assert sha256(path) == hashlib.sha256(b"abc").hexdigest()


def test_a_missing_configured_model_says_where_and_what_to_do(tmp_path):
    path = tmp_path / "nowhere.dat"
    with pytest.raises(ConfigError, match="landmark_model") as caught:
        FaceDetector(FaceSettings(landmark_model=str(path)))
    assert str(path) in str(caught.value)
    assert "leave it empty" in str(caught.value)


def test_a_missing_package_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(detector_module, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install face_recognition_models"):
        find_landmark_model()


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "half.dat"
    path.write_bytes(find_landmark_model().read_bytes()[:5000])
    with pytest.raises(ConfigError, match="dlib cannot read"):
        FaceDetector(FaceSettings(landmark_model=str(path)))


def test_a_model_of_five_points_is_refused():
    five = find_landmark_model().with_name("shape_predictor_5_face_landmarks.dat")
    with pytest.raises(ConfigError, match="with 68 points, found 5"):
        FaceDetector(FaceSettings(landmark_model=str(five)))


def test_a_model_that_the_user_may_not_read_is_named(tmp_path):
    path = tmp_path / "model.dat"
    path.touch(mode=0)
    with (
        as_a_normal_user(),
        pytest.raises(UnreadableError, match=r"model\.dat: expected to read it, .* Permission denied"),
    ):
        find_landmark_model(str(path))
