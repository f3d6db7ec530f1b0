"""What a reader says of a file that is not as merflow writes it, and plain values of what HDF5 holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from merflow.artefacts.hdf5 import pass_on
from merflow.errors import ArtefactError
from merflow.make_command import make_command
from merflow.untrusted.hdf5_texts import shortened


@contextmanager
def well_formed(path: Path) -> Iterator[None]:
    """Raise ArtefactError where the block meets a file of merflow's format that is not laid out as merflow does.

    Of an error of the operating system it says what the system says.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        pass_on(path, error)
        found = f"{type(error).__name__}: {shortened(str(error))}"
        raise ArtefactError(
            f"{path}: expected the content of a merflow file, found another ({found}). Rebuild: {rebuild(path)}"
        ) from error


def rebuild(path: Path) -> str:
    """Return the command that makes an artefact anew."""
    return make_command(path, force=True)


def not_as_declared(path: Path, problem: str) -> ArtefactError:
    """Return the error for content that the kind of a file does not declare so."""
    return ArtefactError(f"{path}: {problem}: merflow did not write it so. Rebuild: {rebuild(path)}")


def plain(value: Any) -> Any:
    """Turn an HDF5 attribute into plain Python values."""
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value
