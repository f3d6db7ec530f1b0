"""What two experiments' differences on several datasets say together."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from merflow.evaluation.p_values import holm
from merflow.evaluation.random_effects import combine
from merflow.summary.results import Result

COLUMNS = (
    *("first", "second", "labels", "protocol", "question", "embedded", "metric", "datasets", "difference", "ci_low"),
    *("ci_high", "p", "tau", "i2", "q", "p_same", "new_low", "new_high", "compared", "p_corrected", "used", "weights"),
    "left_out",
)
_KEYS = ["first", "second", "question", "embedded", "metric"]


def across_datasets(pairs: pd.DataFrame, results: Sequence[Result]) -> pd.DataFrame:
    """Combine the difference of every two experiments over the datasets on which both were asked one question.

    Synthetic and recorded subjects are not put together. A composite is left out where one of its members counts: its
    clips are theirs. So is a dataset on which the two predict the same, or whose one subject gives no error.

    Parameters
    ----------
    pairs : DataFrame
        As from ``compare_all``.
    results : sequence of Result

    Returns
    -------
    DataFrame
        Columns as `COLUMNS`: the fields of ``merflow.evaluation.random_effects.Combined``, difference = second less
        first; ``used`` and ``weights``, the datasets and what each counts, joined by ``;``; ``compared`` and
        ``p_corrected`` as of pairs; ``left_out``, which datasets and why.
    """
    members = {result.dataset: result.members for result in results}
    embedded = {result.dataset: result.embedded for result in results}
    grouped = pairs.assign(embedded=pairs["dataset"].map(embedded)).groupby(_KEYS, sort=False)
    rows = [row for keys, own in grouped if (row := _combined(dict(zip(_KEYS, keys, strict=True)), own, members))]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    family = table.groupby(["question", "embedded", "metric"], sort=False)["p"]
    if len(table):
        table["compared"] = family.transform("size")
        table["p_corrected"] = family.transform(lambda p: holm(p.to_numpy(dtype=float)))
    return table


def _combined(
    keys: Mapping[str, Any], own: pd.DataFrame, members: Mapping[str, Sequence[str]]
) -> dict[str, Any] | None:
    """Return the row of one pair and metric; None where fewer than two datasets remain."""
    here = set(own["dataset"])
    twice = _counted_twice(here, members)
    no_error = set(own.loc[~(own["error"] > 0), "dataset"]) - twice
    used = own[~own["dataset"].isin(twice | no_error)]
    if len(used) < 2:
        return None
    found = combine(used["difference"].to_numpy(dtype=float), used["error"].to_numpy(dtype=float))
    reasons = dict.fromkeys(sorted(twice), "a composite of others") | dict.fromkeys(sorted(no_error), "no error")
    numbers = found._asdict()
    return {
        **{name: keys[name] for name in ("first", "second", "question", "embedded", "metric")},
        **{name: used[name].iloc[0] for name in ("labels", "protocol")},
        "datasets": len(used),
        "difference": numbers.pop("effect"),
        "ci_low": numbers.pop("low"),
        "ci_high": numbers.pop("high"),
        "used": ";".join(used["dataset"]),
        "weights": ";".join(f"{weight:.4f}" for weight in numbers.pop("weights")),
        "left_out": "; ".join(f"{name}: {why}" for name, why in reasons.items()),
        **numbers,
    }


def _counted_twice(datasets: set[str], members: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the composites whose clips belong to another one of the datasets too."""
    seen = {name for name in datasets if not members[name]}
    twice = set()
    for name in sorted(datasets - seen):
        if seen & set(members[name]):
            twice.add(name)
        else:
            seen |= set(members[name])
    return twice
