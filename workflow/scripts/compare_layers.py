"""Draw what the layers of two trained networks tell apart, one above the other.

Input: examples.h5 and the lists of the folds of both experiments. Of each the network of the first fold and seed is
drawn. Output: compare/<first>-vs-<second>-layers.png. Source: Wei et al., GTS-GN, figure 7.
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import read_examples
from merflow.drawing.canvas import save_png
from merflow.errors import ConfigError
from merflow.training.fold_lists import weights_of_folds
from merflow.visualization.networks.layers import LayerClips, plot_layers
from merflow.visualization.networks.network_layers import first_network, network_layers


def main(
    examples_h5: Sequence[Path], weights: Sequence[Path], out: Path, *, names: Sequence[str], dataset: str
) -> None:
    """Write one row of maps a network."""
    both = [read_examples(path) for path in examples_h5]
    if both[0].classes != both[1].classes:
        raise ConfigError(
            f"expected two experiments with the same classes, but {names[0]} has {', '.join(both[0].classes)} and "
            f"{names[1]} {', '.join(both[1].classes)}. Compare experiments of one label set."
        )
    drawn: dict[str, LayerClips] = {}
    folds = []
    for name, path, examples in zip(names, examples_h5, both, strict=True):
        own = [folder for folder in weights if folder.is_relative_to(path.parent)]
        drawn[name], fold = network_layers(first_network(own), examples)
        folds.append(fold)
    title = f"Features layer by layer, {' and '.join(names)} ({dataset})"
    left_out = " and ".join(dict.fromkeys(folds))
    save_png(plot_layers(drawn, both[0].classes, left_out=left_out, title=title), out)


if __name__ == "__main__":
    main(
        [Path(path) for path in snakemake.input.examples],
        [folder for path in snakemake.input.folds for folder in weights_of_folds(Path(path))],
        Path(snakemake.output.picture),
        names=[snakemake.wildcards.first, snakemake.wildcards.second],
        dataset=snakemake.wildcards.dataset,
    )
