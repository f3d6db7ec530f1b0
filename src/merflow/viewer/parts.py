"""What a clip's shards have to show, as plain values that a page can hold: small, and with the numbers in them."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.flow_colours import RANGE_PX, colour_wheel
from merflow.drawing.upstream import Upstream, aligned_face, find_field
from merflow.quality.thumbnails import data_uri
from merflow.stages.clouds.picture import skin_colours
from merflow.stages.depth_flow.picture import RANGE_MM

MOST_POINTS = 15_000
"""Of a cloud: a browser turns as many without a GPU. More are thinned evenly."""
MOST_CELLS = 160
"""Along a side of flow and of the change of depth. Finer grids are thinned, not averaged: each number is measured."""
MISSING = -32768
"""Stands for NaN in whole numbers of 16 bits."""

Part = dict[str, Any]


def parts_of(shards: Upstream, clip: str) -> dict[str, Part]:
    """Return what there is to show of a clip.

    Parameters
    ----------
    shards : mapping of str to Shard
        Open shards by kind: one, and those further up its chain.
    clip : str

    Returns
    -------
    dict
        Some of ``frames`` (aligned frames with their names), ``magnified`` (the same), ``flow`` (over the onset),
        ``depth`` (its change on the native grid) and ``cloud``, in this order.
    """
    found = {
        "frames": _sequence(shards, clip) or _frames(shards, clip, "faces", "aligned_color"),
        "magnified": _frames(shards, clip, "magnified", "magnified_color"),
        "flow": _flow(shards, clip),
        "depth": _depth(shards, clip),
        "cloud": _cloud(shards, clip),
    }
    return {name: part for name, part in found.items() if part is not None}


def _frames(shards: Upstream, clip: str, kind: str, field: str) -> Part | None:
    images = find_field(shards, kind, clip, field)
    if images is None:
        return None
    attrs = shards[kind].attrs(clip)
    names = [f"{role}, frame {frame}" for role, frame in zip(attrs["roles"], attrs["frames"], strict=True)]
    return {"names": names, "pictures": [data_uri(image) for image in images]}


def _sequence(shards: Upstream, clip: str) -> Part | None:
    """Return the frames of a resampled clip: the onset, and what each later frame adds to it."""
    onset = find_field(shards, "sequences", clip, "onset_color")
    changes = find_field(shards, "sequences", clip, "difference")
    if onset is None or changes is None:
        return None
    images = [onset, *(np.clip(onset + change.astype(np.int32), 0, 255).astype(np.uint8) for change in changes)]
    names = [f"frame {number} of {len(images)}" for number in range(1, len(images) + 1)]
    return {"names": names, "pictures": [data_uri(image) for image in images]}


def _flow(shards: Upstream, clip: str) -> Part | None:
    face = aligned_face(shards, clip, "onset")
    flow = find_field(shards, "flow", clip, "expression_flow")
    total = find_field(shards, "flow", clip, "flow")
    if flow is None or total is None:
        return None
    step = _step(flow.shape[1:])
    return {
        "size": flow.shape[1],
        "step": step,
        "face": None if face is None else data_uri(face),
        "unit": 1e-3,
        "expression": _packed(flow[:, ::step, ::step], 1e-3),
        "total": _packed(total[:, ::step, ::step], 1e-3),
        "columns": len(range(0, flow.shape[2], step)),
        "range": RANGE_PX,
        "wheel": np.round(255 * colour_wheel()).astype(int).tolist(),
    }


def _depth(shards: Upstream, clip: str) -> Part | None:
    change = find_field(shards, "depth_flow", clip, "dz")
    if change is None:
        return None
    step = _step(change.shape)
    thinned = change[::step, ::step]
    rows, columns = thinned.shape
    return {"rows": rows, "columns": columns, "unit": 1e-3, "range": RANGE_MM, "change": _packed(thinned, 1e-3)}


def _cloud(shards: Upstream, clip: str) -> Part | None:
    xyz = find_field(shards, "clouds", clip, "xyz")
    if xyz is None:
        return None
    shard: Shard = shards["clouds"]
    kept = slice(None, None, max(1, -(-len(xyz) // MOST_POINTS)))
    pixel, motion = (shard.read(clip, name)[kept] for name in ("pixel", "motion"))
    skin = skin_colours(shards, clip, pixel)
    millimetres = 1000 * xyz[kept].astype(np.float64)
    middle = np.median(millimetres, axis=0)
    return {
        "points": len(pixel),
        "of": len(xyz),
        "distance": round(float(middle[2])),
        "unit": 0.02,
        "xyz": _packed(millimetres - middle, 0.02),
        "motion": _packed(motion, 1e-3),
        "skin": None if skin is None else _bytes(np.round(255 * np.nan_to_num(skin, nan=0.6)).astype(np.uint8)),
        "range": [RANGE_PX, RANGE_MM],
        "wheel": np.round(255 * colour_wheel()).astype(int).tolist(),
    }


def _step(shape: tuple[int, ...]) -> int:
    return max(1, -(-max(shape) // MOST_CELLS))


def _packed(values: NDArray[Any], unit: float) -> str:
    """Return values in whole units of 16 bits, little-endian; what is beyond them is clipped, NaN is `MISSING`."""
    whole = np.clip(np.round(np.asarray(values, dtype=np.float64) / unit), MISSING + 1, -MISSING - 1)
    return _bytes(np.where(np.isnan(whole), MISSING, whole).astype("<i2"))


def _bytes(values: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
