"""Spacing of the eyes: a face of another size than in the subject's other clips may be no face, or another subject's.

The detector takes what looks like a face: a pattern on a shirt, or a face in the background. Before one camera, the
distance between a subject's eyes in the picture hardly changes, so the subject's other clips show it.
"""

from collections.abc import Mapping

import numpy as np

from merflow.stages.faces.doubts import Doubt

ENOUGH_CLIPS = 3
"""Clips of a subject from which a median tells which of them is the odd one: of two, either may be."""


def spacing_doubts(eyes_px: Mapping[str, float], limits: tuple[float, float]) -> dict[str, Doubt]:
    """Return a doubt about each clip whose eyes are not as far apart as in the subject's others.

    Parameters
    ----------
    eyes_px : mapping of str to float
        By clip id: distance of the eyes on the onset frame, px. Clips without a face have no part in it.
    limits : tuple of float
        Smallest and largest accepted share of the subject's median.

    Returns
    -------
    dict of str to Doubt
        By clip id; of fewer than `ENOUGH_CLIPS` clips every one is doubtful if one is, and none decisively. A subject
        with one clip has nothing to be compared with.
    """
    median = float(np.median(list(eyes_px.values()))) if eyes_px else 0.0
    odd = [clip for clip, px in eyes_px.items() if not limits[0] * median <= px <= limits[1] * median]
    decides = len(eyes_px) >= ENOUGH_CLIPS
    doubtful = list(eyes_px) if odd and not decides else odd
    return {clip: Doubt(_reason(eyes_px[clip], median, len(eyes_px), limits), decides) for clip in doubtful}


def _reason(px: float, median: float, clips: int, limits: tuple[float, float]) -> str:
    found = f"{px:.0f} px, {px / median:.2f} of {median:.0f} px, the median of the subject's {clips} clips"
    which = "is this the subject's face?" if clips >= ENOUGH_CLIPS else "one of the two may not be the subject's face"
    return (
        f"expected a distance of the eyes of {limits[0]:g} to {limits[1]:g} times the subject's (faces.eye_ratio), "
        f"found {found}: {which}"
    )
