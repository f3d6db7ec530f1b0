"""Networks by name: what a configuration calls one becomes an instance with fresh weights."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from merflow.checks import nearest
from merflow.errors import ConfigError
from merflow.models.declared import CONTEXT, network_named
from merflow.models.network import Network
from merflow.plugins import imported


def build_model(
    name: str,
    params: Mapping[str, Any],
    input_shape: Sequence[int],
    classes: int,
    *,
    au_numbers: Sequence[int] = (),
    edges: Sequence[tuple[int, int]] = (),
) -> Network:
    """Build a network with fresh weights from torch's current random state.

    Parameters
    ----------
    name : str
        Name of a network, as :func:`merflow.models.declared.network_named` takes it.
    params : mapping
        Keyword arguments of the network; what is not given has the network's default.
    input_shape : sequence of int
        Shape of one example.
    classes : int
        Number of classes.
    au_numbers : sequence of int
        FACS numbers of the action units that the training clips show.
    edges : sequence of (int, int)
        Pairs of nodes that a graph joins within a frame, each once.

    Raises
    ------
    ConfigError
        When the name or a parameter is unknown, with the nearest known one, or when the network refuses a value.
    """
    known = model_params(name)
    for key in params:
        if key not in known:
            hint = nearest(key, known, cutoff=0.4)
            raise ConfigError(f"{name}: unknown parameter {key!r}.{hint} Known: {', '.join(sorted(known))}.")
    context = {"au_numbers": tuple(au_numbers), "n_aus": len(au_numbers), "edges": tuple(edges)}
    network = model_class(name)
    needed = {key: context[key] for key in CONTEXT if key in inspect.signature(network).parameters}
    return network(tuple(input_shape), classes, **needed, **params)


def model_class(name: str) -> type[Network]:
    """Return the class of a network, which is loaded when it is asked for."""
    source = network_named(name).source
    network: type[Network] = imported(source)
    if not (isinstance(network, type) and issubclass(network, Network)):
        raise ConfigError(f"{source}: expected a subclass of merflow.models.network.Network, found {network!r}.")
    return network


def model_params(name: str) -> dict[str, Any]:
    """Return the parameters of a network and their defaults."""
    signature = inspect.signature(model_class(name))
    own = (p for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY and p.name not in CONTEXT)
    return {p.name: p.default for p in own}
