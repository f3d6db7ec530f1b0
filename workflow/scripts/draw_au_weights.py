"""Table and picture of how much each layer counts in the loss of the action units.

Input: the list of the folds, whose weights are read. Output: au_weights.csv, pictures/au_weights.png.
Source: Wei et al., GTS-GN, eq. 11 and Table VIII.
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.drawing.canvas import save_png
from merflow.files import atomic_path
from merflow.training.fold_lists import weights_of_folds
from merflow.training.fold_record import seeds_in
from merflow.training.learned import au_weight_table
from merflow.visualization.networks.au_weights import plot_au_weights


def main(weights: Sequence[Path], table_out: Path, picture_out: Path, *, title: str) -> None:
    """Write one row a fold, and the same as lines."""
    table = au_weight_table([path for folder in weights for path in seeds_in(folder)])
    with atomic_path(table_out) as partial:
        table.to_csv(partial, index=False, float_format="%.4f", lineterminator="\n")
    save_png(plot_au_weights(table, title=f"Weights of the AU loss, {title}"), picture_out)


if __name__ == "__main__":
    main(
        weights_of_folds(Path(snakemake.input.folds)),
        Path(snakemake.output.table),
        Path(snakemake.output.picture),
        title=f"{snakemake.wildcards.experiment} ({snakemake.wildcards.dataset})",
    )
