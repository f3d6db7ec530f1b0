"""The method of an experiment: one object from the parameters of a rule to the code that trains by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from merflow.settings import to_plain
from merflow.training.baselines import BASELINES
from merflow.training.settings import ProtocolSettings, TrainingSettings


@dataclass(frozen=True, slots=True)
class Method:
    """What decides a fold of an experiment beside its examples: made once, and passed on as it is.

    Parameters
    ----------
    model : str
        A network, as :func:`merflow.models.declared.network_named` takes it, or a baseline of ``BASELINES``.
    model_params : mapping of str to any
        Its parameters.
    protocol : ProtocolSettings
        Split into folds.
    training : TrainingSettings
        Schedule; a baseline has none.
    files : mapping of str to str
        SHA-256 of each file that a parameter names, by the parameter: its content decides a fold, not its path alone.
    seeds : tuple of int
        One training run each. A baseline is deterministic and predicts the same for each.
    """

    model: str
    model_params: Mapping[str, Any] = field(default_factory=dict)
    protocol: ProtocolSettings = field(default_factory=ProtocolSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    seeds: tuple[int, ...] = (0,)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_baseline(self) -> bool:
        """Whether it is a classical method, which has no training and no size."""
        return self.model in BASELINES

    def of_seeds(self, seeds: Sequence[int]) -> Self:
        """Return the method with other seeds."""
        return replace(self, seeds=tuple(seeds))

    def of_any_seed(self) -> dict[str, Any]:
        """Return what decides the bytes of each seed by itself, as plain values."""
        plain = {
            "model": self.model,
            "model_params": to_plain(self.model_params),
            "protocol": self.protocol.deciding(),
            "training": self.training.deciding(),
        }
        return plain | ({"files": dict(self.files)} if self.files else {})  # most networks read none

    def plain(self) -> dict[str, Any]:
        """Return everything that decides a fold, as a rule passes it and ``from_plain`` reads it."""
        return self.of_any_seed() | {"seeds": list(self.seeds)}
