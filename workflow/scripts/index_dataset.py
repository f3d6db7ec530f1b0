"""Index a dataset: its official annotation and folders, or its members' indexes, become one row a clip.

Settings: the dataset's block, `on_bad_clip`, the review whose failed clips are left out, the estimated apexes.
Input of a composite: clips.csv and exclusions.csv of each member.
Output: clips.csv, exclusions.csv.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.datasets.clip_table import write_clips, write_exclusions
from merflow.datasets.members import Member, read_member
from merflow.datasets.registry import index_dataset


def main(
    clips: Path,
    exclusions: Path,
    *,
    dataset: str,
    reader: str,
    settings: dict[str, Any],
    members: Mapping[str, Member],
    on_bad_clip: str,
    exclude: str,
    apexes: str,
) -> None:
    """Index `dataset` and write both tables."""
    index = index_dataset(
        dataset, reader, settings, on_bad_clip=on_bad_clip, members=members, exclude=exclude, apexes=apexes
    )
    write_exclusions(index.exclusions, exclusions)
    write_clips(index.clips, clips)
    for note in index.notes:
        logging.getLogger("merflow").info("%s", note)
    logging.getLogger("merflow").info("%d clips, %d left out", len(index.clips), len(index.exclusions))


if __name__ == "__main__":
    readers = snakemake.params.members
    tables = [Path(path) for path in snakemake.input]
    main(
        Path(snakemake.output.clips),
        Path(snakemake.output.exclusions),
        dataset=snakemake.wildcards.dataset,
        reader=snakemake.params.reader,
        settings=snakemake.params.settings,
        members={
            name: read_member(reader, tables[position], tables[len(readers) + position])
            for position, (name, reader) in enumerate(readers.items())
        },
        on_bad_clip=snakemake.config["on_bad_clip"],
        exclude="".join(snakemake.params.exclude),
        apexes="".join(snakemake.params.apexes),
    )
