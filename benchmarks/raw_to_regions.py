"""From recorded frames to region points: the five stages with their shards against a plain script."""

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.plain_script import PlainScript
from benchmarks.timing import Case
from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.clip import Clip
from merflow.datasets.registry import index_dataset
from merflow.stages.clouds.point_cloud import CloudSettings
from merflow.stages.clouds.stage import build_clouds
from merflow.stages.depth_flow.depth_change import DepthFlowSettings
from merflow.stages.depth_flow.stage import compute_depth_flow
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.stage import extract_faces
from merflow.stages.flow.optical_flow import FlowSettings
from merflow.stages.flow.stage import compute_flow
from merflow.stages.regions.region_points import RegionSettings
from merflow.stages.regions.stage import sample_regions
from merflow.synthesis.demo import generate_demo
from merflow.synthesis.settings import SynthesisSettings

CLIPS = 3


def raw_to_regions_cases() -> Iterator[Case]:
    """Yield the comparisons on the clips of a rendered subject; OpenCV runs on one thread, models are loaded before."""
    import cv2

    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "raw"
        generate_demo(root, SynthesisSettings(n_subjects=1, clips=CLIPS))
        clips = index_dataset("demo", "casme3", {"root": str(root)}).clips
        peer = PlainScript(root)
        for compression in ("gzip", "zstd"):
            yield Case(
                f"raw to regions, {len(clips)} clips, {compression}",
                "a plain script: every frame, no store",
                partial(stages, clips, root, Path(folder), compression),
                lambda: [peer.regions(clip) for clip in clips],
                pairs=3,
            )


def stages(clips: Sequence[Clip], root: Path, folder: Path, compression: str) -> None:
    """Compute the five shards of one subject, each from those before it as they lie on the disk."""

    def write(kind: str) -> ShardWriter:
        return ShardWriter(
            folder / f"{kind}.h5", kind=kind, variant="v", dataset="demo", subject=clips[0].subject, params={}, code="",
            inputs={}, compression=compression,
        )  # fmt: skip

    with write("faces") as shard:
        extract_faces(clips, FaceSettings(), root=root, shard=shard)
    with open_shard(folder / "faces.h5", kind="faces") as faces:
        with write("flow") as shard:
            compute_flow(faces, FlowSettings(), shard=shard)
        with open_shard(folder / "flow.h5", kind="flow") as flow:
            with write("depth_flow") as shard:
                compute_depth_flow(faces, flow, DepthFlowSettings(), shard=shard)
            with open_shard(folder / "depth_flow.h5", kind="depth_flow") as change, write("clouds") as shard:
                build_clouds(faces, flow, change, CloudSettings(), shard=shard)
        with open_shard(folder / "clouds.h5", kind="clouds") as clouds, write("regions") as shard:
            sample_regions(faces, clouds, RegionSettings(), shard=shard)
