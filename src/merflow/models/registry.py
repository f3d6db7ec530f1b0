"""Networks by name: a new one is a file in this folder and a line in ``MODELS``."""

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from merflow.errors import ConfigError
from merflow.models.lite_point_gcn import LitePointGCN

MODELS: Mapping[str, Callable[..., nn.Module]] = {
    "lite_point_gcn": LitePointGCN,
}
"""Each is called as ``model(input_shape, classes, **params)``: shape of one example, number of classes."""


def build_model(name: str, params: Mapping[str, Any], input_shape: Sequence[int], classes: int) -> nn.Module:
    """Build a network with fresh weights from torch's current random state.

    Parameters
    ----------
    name : str
        Key of ``MODELS``.
    params : mapping
        Keyword arguments of the network; what is not given has the network's default.
    input_shape : sequence of int
        Shape of one example.
    classes : int
        Number of classes.

    Raises
    ------
    ConfigError
        When the name or a parameter is unknown, with the nearest known one, or when the network refuses a value.
    """
    if name not in MODELS:
        raise ConfigError(f"unknown model {name!r}.{_nearest(name, MODELS)} Known: {', '.join(sorted(MODELS))}.")
    known = model_params(name)
    for key in params:
        if key not in known:
            raise ConfigError(
                f"{name}: unknown parameter {key!r}.{_nearest(key, known)} Known: {', '.join(sorted(known))}."
            )
    return MODELS[name](tuple(input_shape), classes, **params)


def model_params(name: str) -> dict[str, Any]:
    """Return the parameters of a network and their defaults."""
    signature = inspect.signature(MODELS[name])
    return {p.name: p.default for p in signature.parameters.values() if p.kind is inspect.Parameter.KEYWORD_ONLY}


def _nearest(word: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f" Did you mean {near[0]!r}?" if near else ""
