"""Networks whose last step makes their weights no numbers: its loss was finite, and no later one tells."""

import pytest
import torch
from tests.training.labels_fixture import label_examples
from tests.training.test_labels import run
from tests.training.test_loop import CPU, faces, small_train

from merflow.errors import MerflowError
from merflow.training.loop import predict

ONE_STEP = {"min_epochs": 1, "min_steps": 1, "schedule": "constant", "batch_size": 64}
"""Its loss is that of the initial weights."""


@pytest.mark.parametrize(
    ("rate", "found"),
    [
        (1e39, "expected finite weights, but found others in"),
        (1e25, "expected finite scores, but found none for 6 of 6 clips"),  # weights that are finite, but no sums
    ],
)
def test_labels_of_such_a_network_are_not_told_absent(tmp_path, rate, found):
    """They were, with the empty score of a label that no training clip shows."""
    with pytest.raises(MerflowError, match=found):
        run(label_examples(), tmp_path, learning_rate=rate, **ONE_STEP)


def test_classes_of_such_a_network_are_refused():
    x, labels = faces()
    model = small_train(x, labels).model
    with torch.no_grad():
        next(model.parameters()).fill_(torch.nan)
    with pytest.raises(MerflowError, match=r"found none for 12 of 12 clips.*Lower training.learning_rate"):
        predict(model, x, CPU)
