"""Train and test folds, once a seed each, in one process.

Settings: model, model_params, protocol, training and seeds of the experiment; `execution.device`, `execution.stack`.
Input: examples.h5. Output: a folder a fold, and where a job trains a batch, their list.
"""

from collections.abc import Sequence
from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.settings import from_plain
from merflow.training.batch import train_folds
from merflow.training.execution import Machine
from merflow.training.fold_lists import FOLD_LISTS, FOLDS, row_of
from merflow.training.method import Method


def main(
    examples: Path, written: Path | None, *, folds: Sequence[str], method: Method, code: str, machine: Machine
) -> None:
    """Train the folds of the experiment that the examples belong to, and list them."""
    places = examples.parent / FOLDS
    train_folds(examples, folds, places, method, code=code, machine=machine)
    if written:
        FOLD_LISTS.write(written, [row_of(places / fold) for fold in folds])


if __name__ == "__main__":
    done = snakemake.output.get("done")
    main(
        Path(snakemake.input.examples),
        Path(done) if done else None,
        folds=snakemake.params.folds,
        method=from_plain(Method, snakemake.params.settings),
        code=snakemake.params.code,
        machine=Machine(
            snakemake.config["execution"]["device"], snakemake.threads, snakemake.config["execution"]["stack"]
        ),
    )
