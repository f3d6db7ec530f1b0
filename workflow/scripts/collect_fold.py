"""Put the results of one trained fold in their place.

Input: the list of its batch, beside which its folder lies. Output: predictions.csv, history.csv, weights/,
made_of.json.
"""

from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.errors import ArtefactError
from merflow.training.trained_folds import collect


def main(batch: Path, fold: str, place: Path) -> None:
    """Give one fold its place; without it the list of its batch is wrong, and goes, so that it is trained anew."""
    try:
        collect(batch.parent / "folds" / fold, place)
    except ArtefactError:
        batch.unlink(missing_ok=True)
        raise


if __name__ == "__main__":
    main(
        Path(snakemake.input.batch),
        snakemake.wildcards.fold,
        Path(snakemake.output.predictions).parent,
    )
