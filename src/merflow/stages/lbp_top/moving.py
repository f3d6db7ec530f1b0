"""What changes in time, as the histograms of a plane with time tell it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.stages.lbp_top.patterns import moving_columns, number_of_columns
from merflow.stages.lbp_top.settings import LbpTopSettings

_TOLD = ("neighbours", "patterns", "overlap")


def settings_told(shard: Shard) -> LbpTopSettings:
    """Return the settings of a ``lbp_top`` shard that say what its columns and blocks are."""
    return LbpTopSettings(**{key: shard.params[key] for key in _TOLD if key in shard.params})


def moving_share(histogram: NDArray[Any], settings: LbpTopSettings) -> NDArray[np.float64] | None:
    """Return the share of the pixels whose pattern is not the same before and after; None where columns do not tell.

    Parameters
    ----------
    histogram : ndarray of shape (..., patterns)
        Of a plane with time.
    settings : LbpTopSettings
    """
    if settings.patterns != "uniform" or histogram.shape[-1] != number_of_columns(settings.neighbours):
        return None
    return np.asarray(histogram[..., moving_columns(settings.neighbours)].sum(axis=-1), dtype=np.float64)
