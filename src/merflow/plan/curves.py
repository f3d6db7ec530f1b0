"""Which experiments have a learning curve: refused when planned, before anything is trained."""

from merflow.config import Experiment
from merflow.errors import ConfigError


def check_curve(dataset: str, name: str, experiment: Experiment) -> None:
    """Refuse the learning curve of an experiment whose folds do not each leave out one subject.

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
