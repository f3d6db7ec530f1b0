"""The 83 landmarks of BU-4DFE on the generator's head: the vertices of the skin nearest to where its figure has them.

R: eyes begin at their inner corners and run below first, lips at image left, brows have edges 3 mm above and below the
landmarks of dlib. A reader must not depend on it, since no public source says it of the release.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from merflow.landmarks.binghamton import resampled
from merflow.synthesis.asset import MATERIALS
from merflow.synthesis.head import load_head

FloatArray = NDArray[np.float64]

_BROW_MM = 3.0
_ALONG_NOSE = (0.3, 0.6, 0.9)


@cache
def binghamton_vertices() -> NDArray[np.int64]:
    """Return the vertices (83,) of the head that stand for the landmarks, in the order of BU-4DFE."""
    from scipy.spatial import cKDTree  # planning imports the layouts, and SciPy takes .2 s

    head = load_head()
    skin = np.flatnonzero(head.materials == MATERIALS.index("skin"))
    _, nearest = cKDTree(head.mean[skin]).query(_places(head.mean[head.landmarks]))
    return np.asarray(skin[nearest], dtype=np.int64)


def _places(dlib: FloatArray) -> FloatArray:
    """Return where the landmarks are on the mean head (83, 3), given its 68 (mm)."""
    up = np.array([0.0, _BROW_MM, 0.0])
    brows = [np.concatenate([brow + up, brow[::-1] - up]) for brow in (dlib[17:22], dlib[22:27])]
    noses = [_between(dlib[corner], dlib[wing]) for corner, wing in ((39, 31), (42, 35))]
    jaw = resampled(dlib[:17], 15)
    return np.concatenate(
        [_eye(dlib[36:42], 3), _eye(dlib[42:48], 0), *brows, *noses, resampled(dlib[31:36], 6), dlib[48:68], jaw]
    )


def _eye(contour: FloatArray, inner: int) -> FloatArray:
    """Return 8 points around an eye, given its 6 and which of them is the inner corner."""
    six = np.roll(contour, -inner, axis=0)
    lids = [(six[1] + six[2]) / 2, (six[4] + six[5]) / 2]
    return np.stack([six[0], six[5], lids[1], six[4], six[3], six[2], lids[0], six[1]])


def _between(first: FloatArray, last: FloatArray) -> FloatArray:
    return np.stack([first + share * (last - first) for share in _ALONG_NOSE])
