"""Train and test the folds of one batch, once a seed each, in one process.

Settings: model, model_params, protocol, training and seeds of the experiment; `execution.device`. Input: examples.h5.
Output: the list of the folds of the batch; beside it a folder for each, which `collect_fold` puts in its place.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.files import atomic_path
from merflow.training.batch import earlier_folds, train_folds


def main(
    examples: Path, done: Path, *, folds: Sequence[str], settings: dict[str, Any], code: str, device: str, threads: int
) -> None:
    """Train the folds beside `done`, and list them in it."""
    trained = done.parent / "folds"
    train_folds(
        examples,
        folds,
        trained,
        settings=settings,
        code=code,
        device=device,
        threads=threads,
        earlier=tuple(earlier_folds(examples.parent, trained)),
    )
    with atomic_path(done) as partial:
        partial.write_text("".join(f"{fold}\n" for fold in folds), encoding="utf-8")


if __name__ == "__main__":
    main(
        Path(snakemake.input.examples),
        Path(snakemake.output.done),
        folds=snakemake.params.folds,
        settings=snakemake.params.settings,
        code=snakemake.params.code,
        device=snakemake.config["execution"]["device"],
        threads=snakemake.threads,
    )
