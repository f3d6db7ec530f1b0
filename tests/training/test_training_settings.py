import pytest

from merflow.errors import ConfigError
from merflow.training.settings import ProtocolSettings, TrainingSettings


def test_unknown_key_names_the_nearest():
    with pytest.raises(ConfigError, match=r"unknown key 'batchsize'\. Did you mean 'batch_size'"):
        TrainingSettings.from_mapping({"batchsize": 8})


@pytest.mark.parametrize(
    ("cls", "values", "text"),
    [
        (ProtocolSettings, {"name": "loo"}, "Allowed values are 'loso'"),
        (ProtocolSettings, {"k": 1}, "k of at least 2"),
        (TrainingSettings, {"schedule": "step"}, "'cosine', 'constant', 'exponential', but got 'step'"),
        (TrainingSettings, {"batch_size": 0}, "batch_size of at least 1"),
        (TrainingSettings, {"folds_per_job": 0}, "folds_per_job of at least 1, but found 0"),
        (TrainingSettings, {"learning_rate": -1.0}, "learning_rate of at least 0"),
    ],
)
def test_values_outside_their_range_are_refused(cls, values, text):
    with pytest.raises(ConfigError, match=text):
        cls.from_mapping(values)
