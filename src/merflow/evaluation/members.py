"""Members of a composite dataset: the score of each one's clips, from networks that were trained on all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from merflow.counts import count
from merflow.datasets.members import split_name
from merflow.errors import ArtefactError
from merflow.evaluation.bootstrap import REPLICATES, score_interval
from merflow.evaluation.headlines import absent_note, headline_of_table
from merflow.evaluation.predictions import confusions_of
from merflow.evaluation.rows import MetricRow, Scope, headline_rows, joined_note


def members_of(subjects: Iterable[str]) -> dict[str, str]:
    """Return the member that each subject of a composite comes from: the text before the first dot of its name.

    Raises
    ------
    ArtefactError
        On a name without a dot: the predictions are of no composite.
    """
    names = sorted(set(subjects))
    without = [name for name in names if "." not in name]
    if without:
        raise ArtefactError(
            f"expected subjects of a composite, named <member>.<subject>, but found {', '.join(without[:3])}. The "
            "predictions are of another dataset: delete the folder of the experiment and run again."
        )
    return {name: split_name(name)[0] for name in names}


def left_out_of(members: Mapping[str, str], clips: Iterable[str]) -> dict[str, int]:
    """Return how many of the clips that were left out belong to each member; a clip is named as its subject is."""
    left = Counter(split_name(clip)[0] for clip in set(clips))
    return {name: left[name] for name in sorted(set(members.values()))}


def member_rows(
    table: pd.DataFrame,
    members: Mapping[str, str],
    classes: Sequence[str],
    *,
    left_out: Mapping[str, int] | None = None,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> list[MetricRow]:
    """Return UF1, UAR and ACC of each member.

    Parameters
    ----------
    table : DataFrame
        As from ``read_predictions``.
    members : mapping of str to str
        Subject to member.
    classes : sequence of str
        The fixed class list of the composite: a class that a member does not show scores 0, and the note names it.
    left_out : mapping of str to int, optional
        Clips of each member that were excluded before training.
    replicates, seed : int
        Of the bootstrap over the member's subjects.

    Raises
    ------
    ArtefactError
        When a subject belongs to no member.
    """
    homeless = sorted(set(table["subject"]) - set(members))
    if homeless:
        raise ArtefactError(f"expected a member for each subject, but found none for {', '.join(homeless[:3])}.")
    of_clip = table["subject"].map(members)
    metrics, score = headline_of_table(table)
    rows: list[MetricRow] = []
    for member in sorted(set(of_clip)):
        own = table[of_clip == member]
        confusions = confusions_of(own, classes)
        rows += headline_rows(
            Scope.MEMBER,
            score(confusions.sum(1)).mean(0),
            metrics=metrics,
            name=member,
            n=own["clip"].nunique(),
            note=_note(own, member, classes, left_out=(left_out or {}).get(member, 0)),
            bounds=score_interval(confusions, score, replicates=replicates, seed=seed),
        )
    return rows


def _note(own: pd.DataFrame, member: str, classes: Sequence[str], *, left_out: int) -> str:
    seeds, subjects = (own[column].nunique() for column in ("seed", "subject"))
    return joined_note(
        f"pooled over folds, clips of {member} only; fixed class list; mean over {count(seeds, 'seed')}",
        f"95 % bootstrap over {count(subjects, 'subject')}; {count(left_out, 'clip')} left out",
        absent_note(own, classes),
    )
