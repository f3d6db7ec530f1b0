"""Two methods on the clips that both predict: how their metrics differ, by a bootstrap that draws the same subjects."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from merflow.counts import count
from merflow.errors import ArtefactError
from merflow.evaluation.bootstrap import REPLICATES
from merflow.evaluation.headlines import TRUTH, headline_of_table, told_one_by_one
from merflow.evaluation.p_values import p_values
from merflow.evaluation.paired import paired_headline
from merflow.evaluation.predictions import classes_of, confusions_of
from merflow.evaluation.rows import joined_note
from merflow.files import atomic_path
from merflow.training.folds import protocol_note
from merflow.training.settings import ProtocolSettings

COMPARISON_COLUMNS = (
    "metric",
    "a",
    "b",
    "difference",
    "ci_low",
    "ci_high",
    "error",
    "p",
    "share_b_better",
    "n",
    "only_a",
    "only_b",
    "note",
)


def compare_predictions(
    a: pd.DataFrame,
    b: pd.DataFrame,
    *,
    classes: Sequence[str],
    names: tuple[str, str] = ("a", "b"),
    protocol: str = "",
    note: str = "",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare two tables of predictions on the clips that both predict; ``oracle_predicted`` is never looked at.

    Parameters
    ----------
    a, b : DataFrame
        As ``read_predictions`` or ``read_collected`` return them, each with its own seeds; a metric is the mean over
        them. One side may lack clips that the other has: sequences keep those whose apex is the onset, say.
    classes : sequence of str
        The fixed list of classes or labels of both.
    names : tuple of str
        Of the two experiments.
    protocol : str
        As it is to stand in the note.
    note : str
        Put in front of the note, for what a reader must know of the protocol.
    replicates, seed : int
        Of the bootstrap over subjects.

    Returns
    -------
    DataFrame
        One row for each metric of the headline: ``a``, ``b``, ``difference`` = b - a with its 95 % interval, standard
        error and p value (`p_values`), the share of replicates in which b is better, ``n`` clips compared, and how many
        only one side has.

    Raises
    ------
    ArtefactError
        When no clip is common, or the two give a clip another label or subject.
    """
    common = _common_clips(a, b)
    own_a, own_b = (table[table["clip"].isin(common)] for table in (a, b))
    _check_same_truth(own_a, own_b)
    metrics, score = headline_of_table(own_a)
    counts = [confusions_of(own, classes) for own in (own_a, own_b)]
    pair = paired_headline(*counts, score=score, replicates=replicates, seed=seed)
    only_a, only_b = (table["clip"].nunique() - len(common) for table in (a, b))
    own_note = _note(own_a, own_b, names=names, protocol=protocol, left_out=(only_a, only_b), replicates=replicates)
    return pd.DataFrame(
        {
            "metric": metrics,
            "a": pair.a,
            "b": pair.b,
            "difference": pair.difference,
            "ci_low": pair.low,
            "ci_high": pair.high,
            "error": pair.error,
            "p": p_values(pair.difference, pair.error, subjects=counts[0].shape[1]),
            "share_b_better": pair.share_b_better,
            "n": len(common),
            "only_a": only_a,
            "only_b": only_b,
            "note": joined_note(note, own_note),
        }
    )[list(COMPARISON_COLUMNS)]


def note_of_protocols(protocols: Mapping[str, ProtocolSettings]) -> str:
    """Return what a reader must know of the protocols of both: once where it is the same, else with who it is true of.

    Parameters
    ----------
    protocols : mapping
        Name of the experiment -> its protocol.
    """
    notes = {name: protocol_note(protocol) for name, protocol in protocols.items()}
    if len(set(notes.values())) == 1:
        return next(iter(notes.values()))
    return joined_note(*(f"{name}: {note}" for name, note in notes.items() if note))


