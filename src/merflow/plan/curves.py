"""Which experiments have a learning curve: refused when planned, before anything is trained."""

from merflow.config import Experiment
from merflow.errors import ConfigError
from merflow.training.settings import ProtocolSettings


def check_curve(dataset: str, name: str, experiment: Experiment) -> None:
    """Refuse the learning curve of an experiment that trains on the people whom it tests.

    Fewer training subjects would then be fewer of these too, and a curve would say how much of the score is
    recognition of people.

    Raises
    ------
    ConfigError
        Names the protocol.
    """
    protocol = experiment.protocol
    if not trains_on_tested(protocol):
        return
    kept = " with keep_test_subject_macro" if protocol.one_training else ""
    raise ConfigError(
        f"learning curve of {name} on {dataset}: expected a protocol whose test subjects never train, such as loso or "
        f"kfold_subject, but found {protocol.name}{kept}. Define a twin that extends {name} with one of these."
    )


def trains_on_tested(protocol: ProtocolSettings) -> bool:
    """Return whether clips of a test subject train, of whatever expression: the protocol's notes say so."""
    return protocol.name == "kfold_random_leaky" or protocol.one_training
