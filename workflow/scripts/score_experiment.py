"""Score one experiment over all its folds, and draw its confusion matrix, or how well each label is told.

Settings: protocol, bootstrap and baselines of the experiment; whether the dataset is a composite, whose members are
scored one by one too. Input: the list of the folds, whose predictions are read, exclusions.csv,
metrics of the baselines. Output: metrics.csv, predictions.csv, confusion.png, settings.yaml.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.drawing.canvas import save_png
from merflow.evaluation.headlines import told_one_by_one
from merflow.evaluation.metrics_table import write_metrics
from merflow.evaluation.predictions import write_predictions
from merflow.evaluation.scoring import Scoring, score_folds
from merflow.evaluation.settings_file import write_settings
from merflow.evaluation.whole_folds import check_trained_with
from merflow.settings import from_plain
from merflow.training.fold_lists import listed_folds
from merflow.training.fold_record import PREDICTIONS
from merflow.visualization.results.confusion import draw_confusion
from merflow.visualization.results.labels import draw_labels


def main(
    folds: Path,
    exclusions: Path,
    baselines: Mapping[str, Path],
    out: Mapping[str, Path],
    *,
    asked: Scoring,
    resolved: dict[str, Any],
    composite: bool,
    title: str,
) -> None:
    """Write the four results of an experiment."""
    folders = listed_folds(folds)
    check_trained_with(folders, resolved["experiment"])
    predictions, metrics = score_folds(
        [folder / PREDICTIONS for folder in folders],
        asked=asked,
        exclusions=exclusions,
        baselines=baselines,
        composite=composite,
    )
    write_metrics(metrics, out["metrics"])
    write_predictions(predictions, out["predictions"])
    draw = draw_labels if told_one_by_one(predictions) else draw_confusion
    save_png(draw(predictions, metrics, title=title), out["confusion"])
    write_settings(resolved, out["settings"])


if __name__ == "__main__":
    experiment = snakemake.params.resolved["experiment"]
    main(
        Path(snakemake.input.folds),
        Path(snakemake.input.exclusions),
        {Path(path).parent.name: Path(path) for path in snakemake.input.baselines},
        {name: Path(path) for name, path in snakemake.output.items()},
        asked=from_plain(Scoring, {key: experiment[key] for key in Scoring.__dataclass_fields__}),
        resolved=snakemake.params.resolved,
        composite=snakemake.params.composite,
        title=f"{snakemake.wildcards.experiment} on {snakemake.wildcards.dataset}",
    )
