"""Render the embedded dataset.

Settings: the dataset's `synthesis` block. Output: recordings in the layout that they name, and
their ground truth (`gt/`).
"""

import logging
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.settings import from_plain
from merflow.synthesis.demo import generate_demo
from merflow.synthesis.settings import SynthesisSettings


def main(root: Path, *, settings: dict[str, Any], processes: int) -> None:
    """Write the dataset under `root`."""
    log = logging.getLogger("merflow.synthesis")
    generate_demo(root, from_plain(SynthesisSettings, settings), processes=processes, progress=log.info)


if __name__ == "__main__":
    main(Path(snakemake.output.root), settings=snakemake.params.settings, processes=snakemake.threads)
