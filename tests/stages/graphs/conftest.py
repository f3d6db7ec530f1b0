"""What the graph tests share: aligned frames of the demo as a magnified shard, and the landmark detector."""

import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.registry import index_dataset
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import ROLES, FaceSettings
from merflow.stages.faces.stage import extract_faces

IDENTITY = {"dataset": "demo", "subject": "spNO.1", "params": {}, "code": "", "inputs": {}}
ATTRS = {"frames": [3, 9, 15], "roles": list(ROLES), "factor": 1.0, "notes": ""}


@pytest.fixture(scope="session")
def detector():
    return FaceDetector(FaceSettings())


@pytest.fixture(scope="session")
def faces(tiny_demo, tmp_path_factory):
    """Faces shard of one subject: three clips, onset, apex and offset."""
    path = tmp_path_factory.mktemp("graphs") / "spNO.1.h5"
    clips = [
        clip for clip in index_dataset("demo", "casme3", {"root": str(tiny_demo)}).clips if clip.subject == "spNO.1"
    ]
    with ShardWriter(path, kind="faces", variant="three_frames", **IDENTITY) as shard:
        extract_faces(clips, FaceSettings(frames=ROLES, depth=False), root=tiny_demo, shard=shard, on_bad_clip="fail")
    return path


@pytest.fixture(scope="session")
def frames(faces):
    """Onset, apex and offset of one clip, (3, 256, 256, 3)."""
    with open_shard(faces, kind="faces") as shard:
        found = shard.read(shard.clips[0], "aligned_color")
    found.setflags(write=False)
    return found


@pytest.fixture
def write_magnified(tmp_path):
    """Write a magnified shard from frames and attributes by clip."""

    def write(clips, name="magnified.h5"):
        path = tmp_path / name
        with ShardWriter(path, kind="magnified", variant="still", **IDENTITY) as shard:
            for clip, (frames, attrs) in clips.items():
                arrays = {"magnified_color": frames, "head_motion": np.zeros((len(frames), 2, 3))}
                shard.add(clip, arrays, {**ATTRS, **attrs})
        return path

    return write


@pytest.fixture(scope="session")
def magnified(faces, tmp_path_factory):
    """Magnified shard of the subject whose frames are the aligned ones: nothing is taken off, nothing magnified."""
    path = tmp_path_factory.mktemp("graphs") / "magnified.h5"
    with (
        open_shard(faces, kind="faces") as source,
        ShardWriter(path, kind="magnified", variant="still", **IDENTITY) as shard,
    ):
        for clip in source.clips:
            attrs = {**ATTRS, "frames": source.attrs(clip)["frames"]}
            arrays = {"magnified_color": source.read(clip, "aligned_color"), "head_motion": np.zeros((3, 2, 3))}
            shard.add(clip, arrays, attrs)
    return path
