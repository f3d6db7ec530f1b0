"""The emotions that action units stand for: Table 4 of the paper of 4DME and its rules (section 4.1.2).

Source: X. Li et al., 4DME: A Spontaneous 4D Micro-Expression Dataset With Multimodalities, IEEE TAFFC 2022,
doi:10.1109/TAFFC.2022.3182342. The labels of the set are the columns of its sheet; the table checks them, and labels
the synthetic subjects.
"""

from collections.abc import Collection, Mapping

EMOTIONS = ("positive", "negative", "surprise", "repression", "others")
"""In the order of the columns of the sheet."""

DECISIVE: Mapping[str, frozenset[int]] = {
    "positive": frozenset({12}),
    "negative": frozenset({1, 4, 7, 9, 10}),
    "surprise": frozenset({2}),
    "repression": frozenset({14, 15, 17, 24}),
}
"""Rows 1 to 4. The table names AU 2 and AU 1+2 for surprise: with AU 2, AU 1 belongs to it, and is not negative."""

DEPENDENT = frozenset({5, 6, 20, 25})
"""Row 5: related to emotions, and decisive for none. Alone they are others (rule 5)."""

WITHOUT_EMOTION = frozenset({39, 43, 45, 56, 58, 63, 64})
"""Row 6."""

_MOST = 2  # rule 3


def emotions_of_units(units: Collection[int]) -> tuple[str, ...]:
    """Return the emotions of action units, static ones among them (rule 7).

    Parameters
    ----------
    units : collection of int
        FACS numbers. A unit that the table does not name says nothing, as those of row 6.

    Returns
    -------
    tuple of str
        One or two of `EMOTIONS`, in their order; ``others`` alone for three or more (rule 4), for dependent units only
        (rule 5), and for positive with negative (rule 6). Empty = no emotion.
    """
    shown = set(units)
    found = tuple(name for name, decisive in DECISIVE.items() if _decisive(shown) & decisive)
    if len(found) > _MOST or {"positive", "negative"} <= set(found) or (not found and shown & DEPENDENT):
        return ("others",)
    return found


def _decisive(shown: set[int]) -> set[int]:
    """Return the units without AU 1 where AU 2 makes it a part of surprise."""
    return shown - {1} if 2 in shown else shown
