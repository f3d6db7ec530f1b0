"""What the stages after the faces cost beyond the work that no way of doing them can leave out.

The reference of each stage is that work alone, in the same process and by the same functions: decoding, optical flow,
detection, one resampling of each picture, and writing the same arrays to a shard, with its compression, its checksums
and its reading back.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from benchmarks.timing import Case
from merflow.artefacts import Shard, ShardWriter, open_shard
from merflow.datasets.clip import Clip
from merflow.datasets.reading.frame_source import frames_of
from merflow.datasets.registry import index_dataset
from merflow.landmarks.alignment import warp_aligned
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.stage import extract_faces
from merflow.stages.flow.dense_flow import dense_flow
from merflow.stages.flow.optical_flow import FlowSettings
from merflow.stages.flow.stage import compute_flow
from merflow.stages.flow_images.settings import FlowImageSettings
from merflow.stages.flow_images.stage import make_flow_images
from merflow.stages.graphs.settings import GraphSettings
from merflow.stages.graphs.stage import build_graphs
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.stage import magnify_clips
from merflow.stages.sequences.settings import SequenceSettings
from merflow.stages.sequences.stage import frames_to_read, make_sequences
from merflow.synthesis.demo import generate_demo
from merflow.synthesis.settings import SynthesisSettings

CLIPS, PAIRS = 3, 5
Fill = Callable[[ShardWriter], None]
Made = dict[str, tuple[dict[str, NDArray[Any]], dict[str, Any]]]
"""Arrays and attributes of each clip of a shard."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A rendered subject and the shards that the stages here read."""

    folder: Path
    clips: Sequence[Clip]
    faces: Shard
    flow: Shard

    def shard(self, kind: str) -> ShardWriter:
        """Return a writer of a shard of this subject, with the settings of a run."""
        return _writer(self.folder, kind, self.clips[0].subject)

    @property
    def root(self) -> Path:
        """The recordings."""
        return self.folder / "raw"


def limit_cases() -> Iterator[Case]:
    """Yield the comparisons on the clips of a rendered subject; OpenCV runs on one thread, models are loaded before."""
    import cv2

    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        subject = _rendered(Path(name), stack)
        yield _sequences(subject)
        yield _flow_images(subject)
        yield _magnified(subject)
        magnified = stack.enter_context(open_shard(subject.folder / "magnified.h5", kind="magnified"))
        yield _graphs(subject, magnified)


def _sequences(subject: Subject) -> Case:
    settings = SequenceSettings()

    def stage(shard: ShardWriter) -> None:
        make_sequences(subject.faces, subject.clips, settings, root=subject.root, shard=shard)

    def least() -> None:
        for clip in subject.clips:
            source = frames_of(clip, subject.root)
            matrix = subject.faces.read(clip.id, "aligned_from_image")
            for number in frames_to_read(clip, list(source.numbers), settings):
                warp_aligned(source.read(number).rgb, matrix, size_px=settings.size_px)

    return _case(subject, "sequences", "decode, align and store its frames", stage, least)


def _flow_images(subject: Subject) -> Case:
    def stage(shard: ShardWriter) -> None:
        make_flow_images(subject.flow, FlowImageSettings(), shard=shard)

    def least() -> None:
        for clip in subject.clips:
            subject.flow.read(clip.id, "expression_flow")

    return _case(subject, "flow_images", "read the flow, store the pictures", stage, least)


def _magnified(subject: Subject) -> Case:
    settings = MagnificationSettings()

    def stage(shard: ShardWriter) -> None:
        magnify_clips(subject.faces, settings, shard=shard)

    def least() -> None:
        for clip in subject.clips:
            onset, *later = subject.faces.read(clip.id, "aligned_color")
            for frame in later:
                dense_flow(onset, frame, settings.flow)

    return _case(subject, "magnified", "one flow a frame, store the frames", stage, least)


def _graphs(subject: Subject, magnified: Shard) -> Case:
    settings = GraphSettings(copies=4)  # as the shipped variant
    detector = FaceDetector(FaceSettings(landmark_model=settings.landmark_model))

    def stage(shard: ShardWriter) -> None:
        build_graphs(magnified, settings, shard=shard)

    def least() -> None:
        for clip in subject.clips:
            onset, *later = magnified.read(clip.id, "magnified_color")
            for frame in later:
                dense_flow(onset, frame, settings.flow)
            for _ in range(1 + settings.copies):
                detector.landmarks(onset, detector.detect(onset))

    return _case(subject, "graphs", f"flows, {1 + settings.copies} detections, store", stage, least)


def _case(subject: Subject, kind: str, reference: str, stage: Fill, least: Callable[[], None]) -> Case:
    """Return a stage with its shard against `least` and a shard of the same arrays; that of the stage is there."""
    made = _made(subject, kind, stage)

    def whole() -> None:
        with subject.shard(kind) as shard:
            stage(shard)

    def needed() -> None:
        least()
        with subject.shard(f"{kind}_stored") as shard:
            for clip, (arrays, attrs) in made.items():
                shard.add(clip, arrays, attrs)

    return Case(f"{kind} of {len(made)} clips", reference, whole, needed, pairs=PAIRS)


def _made(subject: Subject, kind: str, stage: Fill) -> Made:
    with subject.shard(kind) as shard:
        stage(shard)
    with open_shard(subject.folder / f"{kind}.h5", kind=kind) as written:
        return {
            clip: ({name: written.read(clip, name) for name in written.fields(clip)}, dict(written.attrs(clip)))
            for clip in written.clips
        }


def _rendered(folder: Path, stack: ExitStack) -> Subject:
    generate_demo(folder / "raw", SynthesisSettings(n_subjects=1, clips=CLIPS))
    clips = index_dataset("demo", "casme3", {"root": str(folder / "raw")}).clips
    with _writer(folder, "faces", clips[0].subject) as shard:
        extract_faces(
            clips, FaceSettings(frames=("onset", "apex", "offset"), depth=False), root=folder / "raw", shard=shard
        )
    faces = stack.enter_context(open_shard(folder / "faces.h5", kind="faces"))
    with _writer(folder, "flow", clips[0].subject) as shard:
        compute_flow(faces, FlowSettings(), shard=shard)
    return Subject(folder, clips, faces, stack.enter_context(open_shard(folder / "flow.h5", kind="flow")))


def _writer(folder: Path, kind: str, subject: str) -> ShardWriter:
    return ShardWriter(
        folder / f"{kind}.h5", kind=kind.removesuffix("_stored"), variant="v", dataset="demo", subject=subject,
        params={}, code="", inputs={},
    )  # fmt: skip
