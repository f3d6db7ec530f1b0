"""Put the draws of a learning curve together with the experiment itself, and draw them.

Input: the scores of each draw, predictions.csv of the experiment. Output: learning_curve.csv, learning_curve.png.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.drawing.canvas import save_png
from merflow.evaluation.learning_curve import read_curve, whole_curve, write_curve
from merflow.evaluation.predictions import read_collected
from merflow.visualization.results.learning_curve import plot_learning_curve


def main(draws: Sequence[Path], predictions: Path, out: Mapping[str, Path], *, title: str) -> None:
    """Write table and picture."""
    table = whole_curve(map(read_curve, draws), read_collected(predictions))
    write_curve(table, out["table"])
    save_png(plot_learning_curve(table, title=title), out["picture"])


if __name__ == "__main__":
    main(
        [Path(path) for path in snakemake.input.draws],
        Path(snakemake.input.predictions),
        {name: Path(path) for name, path in snakemake.output.items()},
        title=f"{snakemake.wildcards.experiment} on {snakemake.wildcards.dataset}: learning curve",
    )
