"""Show the metrics of an experiment and the clips that it leaves out as a page.

Settings: description of the experiment. Input: metrics.csv, exclusions.csv. Output: metrics.html.
"""

from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.datasets.clip_table import read_exclusions
from merflow.evaluation.metrics_table import read_metrics
from merflow.summary.experiment_page import write_experiment_page


def main(metrics: Path, exclusions: Path, page: Path, *, title: str, description: str) -> None:
    """Write the page."""
    left_out = read_exclusions(exclusions)
    write_experiment_page(read_metrics(metrics), left_out, page, title=title, description=description)


if __name__ == "__main__":
    main(
        Path(snakemake.input.metrics),
        Path(snakemake.input.exclusions),
        Path(snakemake.output.page),
        title=f"{snakemake.wildcards.experiment} on {snakemake.wildcards.dataset}",
        description=snakemake.params.settings["description"],
    )
