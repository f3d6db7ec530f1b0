"""Compare two experiments on the clips that both predict, by a bootstrap that draws the same subjects for both.

Settings: protocol and bootstrap of both; the larger number of replicates is taken. Input: predictions.csv of both.
Output: compare/<first>-vs-<second>.csv and its picture.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.drawing.canvas import save_png
from merflow.evaluation.compare import common_classes, compare_predictions, note_of_protocols, write_comparison
from merflow.evaluation.predictions import read_collected
from merflow.settings import from_plain
from merflow.training.settings import ProtocolSettings
from merflow.visualization.results.comparison import plot_comparison


def main(
    predictions: Sequence[Path],
    out: Mapping[str, Path],
    *,
    names: tuple[str, str],
    settings: Mapping[str, Mapping[str, Any]],
    dataset: str,
) -> None:
    """Write table and picture; the two were found to ask one question when the job was planned."""
    a, b = (read_collected(path) for path in predictions)
    protocols = {name: from_plain(ProtocolSettings, settings[name]["protocol"]) for name in names}
    table = compare_predictions(
        a,
        b,
        classes=common_classes(a, b),
        names=names,
        protocol=protocols[names[0]].name,
        note=note_of_protocols(protocols),
        replicates=max(own["bootstrap"] for own in settings.values()),
    )
    write_comparison(table, out["table"])
    save_png(plot_comparison(table, names=names, title=f"Two experiments on {dataset}"), out["picture"])


if __name__ == "__main__":
    main(
        [Path(path) for path in snakemake.input.predictions],
        {name: Path(path) for name, path in snakemake.output.items()},
        names=(snakemake.wildcards.first, snakemake.wildcards.second),
        settings=snakemake.params.settings,
        dataset=snakemake.wildcards.dataset,
    )
