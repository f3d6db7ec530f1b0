"""Correlate the mean activation maps of two experiments with those of the first one, beside the printed numbers.

Settings: activation_maps. Input: examples.h5 and the lists of the folds of both experiments, whose weights are read.
Output: compare/activation_maps/<first>-vs-<second>.csv, its picture, and the maps themselves (.npz).
Source: Li et al., 4DME, section 5.3.1, figure 9 and table 9.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import read_examples
from merflow.drawing.canvas import save_png
from merflow.evaluation.map_correlations import correlate_maps, write_correlations, write_maps
from merflow.settings import from_plain
from merflow.training.activation_maps import activation_maps
from merflow.training.fold_lists import weights_of_folds
from merflow.training.map_settings import ActivationMapSettings
from merflow.visualization.results.map_correlations import plot_map_correlations


def main(
    examples_h5: Mapping[str, Path],
    weights: Sequence[Path],
    out: Mapping[str, Path],
    *,
    settings: ActivationMapSettings,
    dataset: str,
) -> None:
    """Write table, picture and maps."""
    both = {}
    for name, path in examples_h5.items():
        own = [folder for folder in weights if folder.is_relative_to(path.parent)]
        both[name] = activation_maps(own, read_examples(path), settings)
    table = correlate_maps(both, leave_out=settings.leave_out)
    write_correlations(table, out["table"])
    write_maps(both, out["maps"])
    title = f"Activation maps of {' and '.join(both)} ({dataset})"
    save_png(plot_map_correlations(table, both, title=title), out["picture"])


if __name__ == "__main__":
    names = (snakemake.wildcards.first, snakemake.wildcards.second)
    main(
        dict(zip(names, map(Path, snakemake.input.examples), strict=True)),
        [folder for path in snakemake.input.folds for folder in weights_of_folds(Path(path))],
        {name: Path(path) for name, path in snakemake.output.items()},
        settings=from_plain(ActivationMapSettings, snakemake.params.settings),
        dataset=snakemake.wildcards.dataset,
    )
