"""Draw where the first attention block of ATM-GCN looks, in one clip of each class.

Input: examples.h5, the list of the folds, whose weights are read. Output: pictures/attention.png.
Source: Zhang et al., ATM-GCN, figure 5.
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import read_examples
from merflow.drawing.canvas import save_png
from merflow.training.fold_lists import weights_of_folds
from merflow.visualization.networks.attention import plot_attention
from merflow.visualization.networks.network_attention import network_attention, untested_classes


def main(examples_h5: Path, weights: Sequence[Path], out: Path, *, experiment: str, dataset: str) -> None:
    """Write one row of maps, one a frame, for the first tested clip of each class."""
    examples = read_examples(examples_h5)
    clips = network_attention(weights, examples)
    missing = untested_classes(clips, examples.classes)
    note = f"No tested clip of: {', '.join(missing)}." if missing else ""
    save_png(plot_attention(clips, title=f"Attention of {experiment} ({dataset})", note=note), out)


if __name__ == "__main__":
    main(
        Path(snakemake.input.examples),
        weights_of_folds(Path(snakemake.input.folds)),
        Path(snakemake.output.picture),
        experiment=snakemake.wildcards.experiment,
        dataset=snakemake.wildcards.dataset,
    )
