"""Train the networks of one experiment on all subjects, once a seed, and store them with what runs them on raw frames.

Settings: model, model_params, protocol, training and seeds of the experiment; settings of its whole chain, licences of
its data; `execution.device`. Input: examples.h5, metrics.csv. Output: model.pt, model_card.md, history.csv.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import read_examples
from merflow.evaluation.metrics_table import read_metrics
from merflow.files import atomic_path
from merflow.prediction.card import model_card
from merflow.prediction.made import complete
from merflow.prediction.model_file import write_model
from merflow.settings import from_plain
from merflow.training.batch import check_files, made_of
from merflow.training.execution import KEPT_EXAMPLES_BYTES, Machine
from merflow.training.final import train_final
from merflow.training.fold_tables import write_history
from merflow.training.method import Method


def main(
    examples_h5: Path,
    metrics_csv: Path,
    out: Mapping[str, Path],
    *,
    method: Method,
    about: Mapping[str, Any],
    files: Sequence[Path],
    code: str,
    machine: Machine,
) -> None:
    """Write the three results."""
    check_files(method)
    metrics = read_metrics(metrics_csv)
    examples = read_examples(examples_h5, kept_bytes=KEPT_EXAMPLES_BYTES)
    record = made_of(examples, method, code=code, machine=machine)
    whole = complete(about, examples, method, metrics=metrics, made_of=record, files=files)
    networks = list(train_final(examples, method, machine=machine, name=about["experiment"]))
    write_history([one.history_table() for one in networks], out["history"])
    with atomic_path(out["card"]) as partial:
        partial.write_text(model_card(whole), encoding="utf-8")
    write_model(out["model"], networks, whole)


if __name__ == "__main__":
    main(
        Path(snakemake.input.examples),
        Path(snakemake.input.metrics),
        {name: Path(path) for name, path in snakemake.output.items()},
        method=from_plain(Method, snakemake.params.settings),
        about=snakemake.params.about,
        files=[Path(path) for path in snakemake.params.files],
        code=snakemake.params.code,
        machine=Machine(snakemake.config["execution"]["device"], snakemake.threads),
    )
