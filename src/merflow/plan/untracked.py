"""Results of which Snakemake has no record: it keeps them under any settings, since it cannot compare those of then.

The record is in the folder ``.snakemake``, which is left behind where the folder of results alone is copied.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from merflow.artefacts import open_shard
from merflow.artefacts.differences import differences
from merflow.errors import ArtefactError
from merflow.shard_lists import SHARD_LISTS
from merflow.training.fold_lists import FOLD_LISTS, FOLDS
from merflow.training.fold_record import read_record
from merflow.training.method import Method

_NO_NUMBER = ("datasets", "description", "extends")
"""Settings of an experiment that decide no number of it on one dataset."""


def check_untracked_shards(listed: Path, settings: Mapping[str, Any]) -> None:
    """Refuse the shards of one job when they are of other settings than those of now.

    Parameters
    ----------
    listed : Path
        List of the job, in the folder ``batches`` of the variant. One job makes all of its shards with the same
        settings, so the first that is there stands for all.
    settings : mapping
        What decides the numbers of a shard now, as plain values.

    Raises
    ------
    ArtefactError
        Names the shard and each setting that differs.
    """
    folder = listed.parents[1]
    shards = [folder / f"{row.subject}.h5" for row in SHARD_LISTS.read(listed)]
    first = next((path for path in shards if path.is_file()), None)
    if first is not None:
        with open_shard(first) as shard:
            _refuse_others(first, "an artefact", shard.params, settings)


def check_untracked_folds(listed: Path, method: Method) -> None:
    """Refuse the folds of one job when one of them is of other settings than those of now.

    Parameters
    ----------
    listed : Path
        List of the job, in the folder ``batches`` of the experiment.
    method : Method
        What decides a fold now.

    Raises
    ------
    ArtefactError
        Names the fold and each setting that differs.
    """
    for row in FOLD_LISTS.read(listed):
        folder = listed.parents[1] / FOLDS / row.fold
        record = read_record(folder)
        if record is not None:
            _refuse_others(folder, "a fold", record.made_of.get("settings", {}), method.of_any_seed())


def check_untracked_scores(settings: Path, resolved: Mapping[str, Any]) -> None:
    """Refuse the scores of an experiment when its settings, or those of its artefacts, are others than those of now.

    Parameters
    ----------
    settings : Path
        ``settings.yaml`` beside the metrics.
    resolved : mapping
        The same of now. Where the dataset lies does not count.

    Raises
    ------
    ArtefactError
        Names each setting that differs.
    """
    from merflow.evaluation.settings_file import read_settings  # its package loads pandas, and most plans need it not

    then = read_settings(settings)
    for section in ("experiment", "artefacts"):
        deciding = {key: value for key, value in then[section].items() if key not in _NO_NUMBER}
        _refuse_others(settings, "scores", deciding, resolved[section])


def _refuse_others(path: Path, what: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse what was made with other settings; those that only one side knows are of another version of merflow."""
    other = differences(then, now, known_to_both=True)
    if other:
        raise ArtefactError(
            f"{path}: expected {what} of the settings of now, but found others ({other}). Snakemake has no record of "
            "them, as where results were copied without the folder .snakemake, and would keep them. To keep them, undo "
            "the edit, or give what was changed a name of its own. To make them anew, give the command once with "
            "--forceall: each job keeps what still holds."
        )
