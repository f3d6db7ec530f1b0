"""Train the learned magnification.

Settings: `magnifier`; `execution.device`. Output: magnifier/weights.pt, magnifier/history.csv.
Source: after Oh et al., Learning-based Video Motion Magnification, ECCV 2018.
"""

from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.training.magnifier.settings import MagnifierSettings
from merflow.training.magnifier.train import train_magnifier


def main(weights: Path, history: Path, *, settings: dict[str, Any], seed: int, device: str, threads: int) -> None:
    """Write the weights, and how the loss fell."""
    train_magnifier(MagnifierSettings(**settings), weights, history, seed=seed, device=device, threads=threads)


if __name__ == "__main__":
    main(
        Path(snakemake.output.weights),
        Path(snakemake.output.history),
        settings=snakemake.params.settings,
        seed=snakemake.params.seed,
        device=snakemake.config["execution"]["device"],
        threads=snakemake.threads,
    )
