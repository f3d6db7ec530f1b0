"""The magnification stage: shards in, shards out; the onset as it is; bad clips in the exclusions."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, shift

from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import BadClipError
from merflow.stages.flow.head_motion import affine_field
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.stage import magnify_clips

SIZE = 64
IDENTITY = {"variant": "default", "dataset": "demo", "subject": "spNO.1", "params": {}, "code": "", "inputs": {}}
ROLES = ("onset", "apex", "offset")


def face_landmarks():
    points = np.zeros((68, 2), dtype=np.float32)
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.column_stack([32 + 24 * np.cos(angle), 28 + 28 * np.sin(angle)])
    points[17:27] = np.column_stack([np.linspace(14, 50, 10), np.full(10, 20.0)])
    points[27:] = np.random.default_rng(0).uniform(20, 44, (41, 2))
    points[36], points[45] = (18, 26), (46, 26)
    return points


def add_clip(shard, clip, *, shift_px, roles=ROLES, landmarks=None, grey=False):
    """Add a textured clip whose content moves right: 0 on the onset, `shift_px` on the next frame, half of it later."""
    noise = np.random.default_rng(len(clip)).normal(0, 1, (SIZE, SIZE, 1 if grey else 3))
    smooth = gaussian_filter(noise, (1.5, 1.5, 0))
    picture = np.broadcast_to(128 + 40 * smooth / smooth.std(), (SIZE, SIZE, 3))
    moved = [shift(picture, (0, d, 0), order=3, mode="nearest") for d in (0, shift_px, shift_px / 2)[: len(roles)]]
    frames = np.clip(np.rint(np.stack(moved)), 0, 255).astype(np.uint8)
    points = face_landmarks() if landmarks is None else landmarks
    arrays = {
        "aligned_color": frames,
        "landmarks": np.stack([points] * len(roles)),
        "aligned_from_image": np.eye(2, 3),
    }
    attrs = {
        "frames": [10, 15, 20][: len(roles)],
        "roles": list(roles),
        "native_origin": [0, 0],
        "native_size": [SIZE, SIZE],
        "image_size": [SIZE, SIZE],
        "score": 2.0,
        "faces_found": 1,
        "notes": "wears glasses",
    }
    shard.add(clip, arrays, attrs)


@pytest.fixture
def faces(tmp_path):
    path = tmp_path / "faces.h5"
    with ShardWriter(path, kind="faces", **IDENTITY) as shard:
        add_clip(shard, "spNO.1_a_1", shift_px=0.5)
        add_clip(shard, "spNO.1_b_22", shift_px=1.0, grey=True)
    return path


def run(faces_path, out, settings=None, **options):
    with open_shard(faces_path, kind="faces") as faces, ShardWriter(out, kind="magnified", **IDENTITY) as shard:
        magnify_clips(faces, settings or MagnificationSettings(), shard=shard, **options)
    return out


def test_each_clip_has_its_frames_and_says_which_they_are(faces, tmp_path):
    with open_shard(run(faces, tmp_path / "out.h5"), kind="magnified") as shard:
        assert shard.clips == ["spNO.1_a_1", "spNO.1_b_22"]
        for clip in shard.clips:
            attrs = shard.attrs(clip)
            assert attrs["roles"] == list(ROLES)
            assert attrs["frames"] == [10, 15, 20]
            assert attrs["factor"] == 3
            assert attrs["notes"] == "wears glasses"
            assert shard.read(clip, "magnified_color").shape == (3, SIZE, SIZE, 3)


@pytest.mark.parametrize("method", ["phase", "linear", "flow_warp", "none"])
def test_the_onset_is_kept_as_it_is(faces, tmp_path, method):
    out = run(faces, tmp_path / "out.h5", MagnificationSettings(method=method))
    with open_shard(out, kind="magnified") as shard, open_shard(faces, kind="faces") as before:
        for clip in shard.clips:
            onset = before.read(clip, "aligned_color")[0]
            np.testing.assert_array_equal(shard.read(clip, "magnified_color")[0], onset)
            np.testing.assert_array_equal(shard.read(clip, "head_motion")[0], np.zeros((2, 3)))


def test_motion_of_the_whole_picture_is_the_heads_and_comes_off(faces, tmp_path):
    with open_shard(run(faces, tmp_path / "out.h5"), kind="magnified") as shard:
        for clip, shift_px in (("spNO.1_a_1", 0.5), ("spNO.1_b_22", 1.0)):
            head = [affine_field(matrix, (SIZE, SIZE))[:, 24:48, 20:44] for matrix in shard.read(clip, "head_motion")]
            for found, expected in zip(head, (0, shift_px, shift_px / 2), strict=True):
                np.testing.assert_allclose(found[0], expected, atol=0.05)
                np.testing.assert_allclose(found[1], 0, atol=0.05)
            onset, *later = shard.read(clip, "magnified_color").astype(float)[:, 20:48, 16:48]
            assert all(np.abs(frame - onset).mean() < 3 for frame in later)


def test_without_head_motion_the_whole_picture_is_magnified(faces, tmp_path):
    out = run(faces, tmp_path / "out.h5", MagnificationSettings(head_motion="none"))
    with open_shard(out, kind="magnified") as shard:
        assert not shard.read("spNO.1_b_22", "head_motion").any()
        onset, apex, _ = shard.read("spNO.1_b_22", "magnified_color").astype(float)
    inner = np.s_[12:-12, 12:-12]
    right = np.abs(apex - np.roll(onset, 3, axis=1))[inner].mean()
    assert right < 3
    assert right < 0.2 * np.abs(apex - np.roll(onset, 1, axis=1))[inner].mean()


def test_grey_clips_stay_grey(faces, tmp_path):
    with open_shard(run(faces, tmp_path / "out.h5", MagnificationSettings(method="phase")), kind="magnified") as shard:
        frames = shard.read("spNO.1_b_22", "magnified_color")
    np.testing.assert_array_equal(frames, frames[..., :1].repeat(3, axis=-1))


def test_head_motion_alone_has_the_factor_one(faces, tmp_path):
    out = run(faces, tmp_path / "out.h5", MagnificationSettings(method="none"))
    with open_shard(out, kind="magnified") as shard:
        assert shard.attrs("spNO.1_a_1")["factor"] == 1


def test_two_runs_write_the_same_bytes_and_opencv_keeps_its_threads(faces, tmp_path):
    before = cv2.getNumThreads()
    first, second = run(faces, tmp_path / "one.h5"), run(faces, tmp_path / "two.h5")
    assert first.read_bytes() == second.read_bytes()
    assert cv2.getNumThreads() == before


@pytest.fixture
def faces_with_bad_clips(tmp_path):
    path = tmp_path / "bad.h5"
    with ShardWriter(path, kind="faces", **IDENTITY) as shard:
        add_clip(shard, "spNO.1_a_1", shift_px=1)
        add_clip(shard, "spNO.1_b_2", shift_px=1, roles=("apex", "offset"))
        add_clip(shard, "spNO.1_c_3", shift_px=1, landmarks=face_landmarks() / 50 + 31)  # a face of one pixel
        add_clip(shard, "spNO.1_d_4", shift_px=1, roles=("onset",))
    return path


def test_bad_clips_become_exclusions(faces_with_bad_clips, tmp_path):
    with open_shard(run(faces_with_bad_clips, tmp_path / "out.h5"), kind="magnified") as shard:
        assert shard.clips == ["spNO.1_a_1"]
        reasons = {row["clip"]: row["reason"] for row in shard.exclusions}
        assert {row["stage"] for row in shard.exclusions} == {"magnified"}
    assert "role 'onset'" in reasons["spNO.1_b_2"]
    assert "at least 3 points" in reasons["spNO.1_c_3"]
    assert "found the onset alone" in reasons["spNO.1_d_4"]


def test_fail_stops_at_a_bad_clip_and_leaves_no_shard(faces_with_bad_clips, tmp_path):
    out = tmp_path / "out.h5"
    with pytest.raises(BadClipError, match="role 'onset'"):
        run(faces_with_bad_clips, out, on_bad_clip="fail")
    assert not out.exists()
