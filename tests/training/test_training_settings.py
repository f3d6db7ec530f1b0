import json

import pytest

from merflow.errors import ConfigError
from merflow.settings import from_plain, to_plain
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings, TrainingSettings


def test_unknown_key_names_the_nearest():
    with pytest.raises(ConfigError, match=r"TrainingSettings has no setting 'batchsize'\. Did you mean 'batch_size'"):
        from_plain(TrainingSettings, {"batchsize": 8})


def test_a_method_is_what_a_rule_passed_to_the_letter():
    """A record that was written of the parameters of a rule is found again: 1 stays 1, and lists stay lists."""
    training = from_plain(TrainingSettings, {"learning_rate": 1, "weight_decay": 0}).deciding()
    passed = {
        "model": "gts_gn", "model_params": {"widths": [4, 4, 6]}, "protocol": to_plain(ProtocolSettings()),
        "training": training, "seeds": [2, 0],
    }  # fmt: skip
    assert json.dumps(from_plain(Method, passed).plain()) == json.dumps(passed)
    assert '"learning_rate": 1,' in json.dumps(passed)
    assert "folds_per_job" not in training
    assert from_plain(Method, passed).of_any_seed() == {key: passed[key] for key in passed if key != "seeds"}


@pytest.mark.parametrize(
    ("cls", "values", "text"),
    [
        (ProtocolSettings, {"name": "loo"}, "protocol.name: expected one of loso, .*found 'loo'"),
        (ProtocolSettings, {"k": 1}, "protocol.k: expected at least 2 folds, but found 1"),
        (
            TrainingSettings,
            {"schedule": "step"},
            "schedule: expected one of cosine, constant, exponential, but found 'step'",
        ),
        (TrainingSettings, {"batch_size": 0}, "batch_size: expected at least 1"),
        (TrainingSettings, {"folds_per_job": -1}, "training.folds_per_job: expected at least 0, but found -1"),
        (TrainingSettings, {"learning_rate": -1.0}, "learning_rate: expected at least 0"),
    ],
)
def test_values_outside_their_range_are_refused(cls, values, text):
    with pytest.raises(ConfigError, match=text):
        from_plain(cls, values)
