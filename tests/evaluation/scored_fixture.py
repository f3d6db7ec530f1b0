"""An experiment whose ``metrics.csv`` has every kind of row."""

import numpy as np
import pandas as pd

from merflow.evaluation.aggregate import score_table
from merflow.evaluation.baselines import with_baselines
from merflow.evaluation.members import left_out_of, members_of
from merflow.evaluation.metrics_table import write_metrics
from merflow.evaluation.rows import Scope

CLASSES = ("negative", "positive", "surprise", "others")
"""No clip shows the last one."""

SUBJECTS = ("casme2.sub01", "casme2.sub02", "casme2.sub03", "samm.006", "samm.007", "smic.s1")
CLIPS = 7


def predictions(*, right=0.5, seeds=(0, 10), oracle=0.8):
    """Return predictions that are right in a share of the cases, and in `oracle` after the oracle's epoch."""
    rng = np.random.default_rng(1)
    names = np.array(CLASSES)
    truth = np.arange(len(SUBJECTS) * CLIPS) % 3
    subject = np.repeat(SUBJECTS, CLIPS)
    parts = []
    for seed in seeds:
        said, best = (np.where(rng.random(len(truth)) < share, truth, (truth + 1) % 3) for share in (right, oracle))
        columns = {
            "clip": [f"{own}_{i:02d}" for i, own in enumerate(subject)],
            "subject": subject,
            "seed": seed,
            "label": names[truth],
            "predicted": names[said],
            **{f"score_{name}": (names[said] == name).astype(float) for name in CLASSES},
            "oracle_predicted": names[best],
            "fold": subject,
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def write_everything(folder):
    """Write ``metrics.csv`` of a composite with two seeds, the oracle's epoch and two baselines, one on other clips."""
    plain = predictions(right=0.3, seeds=(0,)).drop(columns="oracle_predicted")
    baselines = {"majority": plain, "flow_svm, linear": plain.iloc[:-2]}
    for name, table in baselines.items():
        (folder / name).mkdir()
        write_metrics(scored(table), folder / name / "metrics.csv")
    table = predictions()
    members, left_out = members_of(table["subject"]), ["samm.006_x", "smic.s1_y"]
    metrics = scored(
        table, members=members, left_out=2, members_left_out=left_out_of(members, left_out), note="macro clips, too"
    )
    paths = {name: folder / name / "metrics.csv" for name in baselines}
    write_metrics(with_baselines(metrics, paths), folder / "metrics.csv")
    return folder / "metrics.csv"


def scored(table, **options):
    return score_table(table, classes=CLASSES, protocol="loso", replicates=300, **options)


def row_of(rows, metric, scope=Scope.POOLED, name=""):
    """Return the one row of a number."""
    (row,) = (row for row in rows if (row.metric, row.scope, row.name) == (metric, scope, name))
    return row
