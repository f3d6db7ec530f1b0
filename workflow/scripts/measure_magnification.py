"""Hold every magnification against exact re-renders of motions of known size.

Input: weights of the learned method. Output: magnification.csv.
"""

from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.verification.magnification import (
    measure_magnification,
    methods_to_measure,
    write_magnification_table,
)


def main(weights: str, out: Path) -> None:
    """Write the table of all methods."""
    write_magnification_table(out, measure_magnification(methods_to_measure(weights=weights)))


if __name__ == "__main__":
    main(snakemake.params.named, Path(snakemake.output.table))
