"""Known errors of the official workbook of SAMM Long Videos."""

from collections.abc import Sequence

from merflow.datasets.reading.corrections import Correction

SAMM_LV: Sequence[Correction] = (
    Correction("020", "6_5", "offset", wrong=5476, right=5001),
    Correction("036", "7_4", "offset", wrong=8298, right=8201),
)
"""Sheet ``FACS_Movement_Only``: two offsets behind the last frame of their videos, as a public loader of 2021 names
them; the right ones are these last frames."""