def common_classes(a: pd.DataFrame, b: pd.DataFrame) -> tuple[str, ...]:
    """Return the class list of both tables of predictions.

    Raises
    ------
    ArtefactError
        When they differ: at least one table is older than the configuration.
    """
    classes_a, classes_b = classes_of(a), classes_of(b)
    if told_one_by_one(a) != told_one_by_one(b):
        raise ArtefactError(
            "expected predictions of one kind, but one side tells the class of a clip and the other its labels one by "
            "one. Score both experiments again, with one label set."
        )
    if classes_a != classes_b:
        raise ArtefactError(
            f"expected predictions of the same classes, but a has {', '.join(classes_a)} and b "
            f"{', '.join(classes_b)}. Score both experiments again, with one label set."
        )
    return classes_a


def write_comparison(table: pd.DataFrame, path: Path) -> None:
    """Write the table of a comparison; the file appears only when whole."""
    with atomic_path(path) as partial:
        table.to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def _common_clips(a: pd.DataFrame, b: pd.DataFrame) -> set[str]:
    common = set(a["clip"]) & set(b["clip"])
    if not common:
        raise ArtefactError(
            f"expected clips that both sides predict, but none of a's {a['clip'].nunique()} clips (such as "
            f"{a['clip'].min()}) is among b's {b['clip'].nunique()} (such as {b['clip'].min()}). Compare "
            "experiments on one dataset with the same expressions."
        )
    return common


def _check_same_truth(a: pd.DataFrame, b: pd.DataFrame) -> None:
    if told_one_by_one(a):
        a, b = (_truth_as_label(table) for table in (a, b))
    for column in ("label", "subject"):
        of_a, of_b = (dict(zip(table["clip"], table[column], strict=True)) for table in (a, b))
        differing = sorted(clip for clip, value in of_a.items() if value != of_b[clip])
        if differing:
            clip = differing[0]
            raise ArtefactError(
                f"the two sides give different {column}s to {', '.join(differing[:3])}: {clip} is {of_a[clip]} in a "
                f"and {of_b[clip]} in b. Score both experiments again, from one index and one label set."
            )


def _truth_as_label(table: pd.DataFrame) -> pd.DataFrame:
    """Return the labels that each clip shows in place of the name of one, a row a clip."""
    shown = table["label"].where(table[TRUTH] == 1, "")
    joined = shown.groupby([table["seed"], table["clip"]]).agg(lambda names: "+".join(filter(None, names)) or "none")
    first = table.drop_duplicates(["seed", "clip"])
    keys = pd.MultiIndex.from_frame(first[["seed", "clip"]])
    return first.assign(label=joined.reindex(keys).to_numpy())


def _note(
    a: pd.DataFrame,
    b: pd.DataFrame,
    *,
    names: tuple[str, str],
    protocol: str,
    left_out: tuple[int, int],
    replicates: int,
) -> str:
    """Say who is who, over which folds, what was not compared, and where the interval comes from."""
    parts = [
        f"{_side('a', names[0], a)}; {_side('b', names[1], b)}",
        f"protocol {protocol}" if protocol else "",
        _folds(a, b),
        f"not compared: {count(left_out[0], 'clip')} of a only, {count(left_out[1], 'clip')} of b only",
        f"paired 95 % bootstrap over {count(a['subject'].nunique(), 'subject')}, {count(replicates, 'replicate')}",
    ]
    return "; ".join(filter(None, parts))


def _side(letter: str, name: str, table: pd.DataFrame) -> str:
    seeds = sorted(set(table["seed"]))
    return f"{letter} = {name} (seed{'' if len(seeds) == 1 else 's'} {', '.join(map(str, seeds))})"


def _folds(a: pd.DataFrame, b: pd.DataFrame) -> str:
    """Say over how many folds each side is pooled, and whether they test the same clips together."""
    if "fold" not in a.columns or "fold" not in b.columns:
        return ""
    fold_a, fold_b = (dict(zip(table["clip"], table["fold"], strict=True)) for table in (a, b))
    if fold_a == fold_b:
        return f"{count(len(set(fold_a.values())), 'fold')} pooled"
    return (
        f"{count(len(set(fold_a.values())), 'fold')} of a and {len(set(fold_b.values()))} of b pooled, which split the "
        "clips differently: the two were not trained on the same subjects"
    )
