"""A small dataset with its index and shards: three subjects with two clips each, of which one has no label."""

from pathlib import Path

import numpy as np
import pytest
from tests import picture_fixtures as made

from merflow import paths
from merflow.artefacts import ShardWriter
from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import write_clips, write_exclusions
from merflow.stages.flow_images.images import flow_image
from merflow.stages.flow_images.settings import FlowImageSettings

CLIPS = {
    "spNO.1_a_10": "disgust",
    "spNO.1_b_10": "happiness",
    "spNO.2_a_10": "surprise",
    "spNO.2_b_10": "others",
    "spNO.10_a_10": "fear",
    "spNO.10_b_10": "surprise",
}
"""Emotion of each clip; ``others`` is outside emotion3."""
LOST = "spNO.2_c_3"
"""Clip that the faces stage left out, and all that read it."""


def clip_of(clip, emotion, **changes):
    subject, video, onset = clip.split("_")
    return Clip(**{
        "dataset": "demo", "subject": subject, "video": video, "part": "A", "expression": "micro",
        "onset": int(onset), "apex": int(onset) + 6, "offset": int(onset) + 8, "fps": 30.0, "aus": "12",
        "emotion": emotion, "objective": "I", "color": "c", "depth": "d", "notes": "",
    } | changes)  # fmt: skip


def flow_of(clip, size=made.SIZE):
    """Return a flow (2, size, size) that is another for each clip."""
    rng = np.random.default_rng(list(CLIPS).index(clip))
    return made.smile_flow(size) * rng.uniform(0.5, 1.5, (2, 1, 1))


def faces_of(clip):
    color = np.stack([made.painted_face(made.SIZE), made.painted_face(made.SIZE, 1.0 + list(CLIPS).index(clip))])
    return made.faces_arrays() | {"aligned_color": color}


def shards_of(clip):
    """Return the arrays and attributes of a clip by kind."""
    flow, image = flow_of(clip), flow_image(flow_of(clip), FlowImageSettings())
    head = {"expression_flow": flow, "head_motion": np.zeros((2, 3))}
    notes = {"notes": ""}
    return {
        "faces": (faces_of(clip), made.FACES_ATTRS),
        "flow": ({"flow": flow + 0.5, **head}, {}),
        "flow_images": ({"image": image.image, "range": image.range}, notes),
        "clouds": (made.cloud_arrays(), {"camera": [900.0, 900.0, 160.0, 120.0]}),
        "sequences": (made.sequence_arrays(), made.SEQUENCE_ATTRS),
        "lbp_top": (made.lbp_top_arrays(), {"n_frames": 5, **notes}),
        "hoof": (made.hoof_arrays(flow), notes),
        "meshes": (holed(made.mesh_arrays()), made.MESH_ATTRS),
    }


def holed(arrays):
    """Return meshes that lack a vertex in their second frame."""
    vertices = arrays["vertices"].copy()
    vertices[400 + 210] = np.nan
    return arrays | {"vertices": vertices}


ABOVE = {
    "flow": "faces", "flow_images": "flow", "clouds": "depth_flow", "sequences": "faces", "lbp_top": "sequences",
    "hoof": "sequences",
}  # fmt: skip


def write_subject(root, kind, subject, clips, *, variant="default", settings=None, inputs=None):
    path = root / paths.shard("demo", kind, variant, subject)
    params = {ABOVE[kind]: "default"} if kind in ABOVE else {}
    names = {"kind": kind, "variant": variant, "dataset": "demo", "subject": subject}
    with ShardWriter(path, **names, params=params | (settings or {}), code="c0de", inputs=inputs or {}) as shard:
        for clip in clips:
            shard.add(clip, *shards_of(clip)[kind])
        if subject == "spNO.2":
            shard.exclude(LOST, stage="faces", reason="no face", source="3.jpg")
    return path


def write_dataset(root: Path, kinds) -> Path:
    """Write index and shards; return ``results/demo``."""
    index = [clip_of(clip, emotion) for clip, emotion in CLIPS.items()] + [clip_of(LOST, "anger")]
    write_clips(index, root / paths.clips("demo"))
    absent = {"clip": "spNO.1_z_9", "subject": "spNO.1", "stage": "index", "reason": "no folder", "source": "a.xlsx"}
    write_exclusions([absent], root / paths.exclusions("demo"))
    for kind in kinds:
        for subject in dict.fromkeys(clip.split("_")[0] for clip in CLIPS):
            write_subject(root, kind, subject, [clip for clip in CLIPS if clip.startswith(f"{subject}_")])
    return root / "results/demo"


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """``results/demo`` with one variant of each kind that is exported. Only read it."""
    return write_dataset(tmp_path_factory.mktemp("export"), ["faces", "meshes", *ABOVE])
