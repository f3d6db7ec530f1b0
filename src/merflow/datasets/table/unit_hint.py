"""The one cause of many faults: a table whose times are in the other unit than the setting says."""

import re
from collections.abc import Sequence

from merflow.counts import count
from merflow.datasets.table.faults import Faults
from merflow.datasets.table.rows import Row
from merflow.datasets.table.settings import TableSettings

_TIMES = ("onset", "apex", "offset")
_WITH_DECIMALS = re.compile(r"\d+[.,]\d*[1-9]\d*", re.ASCII)


def note_other_unit(rows: Sequence[Row], settings: TableSettings, faults: Faults) -> None:
    """Note that onset, apex and offset look like the other unit, where at least half of the rows have a fault there.

    Frame numbers as seconds are whole and lie beyond the recordings; seconds as frame numbers have decimals.

    Parameters
    ----------
    rows : sequence of Row
    settings : TableSettings
    faults : Faults
        Of the whole table.
    """
    faulty = faults.rows_of(_TIMES)
    if 2 * len(faulty) < len(rows) or not faulty:
        return
    texts = [row.texts[name] for row in rows for name in _TIMES if row.texts[name]]
    decimals = sum(_WITH_DECIMALS.fullmatch(text) is not None for text in texts)
    if settings.unit == "seconds" and not decimals:
        found, other = f"all {count(len(texts), 'time')} are whole numbers", "frames"
    elif settings.unit == "frames" and 2 * decimals >= len(texts):
        found, other = f"{decimals} of {count(len(texts), 'time')} have decimals", "seconds"
    else:
        return
    faults.note_cause(
        f"One cause may be behind many of them: the dataset's unit is {settings.unit}, but {found}. If these are "
        f"{'frame numbers' if other == 'frames' else other}, set unit: {other} in config.yaml, and leave the table as "
        "it is."
    )
