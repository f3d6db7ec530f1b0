"""Read a weights file: the tensors of a network and the configuration that gives them meaning."""

import pickle
import pickletools
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from merflow.errors import ArtefactError

_ZIP = b"PK\x03\x04"
_CALLED = re.compile(r"torch\._utils _rebuild_tensor_v2|torch \w+Storage|collections OrderedDict")
"""All that the pickle of a file of ours names. PyTorch lets more pass, such as ``bytearray(10**12)``."""

_MAX_PICKLE_BYTES = 2**24


def read_weights(path: Path, *, what: str, advice: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors and what was saved with them; no code of a foreign file runs, and none fills the memory.

    Parameters
    ----------
    path : Path
        Written by ``merflow.training.saving.save_weights``.
    what : str
        What is expected in it, for messages: ``the weights of a fold``.
    advice : str
        The user's next move, a sentence.

    Raises
    ------
    ArtefactError
        When there is no such file, it is cut off, claims more than it holds, or holds anything but ``state_dict`` and
        ``config`` made of tensors and plain values.
    """
    expected = f"{path}: expected {what}, but found"
    if not path.is_file():
        raise ArtefactError(f"{expected} no file. {advice}")
    with path.open("rb") as file:
        start = file.read(len(_ZIP))
    if start != _ZIP or not zipfile.is_zipfile(path):
        raise ArtefactError(f"{expected} a file that is cut off, or of another kind. {advice}")
    try:
        problem = _archive_problem(path)
        saved = None if problem else torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
        raise ArtefactError(f"{expected} no tensors and plain values alone. {advice}") from error
    if problem:
        raise ArtefactError(f"{expected} {problem}. {advice}")
    if not (isinstance(saved, Mapping) and set(saved) == {"state_dict", "config"}):
        found = ", ".join(sorted(filter(_is_text, saved))[:5]) if isinstance(saved, Mapping) else type(saved).__name__
        raise ArtefactError(f"{expected} {found} in place of state_dict and config. {advice}")
    state, config = saved["state_dict"], saved["config"]
    if not (isinstance(state, Mapping) and all(map(_is_whole, state.values())) and isinstance(config, Mapping)):
        raise ArtefactError(f"{expected} tensors that claim more than the file holds, or none. {advice}")
    return dict(state), dict(config)


def _archive_problem(path: Path) -> str:
    """Return what is wrong with the archive, found out before PyTorch reads it; empty = nothing is."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        total = sum(part.file_size for part in parts)
        if any(part.compress_type != zipfile.ZIP_STORED for part in parts) or total > path.stat().st_size:
            return f"an archive of {total} bytes in {path.stat().st_size}, where PyTorch compresses nothing"
        for part in parts:
            if not part.filename.casefold().endswith(".pkl"):
                continue
            if part.file_size > _MAX_PICKLE_BYTES:
                return f"a pickle of {part.file_size} bytes"
            names = {
                str(value) for code, value, _ in pickletools.genops(archive.read(part)) if code.name.endswith("GLOBAL")
            }
            foreign = sorted(name for name in names if not _CALLED.fullmatch(name))
            if foreign:
                return f"no tensors and plain values alone, but {foreign[0]}"
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    """Whether something is a tensor whose values all lie in the file: one may claim a single value a billion times."""
    if not isinstance(value, Tensor) or value.layout != torch.strided or value.device.type != "cpu":
        return False
    return value.numel() * value.element_size() <= value.untyped_storage().nbytes()
