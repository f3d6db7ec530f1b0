"""Hold every magnification against exact re-renders of motions of known size.

Input: weights of the learned method. Output: magnification.csv.
"""

from pathlib import Path

from _job import configure_logging
from merflow.verification.magnification import (
    measure_magnification,
    methods_to_measure,
    write_magnification_table,
)


def main(weights: str, out: Path) -> None:
    """Write the table of all methods."""
    write_magnification_table(out, measure_magnification(methods_to_measure(weights=weights)))


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(snakemake.params.named, Path(snakemake.output.table))
