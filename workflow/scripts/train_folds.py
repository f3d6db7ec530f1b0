"""Train and test the folds of one batch, once a seed each, in one process.

Settings: model, model_params, protocol, training and seeds of the experiment; `execution.device`, `execution.stack`.
Input: examples.h5. Output: the list of the folds of the batch; beside it a folder for each, which `collect_fold` puts
in its place.
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.files import atomic_path
from merflow.settings import from_plain
from merflow.training.batch import earlier_folds, train_folds
from merflow.training.execution import Machine
from merflow.training.method import Method


def main(examples: Path, done: Path, *, folds: Sequence[str], method: Method, code: str, machine: Machine) -> None:
    """Train the folds beside `done`, and list them in it."""
    trained = done.parent / "folds"
    train_folds(
        examples,
        folds,
        trained,
        method,
        code=code,
        machine=machine,
        earlier=tuple(earlier_folds(examples.parent, trained)),
    )
    with atomic_path(done) as partial:
        partial.write_text("".join(f"{fold}\n" for fold in folds), encoding="utf-8")


if __name__ == "__main__":
    main(
        Path(snakemake.input.examples),
        Path(snakemake.output.done),
        folds=snakemake.params.folds,
        method=from_plain(Method, snakemake.params.settings),
        code=snakemake.params.code,
        machine=Machine(
            snakemake.config["execution"]["device"], snakemake.threads, snakemake.config["execution"]["stack"]
        ),
    )
