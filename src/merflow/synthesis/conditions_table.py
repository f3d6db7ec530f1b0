"""The conditions of all clips of a dataset as one table, ``gt/conditions.csv``: a row a clip."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from merflow.errors import DatasetError
from merflow.synthesis.ground_truth import GroundTruth, read_ground_truth
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.writer import ground_truth_path

CONDITIONS_TABLE = "gt/conditions.csv"
_LEARNT = ("hidden_share", "expression_px", "motion_px")


def write_conditions(root: Path, records: Sequence[ClipRecord]) -> None:
    """Write the table of a dataset from its ground truth.

    Its columns are ``clip``, ``subject``, those of :meth:`merflow.synthesis.conditions.Conditions.record`, the share
    of the face that is hidden at the onset (``hidden_share``), and how far the visible face moves from onset to apex
    on average, px: by itself (``expression_px``: the label's action units, the others and jitter) and with the head
    (``motion_px``).

    Parameters
    ----------
    root : Path
        Folder of the dataset.
    records : sequence of ClipRecord
        Its clips.
    """
    rows = [_row(record, read_ground_truth(ground_truth_path(root, record.id))) for record in records]
    if not rows:
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (Path(root) / CONDITIONS_TABLE).write_text(text.getvalue(), encoding="utf-8")


def read_difficulties(root: Path) -> dict[str, str]:
    """Return the difficulty of each clip of a dataset, by the clip's name.

    Raises
    ------
    DatasetError
        The dataset has no such table: it was not rendered with ``conditions``.
    """
    path = Path(root) / CONDITIONS_TABLE
    if not path.is_file():
        raise DatasetError(
            f"expected the conditions of each clip in {path}, found no such file: only a dataset with "
            "synthesis.conditions has them. Render one, such as results/benchmark/raw"
        )
    with path.open(encoding="utf-8", newline="") as file:
        return {row["clip"]: row["difficulty"] for row in csv.DictReader(file)}


def _row(record: ClipRecord, truth: GroundTruth) -> dict[str, object]:
    face = np.isfinite(truth.flow[0])
    seen = truth.visible
    px = [
        float(np.linalg.norm(flow[:2, seen].astype(np.float64), axis=0).mean()) if seen.any() else 0.0
        for flow in (truth.expression_flow, truth.flow)
    ]
    hidden_share = float(truth.occluded[face].mean()) if face.any() else 0.0
    learnt = dict(zip(_LEARNT, (round(value, 4) for value in (hidden_share, *px)), strict=True))
    return {"clip": record.id, "subject": record.subject, **truth.conditions, **learnt}
