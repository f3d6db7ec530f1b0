"""Known errors of the official sheets of CAS(ME)^3."""

from collections.abc import Sequence

from merflow.datasets.reading.corrections import Correction

CASME3_PART_A_MICRO: Sequence[Correction] = (
    Correction("spNO.40", "e", "offset", wrong=0, right=1845),
    Correction("spNO.40", "e", "offset", wrong=0, right=2403),
    Correction("spNO.149", "d", "apex", wrong=83, right=123),
    Correction("spNO.216", "d", "onset", wrong=3647, right=2647),
    Correction("spNO.216", "e", "onset", wrong=0, right=1),
    Correction("spNO.216", "e", "apex", wrong=0, right=1),
)
"""Sheet ``label`` of ``cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx``."""
