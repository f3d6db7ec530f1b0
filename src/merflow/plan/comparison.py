"""Whether two experiments can be compared: refused when planned, before anything is trained."""

from collections.abc import Iterable, Mapping

from merflow.config import Experiment
from merflow.config.experiments import check_same_question
from merflow.errors import ConfigError


def check_comparable(
    dataset: str, first: str, second: str, *, experiments: Mapping[str, Experiment], known: Iterable[str]
) -> None:
    """Refuse to compare experiments that were not asked the same question.

    Parameters
    ----------
    dataset, first, second : str
        As in ``results/{dataset}/compare/{first}-vs-{second}``.
    experiments : mapping
        Both by name, as they are on the dataset.
    known : iterable of str
        Every experiment of the configuration.

    Raises
    ------
    ConfigError
        When the two are one, ask for other labels, expressions or folds, or their names put together could be read as
        the names of two others.
    """
    if first == second:
        raise ConfigError(f"{first} compared with itself on {dataset}: expected two experiments. Name another one.")
    _check_names(f"{first}-vs-{second}", known)
    check_same_question(
        first,
        second,
        settings=(experiments[first], experiments[second]),
        where=f"{first} compared with {second} on {dataset}",
        then=f"compare {first} with it",
    )


def _check_names(pair: str, known: Iterable[str]) -> None:
    """Refuse a pair that two pairs of experiments write alike, such as ``a`` with ``vs-b`` and ``a-vs`` with ``b``."""
    names = set(known)
    cuts = [at for at in range(len(pair)) if pair.startswith("-vs-", at)]
    readings = [(pair[:at], pair[at + 4 :]) for at in cuts if pair[:at] in names and pair[at + 4 :] in names]
    if len(readings) > 1:
        read = " or ".join(f"{first} with {second}" for first, second in readings)
        raise ConfigError(f"{pair} can be read as {read}. Rename one of these experiments.")
