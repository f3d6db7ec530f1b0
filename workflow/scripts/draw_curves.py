"""Draw the training curves of one experiment.

Input: the list of the folds, whose history.csv is read. Output: training.png.
"""

from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.drawing.canvas import save_png
from merflow.training.fold_lists import listed_folds
from merflow.training.fold_record import HISTORY
from merflow.visualization.results.curves import plot_curves, read_history


def main(folds: Path, out: Path, *, title: str) -> None:
    """Write the curves of all folds; a fold is named by its folder, and one without clips has no curve."""
    tables = {folder.name: read_history(folder / HISTORY) for folder in listed_folds(folds)}
    save_png(plot_curves({fold: table for fold, table in tables.items() if len(table)}, title=title), out)


if __name__ == "__main__":
    main(
        Path(snakemake.input.folds),
        Path(snakemake.output.curves),
        title=f"{snakemake.wildcards.experiment} on {snakemake.wildcards.dataset}",
    )
