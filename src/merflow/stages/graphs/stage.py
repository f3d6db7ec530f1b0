"""Graphs: landmarks of onset, apex and offset of each clip, joined over space and time, from a subject's frames."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.errors import BadClipError
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import ROLES, FaceSettings
from merflow.stages.flow.dense_flow import dense_flow
from merflow.stages.flow.grey import Flow
from merflow.stages.graphs.copies import cropped_copies, inside_copies
from merflow.stages.graphs.landmarks import Frames, eye_distance_px, find_landmarks, outside, refuse_outside
from merflow.stages.graphs.node_sets import node_set, space_time_edge_index
from merflow.stages.graphs.settings import GraphSettings

STAGE = "graphs"


def build_graphs(
    magnified: Shard, settings: GraphSettings, *, shard: ShardWriter, on_bad_clip: OnBadClip = "exclude"
) -> None:
    """Write the graphs shard of one subject.

    Parameters
    ----------
    magnified : Shard
        Open shard of kind ``magnified`` that holds onset, apex and offset of each clip.
    settings : GraphSettings
        Everything that decides the numbers.
    shard : ShardWriter
        Open shard of kind ``graphs``.
    on_bad_clip : {"exclude", "fail"}
        A clip that lacks one of the three frames, on whose onset no face is found, or a node of which lies outside the
        frame becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    ConfigError
        When the landmark model is missing or unreadable.
    """
    detector = FaceDetector(FaceSettings(landmark_model=settings.landmark_model))

    def compute(clip: str) -> ClipData:
        frames, numbers, notes = _read_frames(magnified, clip)
        arrays, attrs, own = graph_of_clip(frames, settings, detector, clip=clip)
        texts = [text for text in (notes, *own) if text]
        return arrays, {**attrs, "frames": numbers, "roles": list(ROLES), "notes": "; ".join(texts)}

    add_clips_of([magnified], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def graph_of_clip(
    frames: Frames, settings: GraphSettings, detector: FaceDetector, *, clip: str
) -> tuple[dict[str, NDArray[Any]], dict[str, Any], list[str]]:
    """Compute the graph of one clip.

    Parameters
    ----------
    frames : ndarray of shape (3, S, S, 3), uint8
        Onset, apex and offset.
    settings : GraphSettings
    detector : FaceDetector
    clip : str
        Clip id, which the crops of the copies are drawn from.

    Returns
    -------
    arrays : dict of str to ndarray
        As a ``graphs`` shard holds them.
    attrs : dict
        ``aligned_size`` and ``interocular_px``.
    notes : list of str
        What a person should know.

    Raises
    ------
    BadClipError
        When no face is found on the onset, or a node lies outside the frame.
    """
    size, chosen = frames.shape[1], node_set(settings.nodes)
    nodes = list(chosen.landmarks)
    flows = _flows_to_follow(frames, settings)
    landmarks = find_landmarks(frames, flows, detector)
    refuse_outside(landmarks[:, nodes], chosen.landmarks, ROLES, size_px=size)
    arrays = {
        "landmarks": landmarks,
        "position": landmarks[:, nodes],
        "node": np.array(nodes),
        "neighbour": chosen.neighbour(),
        "edge_index": space_time_edge_index(chosen.edges(), nodes=len(nodes), frames=len(frames)),
    }
    copies = inside_copies(cropped_copies(frames, flows, detector, settings, clip=clip)[:, :, nodes], size)
    if len(copies):
        arrays["copies"] = copies
    attrs = {"aligned_size": size, "interocular_px": eye_distance_px(landmarks[0])}
    return arrays, attrs, _notes(landmarks, size=size, wanted=settings.copies, found=len(copies))


def _flows_to_follow(frames: Frames, settings: GraphSettings) -> list[Flow] | None:
    """Return the flow from the onset to each later frame; None where landmarks are detected in every frame."""
    if settings.landmarks == "detected":
        return None
    return [dense_flow(frames[0], frame, settings.flow) for frame in frames[1:]]


def _notes(landmarks: NDArray[np.float32], *, size: int, wanted: int, found: int) -> list[str]:
    notes = []
    n_outside = int(outside(landmarks, size).any(axis=0).sum())
    if n_outside:
        notes.append(f"{n_outside} of 68 landmarks, none of them a node, outside the aligned frame")
    if found < wanted:
        notes.append(f"{found} of {wanted} copies: no face found in the other crops, or a node outside the frame")
    return notes


def _read_frames(magnified: Shard, clip: str) -> tuple[Frames, list[int], str]:
    """Return onset, apex and offset, their frame numbers, and what the stage before noted."""
    attrs: Mapping[str, Any] = magnified.attrs(clip)
    roles = [str(role) for role in attrs["roles"]]
    missing = [role for role in ROLES if role not in roles]
    if missing:
        raise BadClipError(
            f"expected frames with the roles {', '.join(ROLES)}, but {' and '.join(missing)} is not there: found "
            f"{roles}. Compute it from a faces variant with frames: [{', '.join(ROLES)}]"
        )
    order = [roles.index(role) for role in ROLES]
    frames = magnified.read(clip, "magnified_color")[order]
    return frames, [int(attrs["frames"][i]) for i in order], str(attrs["notes"])
