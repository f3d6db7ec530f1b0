"""What a label that no clip shows puts into the means, by scikit-learn, and what their note says of it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score

from merflow.evaluation.aggregate import score_table
from merflow.evaluation.rows import headline_of


@pytest.mark.parametrize("told", [[0, 0, 0, 0], [0, 1, 0, 0]])
def test_the_note_of_an_absent_label_holds_for_each_mean(told):
    truth = {"AU1": [1, 0, 1, 0], "AU9": [0, 0, 0, 0]}
    predicted = {"AU1": [1, 1, 0, 0], "AU9": told}
    rows = [
        {"clip": f"c{clip}", "subject": f"s{clip % 2}", "seed": 0, "fold": f"s{clip % 2}", "label": label}
        | {"truth": truth[label][clip], "score": 0.5, "predicted": predicted[label][clip]}
        for clip in range(4)
        for label in truth
    ]
    found = headline_of(score_table(pd.DataFrame(rows), classes=tuple(truth), protocol="loso", replicates=20))
    kinds = {
        "f1_macro": lambda a, b: f1_score(a, b, average="macro", labels=[0, 1], zero_division=0),
        "f1": lambda a, b: f1_score(a, b, zero_division=0),
        "accuracy": accuracy_score,
    }
    most = {"f1_macro": 0.5, "f1": 0.0, "accuracy": 1.0}
    for row in found:
        own = {label: kinds[row.metric](truth[label], predicted[label]) for label in truth}
        assert row.value == pytest.approx(np.mean(list(own.values())))
        assert own["AU9"] <= most[row.metric]
        assert row.note.endswith("no clips of AU9: f1 0, f1_macro at most .5, accuracy at most 1")
