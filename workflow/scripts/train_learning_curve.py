"""Train every fold of an experiment on some of its subjects, in the order of one draw.

Settings: model, model_params, protocol, training and seeds of the experiment; number of points; `execution.device`.
Input: examples.h5. Output: learning_curve/<draw>.csv, the scores of each point, and how many clips the experiment has.
"""

from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.evaluation.learning_curve import ALL, curve_table, rows_of_point, write_curve
from merflow.settings import from_plain
from merflow.training.execution import Machine
from merflow.training.learning_curve import train_points
from merflow.training.method import Method


def main(examples: Path, out: Path, *, method: Method, draw: int, points: int, machine: Machine) -> None:
    """Train each point, and write what they score."""
    *drawn, itself = train_points(examples, method, draw=draw, points=points, machine=machine)
    rows = [
        row
        for point, number in [*((point, draw) for point in drawn), (itself, ALL)]
        for row in rows_of_point(
            point.predictions, subjects=point.subjects, draw=number, clips=point.clips, note=point.reason
        )
    ]
    write_curve(curve_table(rows), out)


if __name__ == "__main__":
    main(
        Path(snakemake.input.examples),
        Path(snakemake.output.points),
        method=from_plain(Method, snakemake.params.settings),
        draw=int(snakemake.wildcards.draw),
        points=snakemake.params.points,
        machine=Machine(snakemake.config["execution"]["device"], snakemake.threads),
    )
