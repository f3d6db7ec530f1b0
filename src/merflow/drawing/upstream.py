"""Upstream: find the shards that a shard was computed from, which show the face.

A shard's settings name the variant of the kind before it (``clouds: {depth_flow: denoised}``), and the path scheme of
``merflow.paths`` says where that lies: three folders up, then kind, variant and the same subject.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import KINDS, Shard, open_shard
from merflow.drawing.native_grid import on_native_grid
from merflow.errors import ArtefactError
from merflow.landmarks.alignment import transform_points
from merflow.landmarks.outline import face_mask
from merflow.paths import is_place_of_shard

Upstream = Mapping[str, Shard]


def upstream_path(shard: Shard, kind: str) -> Path | None:
    """Return where the shard of an upstream kind belongs, or None when the settings do not name its variant."""
    variant = shard.params.get(kind)
    if kind not in KINDS or not isinstance(variant, str) or "/" in variant or variant == "..":
        return None
    return shard.path.parents[2] / kind / variant / shard.path.name


@contextmanager
def open_upstream(shard: Shard) -> Iterator[dict[str, Shard]]:
    """Open every shard further up the chain that is there.

    Parameters
    ----------
    shard : Shard
        Open shard, at its place in the results folder.

    Yields
    ------
    dict of str to Shard
        By kind. A file that is missing ends its branch of the chain: pictures are then drawn without it. So does one
        outside a results folder that is of another subject or dataset.

    Raises
    ------
    ArtefactError
        When a file of a results folder is damaged or not what its place says: a picture without it would look whole.
    """
    found: dict[str, Shard] = {}
    with ExitStack() as stack:
        todo = [shard]
        while todo:
            current = todo.pop()
            for kind in KINDS:
                path = upstream_path(current, kind)
                if path is None or kind in found or not path.is_file():
                    continue
                who = {"dataset": shard.dataset, "subject": shard.subject, "variant": path.parent.name}
                try:
                    found[kind] = stack.enter_context(open_shard(path, kind=kind, **who))
                except ArtefactError:  # the picture says that it has no background; `merflow inspect` says why
                    if is_place_of_shard(path):
                        raise
                    continue
                todo.append(found[kind])
        yield found


def find_field(upstream: Upstream, kind: str, clip: str, field: str) -> NDArray[Any] | None:
    """Return one array of an upstream shard, or None when shard, clip or field is not there."""
    shard = upstream.get(kind)
    if shard is None or clip not in shard or not shard.has(clip, field):
        return None
    return shard.read(clip, field)


def frame_index(roles: list[str], role: str) -> int:
    """Return the position of a role; where there is no apex the last frame stands in, as for clips without one."""
    if role in roles:
        return roles.index(role)
    return 0 if role == "onset" else len(roles) - 1


def aligned_face(upstream: Upstream, clip: str, role: str) -> NDArray[np.uint8] | None:
    """Return the aligned face (S, S, 3) of one role of a clip, or None when the faces shard is not there."""
    images = find_field(upstream, "faces", clip, "aligned_color")
    if images is None:
        return None
    return np.asarray(images[frame_index(upstream["faces"].attrs(clip)["roles"], role)], dtype=np.uint8)


def native_face(upstream: Upstream, clip: str, role: str) -> NDArray[np.uint8] | None:
    """Return the face (h, w, 3) of one role on the grid of the native crop, or None without the faces shard."""
    face = aligned_face(upstream, clip, role)
    if face is None:
        return None
    faces = upstream["faces"]
    return on_native_grid(face, faces.read(clip, "aligned_from_image"), faces.attrs(clip))


def aligned_landmarks(upstream: Upstream, clip: str, role: str) -> NDArray[np.float64] | None:
    """Return the landmarks (68, 2) of one role in aligned px, or None when the faces shard is not there."""
    matrix, landmarks = (find_field(upstream, "faces", clip, name) for name in ("aligned_from_image", "landmarks"))
    if matrix is None or landmarks is None:
        return None
    points: NDArray[np.float64] = transform_points(
        matrix, landmarks[frame_index(upstream["faces"].attrs(clip)["roles"], role)]
    )
    return points


def onset_face_mask(upstream: Upstream, clip: str) -> NDArray[np.bool_] | None:
    """Return the face (S, S) on the onset's aligned grid, or None when the faces shard is not there."""
    face, points = aligned_face(upstream, clip, "onset"), aligned_landmarks(upstream, clip, "onset")
    if face is None or points is None:
        return None
    return face_mask(points, (face.shape[0], face.shape[1]))


def heading(shard: Shard, clip: str) -> str:
    """Return who and what a picture is of, for its title."""
    return f"{clip}  ({shard.dataset}, {shard.kind}/{shard.variant})"
