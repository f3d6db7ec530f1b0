"""The paired comparison of any two experiments that were asked one question on one dataset."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from merflow.errors import ArtefactError
from merflow.evaluation.compare import COMPARISON_COLUMNS, common_classes, compare_predictions
from merflow.evaluation.p_values import holm
from merflow.summary.results import Result

OWN_COLUMNS = ("dataset", "labels", "protocol", "question", "first", "second")
COLUMNS = (*OWN_COLUMNS, *COMPARISON_COLUMNS, "compared", "p_corrected")


def compare_all(results: Sequence[Result]) -> pd.DataFrame:
    """Compare every two experiments that can be compared.

    Returns
    -------
    DataFrame
        Columns as `COLUMNS`, three rows a pair: those of ``compare_predictions``, where a is ``first`` and b
        ``second``; ``compared``, how many pairs there are of this dataset and question; ``p_corrected``, p by Holm's
        method over them, metric by metric.

    Raises
    ------
    ArtefactError
        When two were scored from different labels or clips, which is said of the pair.
    """
    tables = [_pair(a, b) for a, b in combinations(results, 2) if (a.dataset, a.asked) == (b.dataset, b.asked)]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.concat(tables, ignore_index=True)
    family = table.groupby(["dataset", "question", "metric"], sort=False)["p"]
    table["compared"] = family.transform("size")
    table["p_corrected"] = family.transform(lambda p: holm(p.to_numpy(dtype=float)))
    return table[list(COLUMNS)]


def _pair(a: Result, b: Result) -> pd.DataFrame:
    try:
        table = compare_predictions(
            a.predictions,
            b.predictions,
            classes=common_classes(a.predictions, b.predictions),
            names=(a.experiment, b.experiment),
            protocol=a.protocol,
            replicates=max(a.bootstrap, b.bootstrap),
        )
    except ArtefactError as error:
        raise ArtefactError(f"{a.experiment} and {b.experiment} on {a.dataset}: {error}") from error
    own = (a.dataset, a.labels, a.protocol, a.asked, a.experiment, b.experiment)
    return table.assign(**dict(zip(OWN_COLUMNS, own, strict=True)))
