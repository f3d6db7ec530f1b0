import json

import pytest

from merflow.errors import ConfigError
from merflow.settings import from_plain
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings, TrainingSettings


def test_unknown_key_names_the_nearest():
    with pytest.raises(ConfigError, match=r"TrainingSettings has no setting 'batchsize'\. Did you mean 'batch_size'"):
        from_plain(TrainingSettings, {"batchsize": 8})


def test_a_method_is_what_a_rule_passed_to_the_letter():
    """A record that was written of the parameters of a rule is found again: 1 stays 1, and lists stay lists."""
    training = from_plain(TrainingSettings, {"learning_rate": 1, "weight_decay": 0}).deciding()
    passed = {
        "model": "gts_gn", "model_params": {"widths": [4, 4, 6]}, "protocol": ProtocolSettings().deciding(),
        "training": training, "seeds": [2, 0],
    }  # fmt: skip
    assert json.dumps(from_plain(Method, passed).plain()) == json.dumps(passed)
    assert '"learning_rate": 1,' in json.dumps(passed)
    assert "folds_per_job" not in training
    assert from_plain(Method, passed).of_any_seed() == {key: passed[key] for key in passed if key != "seeds"}


def test_a_record_has_settings_of_sgd_and_of_steps_where_they_count():
    """What was recorded before there were any is still what decides: no fold of Adam becomes stale."""
    assert not {"momentum", "step_epochs"} & TrainingSettings(momentum=0.5, step_epochs=3).deciding().keys()
    deciding = TrainingSettings(optimiser="sgd", schedule="step").deciding()
    assert (deciding["momentum"], deciding["step_epochs"]) == (0.9, 40)


def test_a_record_has_the_shares_of_the_losses_where_they_are_not_the_usual_ones():
    """So no fold that was trained before there were any becomes stale."""
    assert not {"au_step_epochs", "au_total"} & TrainingSettings().deciding().keys()
    deciding = TrainingSettings(au_step_epochs=30, au_total=1.1).deciding()
    assert (deciding["au_step_epochs"], deciding["au_total"]) == (30, 1.1)


def test_the_content_of_a_file_decides_a_method_that_reads_one():
    plain = Method("res3d", files={"weights": "ab"}).plain()
    assert plain["files"] == {"weights": "ab"}
    assert from_plain(Method, plain).of_any_seed()["files"] == {"weights": "ab"}
    assert "files" not in Method("res3d").plain()


@pytest.mark.parametrize(
    ("cls", "values", "text"),
    [
        (ProtocolSettings, {"name": "loo"}, "protocol.name: expected one of loso, .*found 'loo'"),
        (ProtocolSettings, {"k": 1}, "protocol.k: expected at least 2 folds, but found 1"),
        (
            TrainingSettings,
            {"schedule": "stairs"},
            "schedule: expected one of cosine, constant, exponential, step, but found 'stairs'",
        ),
        (TrainingSettings, {"momentum": 1.0}, "training.momentum: expected below 1, but found 1.0"),
        (TrainingSettings, {"step_epochs": 0}, "training.step_epochs: expected at least 1, but found 0"),
        (TrainingSettings, {"au_step_epochs": -1}, "training.au_step_epochs: expected at least 0, but found -1"),
        (TrainingSettings, {"au_total": 0.9}, r"au_total: expected 0, or at least au_beta \(1\), but found 0.9"),
        (TrainingSettings, {"batch_size": 0}, "batch_size: expected at least 1"),
        (TrainingSettings, {"folds_per_job": -1}, "training.folds_per_job: expected at least 0, but found -1"),
        (TrainingSettings, {"learning_rate": -1.0}, "learning_rate: expected at least 0"),
    ],
)
def test_values_outside_their_range_are_refused(cls, values, text):
    with pytest.raises(ConfigError, match=text):
        from_plain(cls, values)
