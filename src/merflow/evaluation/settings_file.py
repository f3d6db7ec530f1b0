"""``settings.yaml``: everything that decided the metrics beside it, with a SHA-256 of itself in its last line."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from merflow.artefacts.refusals import rebuild
from merflow.errors import ArtefactError
from merflow.files import atomic_path

_MARK = b"# sha256 of what stands above: "
_MAX_BYTES = 2**20


def write_settings(settings: Mapping[str, Any], path: Path) -> None:
    """Write resolved settings as YAML; the seal in the last line is a comment there."""
    text = yaml.safe_dump(dict(settings), sort_keys=False, allow_unicode=True).encode()
    with atomic_path(path) as partial:
        partial.write_bytes(text + _MARK + hashlib.sha256(text).hexdigest().encode() + b"\n")


def read_settings(path: Path) -> dict[str, Any]:
    """Return what :func:`write_settings` wrote.

    Raises
    ------
    ArtefactError
        When there is no such file, or it is not as it was written.
    """
    if not path.is_file():
        raise ArtefactError(
            f"{path}: expected the settings of the metrics, but found no file. Make it: {rebuild(path)}"
        )
    with path.open("rb") as file:
        text, mark, seal = file.read(_MAX_BYTES).rpartition(_MARK)
    if not mark or seal != hashlib.sha256(text).hexdigest().encode() + b"\n":
        raise ArtefactError(
            f"{path}: expected settings that match the checksum in their last line, but found "
            f"{'others' if mark else 'no such line'}. Make it anew: {rebuild(path)}"
        )
    settings: dict[str, Any] = yaml.safe_load(text)
    return settings
