"""Draw what each layer of one trained network tells apart.

Input: examples.h5, the list of the folds, of whose weights the first are drawn. Output: pictures/layers.png.
Source: Wei et al., GTS-GN, figure 7.
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import read_examples
from merflow.drawing.canvas import save_png
from merflow.training.fold_lists import weights_of_folds
from merflow.visualization.networks.layers import plot_layers
from merflow.visualization.networks.network_layers import first_network, network_layers


def main(examples_h5: Path, weights: Sequence[Path], out: Path, *, experiment: str, dataset: str) -> None:
    """Write one row of maps, one a layer."""
    examples = read_examples(examples_h5)
    layers, fold = network_layers(first_network(weights), examples)
    title = f"Features layer by layer, {experiment} ({dataset})"
    save_png(plot_layers({experiment: layers}, examples.classes, left_out=fold, title=title), out)


if __name__ == "__main__":
    main(
        Path(snakemake.input.examples),
        weights_of_folds(Path(snakemake.input.folds)),
        Path(snakemake.output.picture),
        experiment=snakemake.wildcards.experiment,
        dataset=snakemake.wildcards.dataset,
    )
