"""The flow stage: shards in, shards out; clips in order whatever the threads; bad clips in the exclusions."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import BadClipError
from merflow.stages.flow.head_motion import affine_field
from merflow.stages.flow.optical_flow import FlowSettings
from merflow.stages.flow.stage import compute_flow

SIZE = 64
IDENTITY = {"variant": "default", "dataset": "demo", "subject": "spNO.1", "params": {}, "code": "", "inputs": {}}


def face_landmarks():
    points = np.zeros((68, 2), dtype=np.float32)
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.column_stack([32 + 24 * np.cos(angle), 28 + 28 * np.sin(angle)])
    points[17:27] = np.column_stack([np.linspace(14, 50, 10), np.full(10, 20.0)])
    points[27:] = np.random.default_rng(0).uniform(20, 44, (41, 2))
    points[36], points[45] = (18, 26), (46, 26)
    return points


def add_clip(shard, clip, *, shift, roles=("onset", "apex"), landmarks=None):
    """Add a textured clip; each frame shows the content `shift` px further to the right than the one before."""
    noise = np.random.default_rng(len(clip)).normal(0, 1, (SIZE, SIZE + 20, 3))
    smooth = gaussian_filter(noise, (1.5, 1.5, 0))
    picture = np.clip(np.rint(128 + 40 * smooth / smooth.std()), 0, 255).astype(np.uint8)
    frames = np.stack([picture[:, 10 - shift * i : 10 - shift * i + SIZE] for i in range(len(roles))])
    points = face_landmarks() if landmarks is None else landmarks
    arrays = {
        "aligned_color": frames,
        "landmarks": np.stack([points] * len(roles)),
        "aligned_from_image": np.eye(2, 3),
    }
    attrs = {
        "frames": list(range(len(roles))),
        "roles": list(roles),
        "native_origin": [0, 0],
        "native_size": [SIZE, SIZE],
        "image_size": [SIZE, SIZE],
        "score": 2.0,
        "faces_found": 1,
        "notes": "",
    }
    shard.add(clip, arrays, attrs)


@pytest.fixture
def faces(tmp_path):
    """Three good clips; one with a frame between onset and apex."""
    path = tmp_path / "faces.h5"
    with ShardWriter(path, kind="faces", **IDENTITY) as shard:
        add_clip(shard, "spNO.1_a_1", shift=1)
        add_clip(shard, "spNO.1_b_22", shift=2)
        add_clip(shard, "spNO.1_c_333", shift=1, roles=("onset", "", "apex", "offset"))
    return path


def run(faces_path, out, settings=None, **options):
    with open_shard(faces_path, kind="faces") as faces, ShardWriter(out, kind="flow", **IDENTITY) as shard:
        compute_flow(faces, settings or FlowSettings(method="dis"), shard=shard, **options)
    return out


def test_each_clip_has_its_motion_from_onset_to_apex(faces, tmp_path):
    with open_shard(run(faces, tmp_path / "flow.h5", FlowSettings(head_motion="none")), kind="flow") as shard:
        assert shard.clips == ["spNO.1_a_1", "spNO.1_b_22", "spNO.1_c_333"]
        for clip, expected in zip(shard.clips, (1, 2, 2), strict=True):
            flow = shard.read(clip, "flow")
            assert flow.dtype == np.float32
            np.testing.assert_allclose(flow[:, 8:-8, 8:-8].mean(axis=(1, 2)), [expected, 0], atol=0.1)


def test_flow_is_head_and_expression(faces, tmp_path):
    with open_shard(run(faces, tmp_path / "flow.h5"), kind="flow") as shard:
        for clip in shard.clips:
            head = affine_field(shard.read(clip, "head_motion"), (SIZE, SIZE))
            total = shard.read(clip, "expression_flow").astype(float) + head
            np.testing.assert_allclose(total, shard.read(clip, "flow"), atol=1 / 512)  # two roundings
            face = np.s_[:, 24:48, 20:44]
            assert np.abs(shard.read(clip, "expression_flow")[face]).mean() < 0.1


def test_threads_change_no_byte(faces, tmp_path):
    one = run(faces, tmp_path / "one.h5", FlowSettings(), threads=1)
    two = run(faces, tmp_path / "two.h5", FlowSettings(), threads=2)
    assert one.read_bytes() == two.read_bytes()


def test_opencv_keeps_the_threads_it_had(faces, tmp_path):
    before = cv2.getNumThreads()
    run(faces, tmp_path / "flow.h5")
    assert cv2.getNumThreads() == before


@pytest.fixture
def faces_with_bad_clips(tmp_path):
    path = tmp_path / "bad.h5"
    with ShardWriter(path, kind="faces", **IDENTITY) as shard:
        add_clip(shard, "spNO.1_a_1", shift=1)
        add_clip(shard, "spNO.1_b_2", shift=1, roles=("onset", "offset"))
        add_clip(shard, "spNO.1_c_3", shift=1, landmarks=face_landmarks() / 50 + 31)  # a face of one pixel
    return path


def test_bad_clips_become_exclusions(faces_with_bad_clips, tmp_path):
    with open_shard(run(faces_with_bad_clips, tmp_path / "flow.h5"), kind="flow") as shard:
        assert shard.clips == ["spNO.1_a_1"]
        reasons = {row["clip"]: row["reason"] for row in shard.exclusions}
        assert {row["stage"] for row in shard.exclusions} == {"flow"}
    assert "role 'apex'" in reasons["spNO.1_b_2"]
    assert "at least 3 points" in reasons["spNO.1_c_3"]


def test_fail_stops_at_a_bad_clip_and_leaves_no_shard(faces_with_bad_clips, tmp_path):
    out = tmp_path / "flow.h5"
    with pytest.raises(BadClipError, match="role 'apex'"):
        run(faces_with_bad_clips, out, on_bad_clip="fail")
    assert not out.exists()
