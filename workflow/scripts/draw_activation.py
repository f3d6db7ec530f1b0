"""Draw the mean activation map of each class or label over the mean face.

Settings: activation_maps. Input: examples.h5, the list of the folds, whose weights are read.
Output: pictures/activation.png. Source: Li et al., 4DME, figure 9; Selvaraju et al. 2017 (Grad-CAM).
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import read_examples
from merflow.drawing.canvas import save_png
from merflow.settings import from_plain
from merflow.training.activation_maps import activation_maps
from merflow.training.fold_lists import weights_of_folds
from merflow.training.map_settings import ActivationMapSettings
from merflow.visualization.networks.activation import plot_activation


def main(examples_h5: Path, weights: Sequence[Path], out: Path, *, settings: ActivationMapSettings, title: str) -> None:
    """Write one row of maps, one a label."""
    maps = activation_maps(weights, read_examples(examples_h5), settings)
    save_png(plot_activation(maps, title=title), out)


if __name__ == "__main__":
    main(
        Path(snakemake.input.examples),
        weights_of_folds(Path(snakemake.input.folds)),
        Path(snakemake.output.picture),
        settings=from_plain(ActivationMapSettings, snakemake.params.settings),
        title=f"Activation maps of {snakemake.wildcards.experiment} ({snakemake.wildcards.dataset})",
    )
