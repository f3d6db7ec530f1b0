"""What is pooled: the views of a clip over time, of its projections or of its sequence."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.errors import BadClipError
from merflow.imaging.luma import luma
from merflow.stages.dynamic_images.settings import COLOURS, IN_DEPTH, Domain
from merflow.stages.sequences.frames import sequence_frames

UNEVEN = 0.01
"""Share by which steps in time may differ before a note says so."""


class Views(NamedTuple):
    """The views of a clip over time.

    Parameters
    ----------
    domains : list of ndarray of shape (views, T, H, W)
        What they show, one for each domain.
    there : ndarray of shape (views, T, H, W), bool
        Which pixels see the face.
    yaws : list of float
        Degrees of each view.
    fps : float
        Frames per second.
    notes : str
    """

    domains: list[NDArray[np.floating]]
    there: NDArray[np.bool_]
    yaws: list[float]
    fps: float
    notes: str


ReadViews = Callable[[Shard, str, Sequence[Domain]], Views]


def views_of_projections(projections: Shard, clip: str, domains: Sequence[Domain]) -> Views:
    """Read the views of a clip of a ``projections`` shard.

    Raises
    ------
    BadClipError
        When there is no texture, and a domain needs it.
    """
    attrs, depth = projections.attrs(clip), projections.read(clip, "depth")
    yaws = [float(yaw) for yaw in attrs["yaws"]]

    def by_view(pictures: NDArray[Any]) -> NDArray[Any]:
        return np.swapaxes(pictures.reshape(-1, len(yaws), *pictures.shape[1:]), 0, 1)

    texture = _texture(projections, clip, domains) if set(domains) - set(IN_DEPTH) else None
    pictures: list[NDArray[Any]] = []
    for name in domains:
        if texture is not None and name not in IN_DEPTH:
            pictures.append(_channel(texture, name))
        else:
            pictures.append(depth if name == "depth" else projections.read(clip, name).astype(np.float64))
    there = by_view(np.isfinite(depth))
    notes = _notes(attrs, np.diff(np.asarray(attrs["frames"], dtype=np.float64)))
    return Views([by_view(one) for one in pictures], there, yaws, float(attrs["fps"]), notes)


def views_of_sequence(sequences: Shard, clip: str, domains: Sequence[Domain]) -> Views:
    """Read the one view of a clip of a ``sequences`` shard, without the frames that pad it.

    The rate is the mean over the clip: where onset, apex and offset are hit exactly, steps in time before and after the
    apex may differ, which a note then says.
    """
    attrs = sequences.attrs(clip)
    frames = int(attrs["n_frames"])
    color = sequence_frames(sequences.read(clip, "onset_color"), sequences.read(clip, "difference"))[:frames]
    steps = np.diff(sequences.read(clip, "position")[:frames])
    there = np.ones((1, *color.shape[:3]), dtype=np.bool_)
    stacks = [_channel(color, name)[None] for name in domains]
    rate = float(attrs["fps"]) / float(steps.mean()) if len(steps) else float(attrs["fps"])
    return Views(stacks, there, [0.0], rate, _notes(attrs, steps))


def _notes(attrs: Mapping[str, Any], steps: NDArray[np.float64]) -> str:
    """Return the notes of what is pooled, and that its steps in time, frames, are not equal where they are not."""
    notes = [str(attrs["notes"])] if attrs["notes"] else []
    if len(steps) and steps.max() > (1 + UNEVEN) * steps.min():
        notes.append(f"steps in time of {steps.min():.2g} to {steps.max():.2g} frames, pooled as if they were equal")
    return "; ".join(notes)


def _channel(color: NDArray[np.uint8], name: str) -> NDArray[np.floating]:
    """Return the luma or a colour (n, H, W) of pictures (n, H, W, 3)."""
    if name in COLOURS:
        return color[..., COLOURS.index(name)].astype(np.float64)
    return np.stack([luma(one) for one in color])


def _texture(projections: Shard, clip: str, domains: Sequence[Domain]) -> NDArray[np.uint8]:
    if not projections.has(clip, "texture"):
        rest = ", ".join(one for one in domains if one in IN_DEPTH)
        raise BadClipError(
            "expected texture in the projections, found none: these meshes have no texture. Set "
            f"dynamic_images.domains to [{rest or 'depth'}]"
        )
    return projections.read(clip, "texture")
