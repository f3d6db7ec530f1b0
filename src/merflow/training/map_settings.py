"""Settings of activation maps; of their own file, since planning reads them and no training does."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ActivationMapSettings:
    """How the activation maps of clips become one map a label, and which labels are correlated.

    Parameters
    ----------
    time : {"mean", "max"}
        Over the frames of the last block, of a network that keeps some.
    scale : {"each", "none"}
        ``each``: the map of a clip reaches from 0 to 1, so that each clip counts alike. ``none``: as Grad-CAM gives it.
    leave_out : tuple of str
        Labels without a row and a column, where an experiment has them. AU45 is the blink: the paper leaves it out.
    """

    time: Literal["mean", "max"] = "mean"
    scale: Literal["each", "none"] = "each"
    leave_out: tuple[str, ...] = ("AU45",)
