"""Estimate the apexes of a dataset: of each clip the frame in which the face has moved most since the onset."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from merflow.apexes.motion import expression_length, motion_of_frames
from merflow.datasets.clip import Clip
from merflow.datasets.estimated_apexes import EstimatedApex, has_midpoint
from merflow.datasets.reading.clip_frames import below_root
from merflow.errors import BadClipError

RULE = "largest expression flow"

_log = logging.getLogger(__name__)


class Estimated(NamedTuple):
    """What became of the clips without an annotated apex.

    Attributes
    ----------
    apexes : dict of str to EstimatedApex
        By clip.
    failed : dict of str to str
        By clip: why its apex could not be estimated. It keeps its midpoint.
    """

    apexes: dict[str, EstimatedApex]
    failed: dict[str, str]

    @property
    def at_the_end(self) -> list[str]:
        """Clips that move most in their last frame: what moves there may be no expression, or it is cut off."""
        return [clip for clip, one in self.apexes.items() if one.apex == one.offset]


def estimate_apexes(clips: Sequence[Clip], root: Path, *, cores: int = 1) -> Estimated:
    """Estimate the apex of each clip whose annotation names none; the others are passed over.

    Parameters
    ----------
    clips : sequence of Clip
        Of the index, with midpoints.
    root : Path
        Of the recordings.
    cores : int
        Clips that are looked at side by side.
    """
    wanted = [clip for clip in clips if has_midpoint(clip)]
    found = Estimated({}, {})
    for done, (clip, one) in enumerate(zip(wanted, _each(wanted, root, cores), strict=True), start=1):
        if isinstance(one, EstimatedApex):
            found.apexes[clip.id] = one
        else:
            found.failed[clip.id] = one
        _log.info("%d of %d clips", done, len(wanted))
    return found


def estimate_apex(clip: Clip, root: Path) -> EstimatedApex:
    """Return the frame after the onset with the largest expression flow, of equals the first.

    Raises
    ------
    BadClipError
        When the clip has one frame, and as :func:`merflow.apexes.motion.motion_of_frames`.
    """
    lengths = {motion.number: expression_length(motion) for motion in motion_of_frames(clip, root)}
    if not lengths:
        raise BadClipError(f"expected frames after the onset {clip.onset}, found none", source=clip.color)
    return EstimatedApex(clip.onset, clip.offset, max(lengths, key=lambda number: lengths[number]), RULE)


def _each(clips: Sequence[Clip], root: Path, cores: int) -> Iterator[EstimatedApex | str]:
    """Yield the apex of each clip in order, or why there is none."""
    estimate = partial(_estimate_or_reason, root=root)
    if cores == 1:
        yield from map(estimate, clips)
        return
    with ProcessPoolExecutor(cores) as pool:
        yield from pool.map(estimate, clips)


def _estimate_or_reason(clip: Clip, *, root: Path) -> EstimatedApex | str:
    try:
        return estimate_apex(clip, root)
    except BadClipError as error:
        source = below_root(root, error.source)
        return f"{error.reason} ({source})" if source else error.reason
