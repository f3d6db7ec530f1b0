"""Choice: which clip represents an experiment in its pictures."""

from collections.abc import Sequence
from pathlib import Path

from merflow.artefacts import open_shard
from merflow.datasets.clip import Clip
from merflow.datasets.labels import AnyLabelSet
from merflow.errors import DatasetError


def first_clip(
    shards: Sequence[Path], clips: Sequence[Clip], *, kind: str, label_set: AnyLabelSet, expressions: Sequence[str]
) -> tuple[Path, str]:
    """Return the first clip of an experiment that a stage did not leave out, and the shard that holds it.

    Parameters
    ----------
    shards : sequence of Path
        One a subject, in the order of the index.
    clips : sequence of Clip
        Index of the dataset.
    kind : str
        Kind of the shards.
    label_set, expressions
        Of the experiment: clips outside them are no part of it.

    Raises
    ------
    DatasetError
        When no shard holds a clip of the experiment.
    """
    wanted = {clip.id for clip in clips if clip.expression in expressions and label_set.label_of(clip) is not None}
    for path in shards:
        with open_shard(path, kind=kind) as shard:
            for clip in shard.clips:
                if clip in wanted:
                    return path, clip
    raise DatasetError(
        f"expected at least one clip with a label of {label_set.name} and a {kind} artefact, but found none. "
        "See the experiment's exclusions.csv."
    )
