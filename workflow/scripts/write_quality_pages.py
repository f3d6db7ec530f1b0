"""Measure every clip of a dataset and write its quality pages.

Settings: `qc`; kind and variant of the artefacts that are read; what the dataset declares; experiments that are shown.
Input: clips.csv, exclusions.csv, one shard a subject and their lists, predictions.csv of those experiments, the table
of the reference. Output: qc/clips.tsv, clips.json, index.html, a page a subject.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow import paths
from merflow.artefacts.seal import digests
from merflow.datasets.clip_table import read_clips, read_exclusions
from merflow.quality.measuring import measure_dataset
from merflow.quality.pages import write_pages
from merflow.quality.reference import read_reference
from merflow.quality.scored import scored_columns
from merflow.quality.settings import QcSettings
from merflow.quality.tables import write_dictionary, write_table
from merflow.settings import from_plain
from merflow.shard_lists import check_listed


def main(
    dataset: str,
    declared: Mapping[str, str],
    artefacts: Sequence[Sequence[str]],
    settings: QcSettings,
    *,
    clips_csv: Path,
    exclusions_csv: Path,
    lists: Sequence[Path],
    predictions: Mapping[str, Path],
    reference: Path | None,
    out: Mapping[str, Path],
) -> None:
    """Measure, then write the table, its dictionary and the pages."""
    clips = read_clips(clips_csv)
    subjects = dict.fromkeys(clip.subject for clip in clips)
    shards = {
        (kind, variant): [Path(paths.shard(dataset, kind, variant, subject)) for subject in subjects]
        for kind, variant in artefacts
    }
    every = [path for paths_of_kind in shards.values() for path in paths_of_kind]
    check_listed(every, lists, digest=lambda path: digests(path).file)
    measured = measure_dataset(
        dataset, declared["quality"], clips, read_exclusions(exclusions_csv), shards, deviations=settings.deviations
    )
    tested = scored_columns(predictions, frozenset(clip.id for clip in clips), deviations=settings.deviations)
    measured = replace(measured, columns=[*measured.columns, *tested])
    write_table(measured, out["clips"])
    write_dictionary(measured, out["dictionary"], deviations=settings.deviations)
    write_pages(
        measured, declared, shards, out["page"], out["subjects"], faces=settings.faces, deviations=settings.deviations,
        reference=read_reference(reference) if reference else None,
    )  # fmt: skip


if __name__ == "__main__":
    main(
        snakemake.wildcards.dataset,
        snakemake.params.declared,
        snakemake.params.artefacts,
        from_plain(QcSettings, snakemake.params.settings),
        clips_csv=Path(snakemake.input.clips),
        exclusions_csv=Path(snakemake.input.exclusions),
        lists=[Path(path) for path in snakemake.input.lists],
        predictions=dict(zip(snakemake.params.experiments, map(Path, snakemake.input.predictions), strict=True)),
        reference=next(map(Path, snakemake.input.reference), None),
        out={name: Path(path) for name, path in snakemake.output.items()},
    )
