"""Networks by name: a new one is a file in this folder and a line in ``MODELS``."""

import difflib
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from merflow.errors import ConfigError
from merflow.models.atm_gcn import ATMGCN
from merflow.models.capsule import CapsuleNet
from merflow.models.gts_gn import GTSGN
from merflow.models.lite_point_gcn import LitePointGCN
from merflow.models.off_apexnet import OFFApexNet
from merflow.models.plain_gcn import PlainGCN
from merflow.models.resnet18 import ResNet18
from merflow.models.ss_gn import SSGN
from merflow.models.ststnet import STSTNet

MODELS: Mapping[str, Callable[..., nn.Module]] = {
    "lite_point_gcn": LitePointGCN,
    "gts_gn": GTSGN,
    "ss_gn": SSGN,
    "gcn": PlainGCN,
    "resnet18": ResNet18,
    "capsule": CapsuleNet,
    "ststnet": STSTNet,
    "off_apexnet": OFFApexNet,
    "atm_gcn": ATMGCN,
}
"""Each is called as ``model(input_shape, classes, **params)``: shape of one example, number of classes."""

CONTEXT = ("n_aus", "edges")
"""Arguments that the examples decide, not the configuration; a model that needs them names them."""


def build_model(
    name: str,
    params: Mapping[str, Any],
    input_shape: Sequence[int],
    classes: int,
    *,
    n_aus: int = 0,
    edges: Sequence[tuple[int, int]] = (),
) -> nn.Module:
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
    n_aus : int
        Action units that the training clips show.
    edges : sequence of (int, int)
        Pairs of nodes that a graph joins within a frame, each once.

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
    context = {"n_aus": n_aus, "edges": tuple(edges)}
    needed = {key: context[key] for key in CONTEXT if key in inspect.signature(MODELS[name]).parameters}
    return MODELS[name](tuple(input_shape), classes, **needed, **params)


def model_params(name: str) -> dict[str, Any]:
    """Return the parameters of a network and their defaults."""
    signature = inspect.signature(MODELS[name])
    own = (p for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY and p.name not in CONTEXT)
    return {p.name: p.default for p in own}


def _nearest(word: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return f" Did you mean {near[0]!r}?" if near else ""
