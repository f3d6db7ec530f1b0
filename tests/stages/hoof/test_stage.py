"""The stage on frames that move in a known way, under each choice of pairs."""

import numpy as np
import pytest
from tests.picture_fixtures import landmarks_68

from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import BadClipError
from merflow.landmarks.outline import face_mask
from merflow.stages.examples import features_of
from merflow.stages.hoof.settings import HoofSettings
from merflow.stages.hoof.stage import frame_pairs, hoof_of_pairs, make_hoof, onset_landmarks
from merflow.stages.sequences.frames import sequence_difference

SIDE = 96
SETTINGS = HoofSettings(blocks=1, bins=4, symmetric=False, normalise="none", head_motion="none", face_only=False)
"""Bins: up to right, right to down, down to left, left to up."""


def frame(x, y):
    """Return a texture, a sum of waves, moved by x to the right and y down."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:SIDE, :SIDE] - np.array([y, x], dtype=float)[:, None, None]
    waves = [np.sin(a * rows + b * columns + c) for a, b, c in rng.uniform((-0.4, -0.4, 0), (0.4, 0.4, 6), (20, 3))]
    return np.repeat(np.rint(128 + 12 * np.sum(waves, axis=0)).clip(0, 255)[..., None], 3, axis=2).astype(np.uint8)


FRAMES = np.stack([frame(0, 0), frame(1, 1), frame(2, 2), frame(1, 3), frame(1, 3)])
"""Right and down to the apex, number 2; then left and down; the last repeats the one before it."""


def test_pairs_by_hand():
    assert frame_pairs(4, 2, "apex") == [(0, 2)]
    assert frame_pairs(4, 2, "onset") == [(0, 1), (0, 2), (0, 3)]
    assert frame_pairs(4, 2, "successive") == [(0, 1), (1, 2), (2, 3)]
    assert frame_pairs(4, 0, "successive") == frame_pairs(4, 2, "successive")
    with pytest.raises(BadClipError, match="apex == onset"):
        frame_pairs(4, 0, "apex")


def test_motion_lands_in_its_direction_with_its_length():
    """A shift by (2, 2) is 2.83 px of each of 96 x 96 px, less at the edge, where frames show other content."""
    pairs = [(0, 2), (2, 3), (3, 4)]
    found = hoof_of_pairs(FRAMES, pairs, landmarks_68(SIDE), SETTINGS)[:, 0, 0] / SIDE**2
    np.testing.assert_allclose(found[0, 1], np.sqrt(8), rtol=0.1)
    np.testing.assert_allclose(found[1, 2], np.sqrt(2), rtol=0.1)
    assert (found[:2].sum(axis=1) - [found[0, 1], found[1, 2]] < 0.1).all()
    assert found[2].sum() < 1e-3
    mean = hoof_of_pairs(FRAMES, pairs, landmarks_68(SIDE), HoofSettings(**{**plain(SETTINGS), "time": "mean"}))
    np.testing.assert_allclose(mean[0, 0, 0] / SIDE**2, found.mean(axis=0), rtol=1e-5)


def plain(settings):
    return {name: getattr(settings, name) for name in settings.__slots__}


def test_head_motion_is_taken_off():
    still = HoofSettings(**{**plain(SETTINGS), "head_motion": "robust_affine"})
    moved, left = (hoof_of_pairs(FRAMES, [(0, 2)], landmarks_68(SIDE), s).sum() for s in (SETTINGS, still))
    assert left < 0.1 * moved


def test_only_the_face_counts():
    inside = HoofSettings(**{**plain(SETTINGS), "face_only": True, "blocks": 8})
    landmarks = landmarks_68(SIDE)
    found = hoof_of_pairs(FRAMES, [(0, 2)], landmarks, inside)[0].sum(axis=-1)
    share = face_mask(landmarks, (SIDE, SIDE)).reshape(8, 12, 8, 12).mean(axis=(1, 3))
    assert ((found > 0) == (share > 0)).all()
    middle = share == 1
    np.testing.assert_allclose(found[middle] / 144, np.sqrt(8), rtol=0.1)


def identity(kind):
    return {"kind": kind, "variant": "v", "dataset": "demo", "subject": "s1", "params": {}, "code": "", "inputs": {}}


@pytest.fixture
def upstream(tmp_path):
    """Shards of two clips, the second with its apex on the onset, both padded by one frame."""
    matrix = np.array([[0.5, 0, -10.0], [0, 0.5, -20.0]])
    with ShardWriter(tmp_path / "faces.h5", **identity("faces")) as shard:
        for clip in ("s1_a_1", "s1_b_2"):
            points = (landmarks_68(192) - matrix[:, 2]) / 0.5
            arrays = {"aligned_color": np.zeros((1, 192, 192, 3), np.uint8), "landmarks": points[None],
                      "aligned_from_image": matrix}  # fmt: skip
            attrs = {"frames": [1], "roles": ["onset"], "native_origin": [0, 0], "native_size": [9, 9],
                     "image_size": [9, 9], "score": 2.0, "faces_found": 1, "notes": ""}  # fmt: skip
            shard.add(clip, arrays, attrs)
        shard.exclude("s1_c_3", stage="faces", reason="no face", source="c/1.jpg")
    with ShardWriter(tmp_path / "sequences.h5", **identity("sequences")) as shard:
        for clip, apex in (("s1_a_1", 2), ("s1_b_2", 0)):
            arrays = {"onset_color": FRAMES[0], "difference": sequence_difference(FRAMES), "position": np.arange(5.0)}
            shard.add(clip, arrays, {"apex": apex, "n_frames": 4, "recorded": [1], "fps": 30.0, "notes": "dark"})
    return tmp_path


def made(upstream, name, settings):
    out = upstream / name
    with (
        open_shard(upstream / "sequences.h5", kind="sequences") as sequences,
        open_shard(upstream / "faces.h5", kind="faces") as faces,
        ShardWriter(out, **identity("hoof")) as shard,
    ):
        make_hoof(sequences, faces, settings, shard=shard)
    return out


def test_clips_become_histograms_and_a_clip_without_a_rise_is_listed(upstream):
    out = made(upstream, "a.h5", SETTINGS)
    assert out.read_bytes() == made(upstream, "b.h5", SETTINGS).read_bytes()
    with open_shard(out, kind="hoof") as shard:
        assert shard.clips == ["s1_a_1"]
        expected = hoof_of_pairs(FRAMES, [(0, 2)], landmarks_68(SIDE), SETTINGS)
        np.testing.assert_array_equal(shard.read("s1_a_1", "histogram"), expected)
        assert shard.read("s1_a_1", "pairs").tolist() == [[0, 2]]
        assert shard.attrs("s1_a_1") == {"notes": "dark"}
        assert {row["clip"]: row["stage"] for row in shard.exclusions} == {"s1_c_3": "faces", "s1_b_2": "hoof"}


def test_padding_counts_as_pairs_but_in_no_mean(upstream):
    each, mean = (HoofSettings(**{**plain(SETTINGS), "pairs": "successive", "time": time}) for time in ("each", "mean"))
    with open_shard(made(upstream, "each.h5", each), kind="hoof") as shard:
        assert shard.clips == ["s1_a_1", "s1_b_2"]
        histogram, pairs = shard.read("s1_a_1", "histogram"), shard.read("s1_a_1", "pairs")
    assert pairs.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    with open_shard(made(upstream, "mean.h5", mean), kind="hoof") as shard:
        np.testing.assert_allclose(shard.read("s1_a_1", "histogram")[0], histogram[:3].mean(axis=0), rtol=1e-5)
        assert shard.read("s1_a_1", "pairs").tolist() == pairs[:3].tolist()


def test_landmarks_are_brought_to_the_size_of_the_sequence(upstream):
    with open_shard(upstream / "faces.h5", kind="faces") as faces:
        found = onset_landmarks(faces, "s1_a_1", size_px=SIDE)
    np.testing.assert_allclose(found, (landmarks_68(192) + 0.5) / 2 - 0.5, atol=1e-4)


def test_an_example_is_all_histograms_in_a_row(upstream):
    features = features_of("hoof")
    settings = HoofSettings(**{**plain(SETTINGS), "pairs": "successive"})
    with open_shard(made(upstream, "a.h5", settings), kind="hoof") as shard:
        row, histogram = features.read(shard, "s1_a_1"), shard.read("s1_a_1", "histogram")
    assert row.shape == (4 * 4,)
    np.testing.assert_array_equal(row[4:8], histogram[1, 0, 0])
