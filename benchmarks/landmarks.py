"""From aligned frames to a landmark graph: magnification by method, and landmarks followed or detected."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Case
from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.registry import index_dataset
from merflow.models.magnifier import ARCHITECTURE, MotionMagnifier
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.stage import extract_faces
from merflow.stages.flow.dense_flow import dense_flow
from merflow.stages.graphs.settings import GraphSettings
from merflow.stages.graphs.stage import graph_of_clip
from merflow.stages.magnified.methods import METHODS, magnify
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.synthesis.demo import generate_demo
from merflow.synthesis.settings import SynthesisSettings
from merflow.training.checkpoint import save_weights

DEFAULT = MagnificationSettings().method


def landmark_cases() -> Iterator[Case]:
    """Yield the comparisons on onset, apex and offset of a rendered clip; OpenCV runs on one thread."""
    import cv2

    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        yield from _cases(_aligned_frames(Path(folder)), _untrained_magnifier(Path(folder)))


def _cases(frames: NDArray[np.uint8], weights: Path) -> Iterator[Case]:
    onset, apex = frames[:2]
    flow = MagnificationSettings().flow

    def magnified(method: str) -> object:
        settings = MagnificationSettings(method=method, weights=str(weights))  # type: ignore[arg-type]  # one of METHODS
        return magnify(onset, apex, settings)

    yield Case(
        f"magnify a frame, {DEFAULT} (default)",
        "its optical flow alone",
        partial(magnified, DEFAULT),
        lambda: dense_flow(onset, apex, flow),
    )
    for method in sorted(set(METHODS) - {DEFAULT, "none"}):
        yield Case(f"magnify a frame, {method}", DEFAULT, partial(magnified, method), partial(magnified, DEFAULT))
    detector = FaceDetector(FaceSettings())
    yield Case(
        "landmarks of a clip, followed (default)",
        "detected in every frame: less exact",
        lambda: graph_of_clip(frames, GraphSettings(landmarks="tracked", copies=0), detector, clip="s"),
        lambda: graph_of_clip(frames, GraphSettings(landmarks="detected", copies=0), detector, clip="s"),
    )


def _untrained_magnifier(folder: Path) -> Path:
    """Write fresh weights for the method ``learned``: its time does not depend on them."""
    net = MotionMagnifier()
    path = folder / "magnifier.pt"
    save_weights(path, net.state_dict(), {"model": ARCHITECTURE, "model_params": net.params})
    return path


def _aligned_frames(folder: Path) -> NDArray[np.uint8]:
    """Render one clip and return its aligned faces (3, S, S, 3)."""
    generate_demo(folder / "raw", SynthesisSettings(n_subjects=1, clips=1))
    clips = index_dataset("demo", "casme3", {"root": str(folder / "raw")}).clips
    settings = FaceSettings(frames=("onset", "apex", "offset"), depth=False)
    who = {"kind": "faces", "variant": "v", "dataset": "demo", "subject": clips[0].subject}
    with ShardWriter(folder / "faces.h5", params={}, code="", inputs={}, **who) as writer:
        extract_faces(clips, settings, root=folder / "raw", shard=writer)
    with open_shard(folder / "faces.h5", kind="faces") as shard:
        frames: NDArray[np.uint8] = shard.read(clips[0].id, "aligned_color")
        return frames
