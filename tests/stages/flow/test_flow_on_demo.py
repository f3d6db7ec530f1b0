"""The flow stage on the demo, against its exact motion: the figures that the documentation promises."""

from dataclasses import replace

import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.registry import index_dataset
from merflow.landmarks.alignment import transform_points
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.stage import extract_faces
from merflow.stages.flow.head_motion import FaceMotion, remove_head_motion
from merflow.stages.flow.optical_flow import FlowSettings
from merflow.stages.flow.stage import compute_flow
from merflow.verification.flow_error import measure_flow

IDENTITY = {"variant": "default", "dataset": "demo", "subject": "all", "params": {}, "code": "", "inputs": {}}


@pytest.fixture(scope="module")
def shards(tiny_demo, tmp_path_factory):
    """Paths of a faces and a flow shard with every clip of the tiny demo."""
    folder = tmp_path_factory.mktemp("flow")
    clips = [replace(clip, depth="") for clip in index_dataset("demo", "casme3", {"root": str(tiny_demo)}).clips]
    with ShardWriter(folder / "faces.h5", kind="faces", **IDENTITY) as shard:
        extract_faces(clips, FaceSettings(), root=tiny_demo, shard=shard)
    with (
        open_shard(folder / "faces.h5", kind="faces") as faces,
        ShardWriter(folder / "flow.h5", kind="flow", **IDENTITY) as shard,
    ):
        compute_flow(faces, FlowSettings(), shard=shard)
    return folder / "faces.h5", folder / "flow.h5"


def measured(shards, root, method):
    """Mean of each figure over the clips, with the head motion of `method`."""
    rows = []
    with open_shard(shards[0], kind="faces") as faces, open_shard(shards[1], kind="flow") as flows:
        assert len(flows.clips) == 6
        for clip in flows.clips:
            flow, matrix = flows.read(clip, "flow"), faces.read(clip, "aligned_from_image")
            landmarks = faces.read(clip, "landmarks")
            aligned = transform_points(matrix, landmarks)
            expression, _ = remove_head_motion(FaceMotion(flow.astype(np.float32), aligned[0], aligned[1]), method)
            with np.load(root / "gt" / f"{clip}.npz") as truth:
                found = measure_flow(
                    flow,
                    expression,
                    truth=truth["flow"][:2],
                    expression_truth=truth["expression_flow"][:2],
                    visible=truth["vis"],
                    origin=(int(truth["bbox"][0]), int(truth["bbox"][1])),
                    landmarks=landmarks[0],
                    aligned_from_image=matrix,
                )
            rows.append((found.motion_px, found.flow_error_px, found.expression_px, found.expression_error_px))
    return dict(zip(("motion", "flow_error", "expression", "expression_error"), np.mean(rows, axis=0), strict=True))


def test_flow_error_is_below_a_fifth_of_a_pixel(shards, tiny_demo):
    found = measured(shards, tiny_demo, "robust_affine")
    assert found["flow_error"] < 0.2  # 0.11 over the whole demo
    assert found["flow_error"] < found["motion"] / 2


def test_robust_affine_leaves_the_expression(shards, tiny_demo):
    found = measured(shards, tiny_demo, "robust_affine")
    assert found["expression_error"] < 0.15  # 0.10 over the whole demo
    assert found["expression_error"] < 0.7 * found["expression"]


def test_the_printed_way_is_worse_than_leaving_the_head_in(shards, tiny_demo):
    errors = {m: measured(shards, tiny_demo, m)["expression_error"] for m in ("robust_affine", "none", "keypoints")}
    assert errors["robust_affine"] < errors["none"] < errors["keypoints"]
