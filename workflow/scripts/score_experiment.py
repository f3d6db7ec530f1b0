"""Score one experiment over all its folds, and draw its confusion matrix.

Settings: protocol, bootstrap and baselines of the experiment; whether the dataset is a composite, whose members are
scored one by one too. Input: predictions of every fold, exclusions.csv, metrics of the baselines. Output:
metrics.csv, predictions.csv, confusion.png, settings.yaml. Afterwards removes what is left of trained/: the folds of a
batch that nobody asked for.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from _job import configure_logging
from merflow.datasets.clip import read_exclusions
from merflow.evaluation.aggregate import score_table
from merflow.evaluation.baselines import with_baselines
from merflow.evaluation.members import left_out_of, members_of
from merflow.evaluation.metrics_table import write_metrics
from merflow.evaluation.predictions import classes_of, read_predictions, write_predictions
from merflow.files import atomic_path
from merflow.training.fold_record import check_fold
from merflow.training.folds import protocol_note
from merflow.training.settings import ProtocolSettings
from merflow.training.trained_folds import forget_trained
from merflow.visualization.parts.canvas import save_png
from merflow.visualization.results.confusion import draw_confusion


def main(
    folds: Sequence[Path],
    exclusions: Path,
    baselines: Mapping[str, Path],
    out: Mapping[str, Path],
    *,
    settings: dict[str, Any],
    resolved: dict[str, Any],
    composite: bool,
    title: str,
) -> None:
    """Write the four results of an experiment."""
    protocol = ProtocolSettings.from_mapping(settings["protocol"])
    for path in folds:
        check_fold(path.parent)
    predictions = read_predictions(
        folds,
        seeds=settings["seeds"],
        model=resolved["experiment"]["model"],
        fold_is_subject=protocol.one_subject_a_fold,
    )
    left_out = {row["clip"] for row in read_exclusions(exclusions)}
    members = members_of(predictions["subject"]) if composite else None
    metrics = score_table(
        predictions,
        classes=classes_of(predictions),
        protocol=protocol.name,
        note=protocol_note(protocol),
        left_out=len(left_out),
        members=members,
        members_left_out=left_out_of(members, left_out) if members else None,
        replicates=settings["bootstrap"],
    )
    write_metrics(with_baselines(metrics, baselines), out["metrics"])
    write_predictions(predictions, out["predictions"])
    save_png(draw_confusion(predictions, metrics, title=title), out["confusion"])
    with atomic_path(out["settings"]) as partial:
        partial.write_text(yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True), encoding="utf-8")


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        [Path(path) for path in snakemake.input.predictions],
        Path(snakemake.input.exclusions),
        {Path(path).parent.name: Path(path) for path in snakemake.input.baselines},
        {name: Path(path) for name, path in snakemake.output.items()},
        settings=snakemake.params.settings,
        resolved=snakemake.params.resolved,
        composite=snakemake.params.composite,
        title=f"{snakemake.wildcards.experiment} on {snakemake.wildcards.dataset}",
    )
    forget_trained(Path(snakemake.output.metrics).parent / "trained")
