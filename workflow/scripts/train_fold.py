"""Train and test one fold of one experiment, once a seed.

Settings: model, model_params, protocol, training and seeds of the experiment; `execution.device`. Input: examples.h5.
Output: predictions.csv, history.csv, weights/.
"""

from pathlib import Path
from typing import Any

from _job import configure_logging
from merflow.training.fold import run_fold
from merflow.training.settings import ProtocolSettings, TrainingSettings


def main(examples: Path, out: Path, *, fold: str, settings: dict[str, Any], device: str, threads: int) -> None:
    """Write what one fold predicts into the folder `out`."""
    run_fold(
        examples,
        fold,
        out,
        model=settings["model"],
        model_params=settings["model_params"],
        protocol=ProtocolSettings.from_mapping(settings["protocol"]),
        training=TrainingSettings.from_mapping(settings["training"]),
        seeds=settings["seeds"],
        device=device,
        threads=threads,
    )


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.examples),
        Path(snakemake.output.predictions).parent,
        fold=snakemake.wildcards.fold,
        settings=snakemake.params.settings,
        device=snakemake.config["execution"]["device"],
        threads=snakemake.threads,
    )
