"""Collect what one experiment's model sees.

Settings: artefact, labels, expressions and input of the experiment, points and mirror of its training among the input;
whether the dataset is a composite.
Input: clips.csv, exclusions.csv, one shard a subject and their lists. Output: examples.h5, exclusions.csv.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import read_examples, write_examples
from merflow.artefacts.kept import check_made_of
from merflow.artefacts.seal import digests
from merflow.datasets.clip_table import read_clips, read_exclusions, write_exclusions
from merflow.datasets.labels import label_set_named
from merflow.datasets.members import qualified
from merflow.shard_lists import check_listed
from merflow.stages.examples import features_of
from merflow.training.duplicates import check_no_duplicate
from merflow.training.examples import build_examples


def main(
    clips_csv: Path,
    earlier: Path,
    shards: Sequence[Path],
    *,
    lists: Sequence[Path],
    made_of: Mapping[str, Sequence[Any]],
    examples_out: Path,
    exclusions_out: Path,
    settings: dict[str, Any],
    code: str,
    names: dict[str, str],
    composite: bool,
) -> None:
    """Write the examples and the exclusions of one experiment."""
    for path in shards:
        dataset, _, kind, variant = (above.name for above in reversed(path.parents[:4]))
        params, of_code = made_of[f"{dataset}: {kind}/{variant}"]
        check_made_of(path, params=params, code=of_code)
    check_listed(shards, lists, digest=lambda path: digests(path).file)
    examples, exclusions = build_examples(
        shards,
        read_clips(clips_csv),
        label_set=label_set_named(settings["labels"]),
        features=features_of(settings["artefact"].split("/")[0], **settings["input"]),
        expressions=settings["expressions"],
        earlier_exclusions=read_exclusions(earlier),
        composite=composite,
    )
    write_exclusions(exclusions, exclusions_out)
    inputs = {_label(path, composite): digests(path).file for path in shards}
    write_examples(examples, examples_out, params=settings, code=code, inputs=inputs, **names)
    check_no_duplicate(examples if examples.has_digests else read_examples(examples_out))  # lazy rows have theirs there


def _label(shard: Path, composite: bool) -> str:
    """Return whose shard it is; two members of a composite may both have a subject 01."""
    return qualified(shard.parents[3].name, shard.stem) if composite else shard.stem


if __name__ == "__main__":
    main(
        Path(snakemake.input.clips),
        Path(snakemake.input.exclusions),
        [Path(path) for path in snakemake.params.shards],
        lists=[Path(path) for path in snakemake.input.lists],
        made_of=snakemake.params.made_of,
        examples_out=Path(snakemake.output.examples),
        exclusions_out=Path(snakemake.output.exclusions),
        settings=snakemake.params.settings,
        code=snakemake.params.code,
        names={"dataset": snakemake.wildcards.dataset, "experiment": snakemake.wildcards.experiment},
        composite=snakemake.params.composite,
    )
