"""Predictions of labels that are told one by one."""

import numpy as np
import pandas as pd

LABELS = ("AU1", "AU4", "AU45")
SUBJECTS = ("casme2.sub01", "casme2.sub02", "samm.006", "samm.007")


def label_predictions(*, right=0.7, seeds=(0, 1), oracle=None, draw=0):
    """Return predictions that are right in a share of the cases; AU45 has no score in the fold of casme2.sub01."""
    rng = np.random.default_rng(7)
    truth = (rng.random((len(SUBJECTS), 5, len(LABELS))) < [0.5, 0.3, 0.2]).astype(int)
    rng = np.random.default_rng(draw)
    rows = []
    for seed in seeds:
        for subject, shown in zip(SUBJECTS, truth, strict=True):
            for clip, labels in enumerate(shown):
                for name, one in zip(LABELS, labels, strict=True):
                    said = int(one if rng.random() < right else 1 - one)
                    score = round(0.5 + (0.4 if said else -0.4) * rng.random(), 6)
                    if (name, subject) == ("AU45", "casme2.sub01"):
                        said, score = 0, np.nan
                    rows.append((f"{subject}_{clip}", subject, seed, subject, name, int(one), score, said))
    columns = ["clip", "subject", "seed", "fold", "label", "truth", "score", "predicted"]
    table = pd.DataFrame(rows, columns=columns)
    if oracle is not None:
        wrong = np.random.default_rng(9).random(len(table)) > oracle
        table["oracle_predicted"] = np.where(wrong, 1 - table["truth"], table["truth"])
    return table
