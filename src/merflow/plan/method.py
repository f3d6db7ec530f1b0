"""The method of an experiment as a plan hands it on: with the content of each file that its network reads."""

from dataclasses import replace
from pathlib import Path

from merflow.artefacts.seal import digests
from merflow.config import Experiment
from merflow.config.signature import network_schema
from merflow.errors import ConfigError
from merflow.training.method import Method
from merflow.user_paths import PATH_FORMAT


def method_of(experiment: Experiment) -> Method:
    """Return the method of an experiment, with the SHA-256 of each file that a parameter of its network names.

    So another file of the same name makes trained folds stale, and their records say which one they began with. A
    parameter is a file if its type is ``merflow.user_paths.UserPath`` and it is not empty.

    Raises
    ------
    ConfigError
        When a file is missing.
    """
    method = experiment.method
    if method.is_baseline:
        return method
    known = network_schema(method.model)["properties"]
    named = {
        name: str(value)
        for name, value in method.model_params.items()
        if value and known.get(name, {}).get("format") == PATH_FORMAT
    }
    return replace(method, files={name: _sha256(name, path) for name, path in named.items()})


def _sha256(name: str, path: str) -> str:
    if not Path(path).is_file():
        raise ConfigError(
            f"model_params.{name}: expected a file at {path}, found none. Put it there, name another one, or leave the "
            "parameter out."
        )
    return digests(Path(path)).file
