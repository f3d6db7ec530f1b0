"""Which jobs make the shards of a dataset: how each stage does it, and for which subjects."""

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from merflow.config import Config
from merflow.plan.batches import batches, members_of_batch
from merflow.plan.index import Version, clips_by_subject, index_version
from merflow.stages import STAGES
from merflow.stages.declaration import Making

FEWEST_SUBJECTS = 4
"""In a job, unless settings say another number: its start is then a small part of it (docs/scale.md)."""

MOST_JOBS = 64
"""Of a stage that many subjects are divided into: more are no sooner done, and Snakemake takes 5 ms to plan each."""


def makings() -> Iterator[tuple[str, int, Making]]:
    """Yield each way in which shards are made: the kind, its number among those of the kind, and the declaration."""
    for kind, stage in STAGES.items():
        for number, making in enumerate(stage.makings):
            yield kind, number, making


def batch_of_subject(config: Config, clips_csv: str | Path, subject: str) -> str:
    """Return the name of the batch that a subject is in.

    ``execution.subjects_per_job`` and their number alone divide the subjects, so that the same jobs are planned on
    every computer. A shard is the same in every batch.
    """
    return _batches(index_version(clips_csv), config.execution.subjects_per_job)[subject]


def subjects_in_a_job(subjects_per_job: int, *, subjects: int) -> int:
    """Return how many of so many subjects one job takes at most.

    Parameters
    ----------
    subjects_per_job : int
        ``execution.subjects_per_job``; 0 = by the number of subjects.
    subjects : int
        All of them.

    Convention
    ----------
    By hand: of 94 subjects 4, which are 24 jobs; of 940 subjects 15, which are 63.
    """
    return subjects_per_job or max(FEWEST_SUBJECTS, math.ceil(subjects / MOST_JOBS))


def subjects_of_batch(clips_csv: str | Path, batch: str) -> list[str]:
    """Return the subjects that a batch is named after.

    Raises
    ------
    ConfigError
        When the name is that of no batch of these subjects.
    """
    return members_of_batch(
        list(clips_by_subject(clips_csv)), batch, of="subjects", instead="Ask for the shards.csv of the variant"
    )


@lru_cache(maxsize=32)
def _batches(version: Version, subjects_per_job: int) -> Mapping[str, str]:
    """Return the batch of each subject of one version of an index."""
    subjects = list(clips_by_subject(version.path))
    return batches(subjects, a_job=subjects_in_a_job(subjects_per_job, subjects=len(subjects)))
