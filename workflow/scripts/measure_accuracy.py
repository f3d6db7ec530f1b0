"""Measure the artefacts of an embedded dataset against its ground truth.

Input: recordings with `gt/`, the shards of one chain of variants. Output: accuracy.csv.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.files import atomic_path
from merflow.verification.table import accuracy_table


def main(raw: Path, shards: Sequence[Path], out: Path) -> None:
    """Write the table; a shard's kind and subject are those of its path."""
    chains: dict[str, dict[str, Path]] = defaultdict(dict)
    for path in shards:
        chains[path.stem][path.parents[1].name] = path
    table = accuracy_table(list(chains.values()), raw)
    with atomic_path(out) as partial:
        table.to_csv(partial, index=False, float_format="%.4g", lineterminator="\n")


if __name__ == "__main__":
    main(
        Path(snakemake.input.raw),
        [Path(path) for path in snakemake.params.shards],
        Path(snakemake.output.table),
    )
