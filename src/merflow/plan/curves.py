"""Which experiments have a learning curve: refused when planned, before anything is trained."""

from merflow.config import Experiment
from merflow.errors import ConfigError


def check_curve(dataset: str, name: str, experiment: Experiment) -> None:
    """Refuse the learning curve of an experiment whose folds do not each leave out one subject and test all its clips.

    The last point of a curve is the experiment itself. Its training subjects and clips are counted by the predictions,
    which hold every clip where each is tested once.

    Raises
    ------
    ConfigError
        Names the protocol.
    """
    if experiment.protocol.name != "loso":
        raise ConfigError(
            f"learning curve of {name} on {dataset}: expected protocol loso, whose folds train on all subjects but "
            f"one, but found {experiment.protocol.name}. Define a twin that extends {name} with protocol: {{name: "
            "loso}."
        )
    if experiment.protocol.test_expression:
        raise ConfigError(
            f"learning curve of {name} on {dataset}: expected protocol loso that tests every clip, but found "
            f"test_expression: {experiment.protocol.test_expression}, by which clips train that are not tested. Define "
            f"a twin that extends {name} with protocol: {{name: loso}}."
        )
