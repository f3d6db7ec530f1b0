"""Known errors of the official workbook of SAMM."""

from collections.abc import Sequence

from merflow.datasets.reading.corrections import Correction

SAMM: Sequence[Correction] = (
    Correction("013", "1_9", "offset", wrong=None, right=5739),
    Correction("028", "4_1", "apex", wrong=None, right=1105),
    Correction("032", "3_1", "apex", wrong=None, right=4945),
    Correction("032", "3_2", "apex", wrong=None, right=5130),
)
"""Sheet ``MICRO_ONLY`` of ``SAMM_Micro_FACS_Codes_v2.xlsx``. Those of the apex do nothing on the released workbook: it
has 1113, 4930 and 5127, all inside their clips, and a number inside its clip is left alone."""
