"""Draw the training curves of one experiment.

Input: history.csv of every fold. Output: training.png.
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.drawing.canvas import save_png
from merflow.training.fold_record import check_fold
from merflow.visualization.results.curves import plot_curves, read_history


def main(histories: Sequence[Path], out: Path, *, title: str) -> None:
    """Write the curves of all folds; a fold is named by its folder, and one without clips has no curve."""
    for path in histories:
        check_fold(path.parent, place=path.parent, with_weights=False)  # they may be deleted for room
    tables = {path.parent.name: read_history(path) for path in histories}
    save_png(plot_curves({fold: table for fold, table in tables.items() if len(table)}, title=title), out)


if __name__ == "__main__":
    main(
        [Path(path) for path in snakemake.input.histories],
        Path(snakemake.output.curves),
        title=f"{snakemake.wildcards.experiment} on {snakemake.wildcards.dataset}",
    )
