"""Thumbnails: onset, apex and expression flow of each clip as one small picture inside a page."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import open_shard
from merflow.drawing.flow_colours import flow_over_face
from merflow.drawing.upstream import frame_index

SIZE_PX = 128
QUALITY = 80

Shards = Mapping[tuple[str, str], Sequence[Path]]
"""By kind and variant: one shard a subject."""


def thumbnails(shards: Shards, subject: int) -> dict[str, str]:
    """Return the pictures of one subject's clips as data URIs; none where the faces are not built.

    Parameters
    ----------
    shards : mapping
        By kind and variant: one shard a subject, in one order.
    subject : int
        Position of the subject.
    """
    paths = {kind: own[subject] for (kind, _), own in shards.items()}
    if "faces" not in paths:
        return {}
    pictures: dict[str, list[NDArray[np.uint8]]] = {}
    with open_shard(paths["faces"], kind="faces") as faces:
        for clip in faces.clips:
            roles = [str(role) for role in faces.attrs(clip)["roles"]]
            color = faces.read(clip, "aligned_color")
            pictures[clip] = [small(color[frame_index(roles, role)]) for role in ("onset", "apex")]
    if "flow" in paths:
        with open_shard(paths["flow"], kind="flow") as flow:
            for clip in set(flow.clips) & set(pictures):
                moved = small(flow.read(clip, "expression_flow").transpose(1, 2, 0))
                pictures[clip].append(flow_over_face(moved.transpose(2, 0, 1), pictures[clip][0]))
    return {clip: data_uri(np.concatenate(own, axis=1)) for clip, own in pictures.items()}


def small(picture: NDArray[Any]) -> NDArray[Any]:
    """Return a square picture (S, S, channels) at the size of a thumbnail, averaged over areas."""
    import cv2

    return np.asarray(cv2.resize(picture, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_AREA))


def data_uri(picture: NDArray[Any]) -> str:
    """Return an RGB picture as a JPEG inside an address."""
    import cv2

    _, encoded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return f"data:image/jpeg;base64,{base64.b64encode(encoded.tobytes()).decode('ascii')}"
