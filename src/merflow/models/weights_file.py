"""Read a weights file: the tensors of a network and the configuration that gives them meaning."""

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from merflow.errors import ArtefactError


def read_weights(path: Path, *, what: str, advice: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors and what was saved with them, and let no code of a foreign file run.

    Parameters
    ----------
    path : Path
        Written by ``merflow.training.fold.save_weights``.
    what : str
        What is expected in it, for messages: ``the weights of a fold``.
    advice : str
        The user's next move, a sentence.

    Raises
    ------
    ArtefactError
        When there is no such file, it is cut off, or holds anything but ``state_dict`` and ``config`` made of tensors
        and plain values.
    """
    expected = f"{path}: expected {what}, but found"
    if not path.is_file():
        raise ArtefactError(f"{expected} no file. {advice}")
    if not zipfile.is_zipfile(path):
        raise ArtefactError(f"{expected} a file that is cut off, or of another kind. {advice}")
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError) as error:
        raise ArtefactError(f"{expected} no tensors and plain values alone. {advice}") from error
    if not (isinstance(saved, Mapping) and set(saved) == {"state_dict", "config"}):
        found = ", ".join(sorted(map(str, saved))[:5]) if isinstance(saved, Mapping) else type(saved).__name__
        raise ArtefactError(f"{expected} {found} in place of state_dict and config. {advice}")
    return dict(saved["state_dict"]), dict(saved["config"])
