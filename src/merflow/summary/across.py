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
    clips are theirs. So is a dataset that shows, or may show, people of another one that counts: of the two the one
    with more clips stays. So is a dataset on which the two predict the same, or whose one subject gives no error.

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
    datasets = {result.dataset: result for result in results}
    embedded = {result.dataset: result.embedded for result in results}
    grouped = pairs.assign(embedded=pairs["dataset"].map(embedded)).groupby(_KEYS, sort=False)
    rows = [row for keys, own in grouped if (row := _combined(dict(zip(_KEYS, keys, strict=True)), own, datasets))]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    family = table.groupby(["question", "embedded", "metric"], sort=False)["p"]
    if len(table):
        table["compared"] = family.transform("size")
        table["p_corrected"] = family.transform(lambda p: holm(p.to_numpy(dtype=float)))
    return table


def _combined(keys: Mapping[str, Any], own: pd.DataFrame, datasets: Mapping[str, Result]) -> dict[str, Any] | None:
    """Return the row of one pair and metric; None where fewer than two datasets remain."""
    twice = _counted_twice(dict(zip(own["dataset"], own["n"], strict=True)), datasets)
    no_error = set(own.loc[~(own["error"] > 0), "dataset"]) - twice.keys()
    used = own[~own["dataset"].isin(twice.keys() | no_error)]
    if len(used) < 2:
        return None
    found = combine(used["difference"].to_numpy(dtype=float), used["error"].to_numpy(dtype=float))
    reasons = dict(sorted(twice.items())) | dict.fromkeys(sorted(no_error), "no error")
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


def _counted_twice(clips: Mapping[str, int], datasets: Mapping[str, Result]) -> dict[str, str]:
    """Return the datasets whose clips or people count in another one already, and why.

    Composites come last, and of datasets alike the one with the most clips first.
    """
    kept: list[str] = []
    twice: dict[str, str] = {}
    for name in sorted(clips, key=lambda one: (bool(datasets[one].members), -clips[one], one)):
        reasons = (_shared(datasets[name], datasets[other]) for other in kept)
        reason = next(filter(None, reasons), "")
        if reason:
            twice[name] = reason
        else:
            kept.append(name)
    return twice


def _shared(own: Result, other: Result) -> str:
    """Return what a dataset has in common with another one; empty = nothing."""
    if set(own.members or (own.dataset,)) & set(other.members or (other.dataset,)):
        return "a composite of others"
    if other.dataset in own.same_people or own.named_people & other.named_people:
        return f"shows, or may show, people of {other.dataset}"
    return ""
