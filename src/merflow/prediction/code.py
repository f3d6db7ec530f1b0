"""Fingerprints of the code by which a model predicts: of each stage of its chain, of its examples and its network."""

import platform
from collections.abc import Mapping
from typing import Any

from merflow.artefacts import fingerprint
from merflow.plan import examples_module, making_modules, modules_beside, modules_of
from merflow.stages import STAGES

EXAMPLES, NETWORK = "examples", "network"
"""Parts of a prediction that are no stage."""


def python_version() -> str:
    """Return the version of Python that fingerprints depend on: ``3.11``."""
    return ".".join(platform.python_version_tuple()[:2])


def code_of_prediction(artefacts: Mapping[str, Mapping[str, Any]], model: str) -> dict[str, str]:
    """Return the fingerprint of each part of a prediction, from the recordings on.

    Parameters
    ----------
    artefacts : mapping of str to mapping
        Settings of each ``<kind>/<variant>`` in the order in which data flow; the network reads the last.
    model : str
        Network, as in the configuration.
    """
    stages = {}
    for name, settings in artefacts.items():
        kind = name.partition("/")[0]
        stages[kind] = fingerprint(*making_modules(STAGES[kind].making_of(settings)), kind=kind)
    network = fingerprint("merflow.training.trained", *modules_of((model,)), without=modules_beside((model,)))
    return stages | {EXAMPLES: fingerprint(examples_module([*stages][-1])), NETWORK: network}


def changed_code(
    code: Mapping[str, str], *, artefacts: Mapping[str, Mapping[str, Any]], model: str, python: str
) -> str:
    """Return what is to be said of code that is not that of a model; empty = nothing.

    Parameters
    ----------
    code : mapping of str to str
        Fingerprints that the model was made with.
    artefacts, model
        As for `code_of_prediction`.
    python : str
        Of these fingerprints: those of another version of Python cannot be compared.
    """
    here = python_version()
    if python != here:
        return f"the model was made with Python {python}, this is {here}: whether its code is this one is not known"
    parts = [part for part, now in code_of_prediction(artefacts, model).items() if code.get(part) != now]
    if not parts:
        return ""
    return f"the code of {', '.join(parts)} has changed since the model was made: scores may differ from its own"
