"""Hold the motion of landmarks, by each way to find them, against the ground truth of an embedded dataset.

Input: clips.csv, recordings with `gt/`, faces and magnified shards. Output: landmarks.csv.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.datasets.clip_table import read_clips
from merflow.verification.landmarks import write_landmarks_table


def main(clips_csv: Path, raw: Path, faces: Sequence[Path], magnified: Sequence[Path], out: Path) -> None:
    """Write the table; a shard's variant is that of its path."""
    by_variant: dict[str, list[Path]] = defaultdict(list)
    for path in magnified:
        by_variant[path.parent.name].append(path)
    write_landmarks_table(out, raw, read_clips(clips_csv), faces, by_variant)


if __name__ == "__main__":
    main(
        Path(snakemake.input.clips),
        Path(snakemake.input.raw),
        [Path(path) for path in snakemake.params.faces],
        [Path(path) for path in snakemake.params.magnified],
        Path(snakemake.output.table),
    )
