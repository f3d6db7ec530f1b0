"""Put the clips of a composite's members side by side.

Settings: its members. Input: clips.csv, exclusions.csv, and qc/clips.tsv and clips.json of each member. Output:
qc/clips.tsv, clips.json, index.html.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.datasets.clip_table import read_clips, read_exclusions
from merflow.quality.joined_page import write_joined_page
from merflow.quality.joining import join, read_quality, write_joined_dictionary, write_joined_table


def main(
    dataset: str, members: Sequence[str], *, clips_csv: Path, exclusions_csv: Path, out: Mapping[str, Path]
) -> None:
    """Join, then write the table, its dictionary and the page."""
    found = {member: read_quality(member) for member in members}
    joined = join(dataset, read_clips(clips_csv), read_exclusions(exclusions_csv), found)
    write_joined_table(joined, out["clips"])
    write_joined_dictionary(joined, out["dictionary"])
    write_joined_page(joined, out["page"])


if __name__ == "__main__":
    main(
        snakemake.wildcards.dataset,
        snakemake.params.members,
        clips_csv=Path(snakemake.input.clips),
        exclusions_csv=Path(snakemake.input.exclusions),
        out={name: Path(path) for name, path in snakemake.output.items()},
    )
