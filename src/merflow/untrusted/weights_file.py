"""Read a weights file: the tensors of a network and the configuration that gives them meaning."""

import io
import pickle
import pickletools
import re
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from merflow.errors import ArtefactError
from merflow.memory import check_room

_ZIP = b"PK\x03\x04"
_CALLED = re.compile(r"torch\._utils _rebuild_tensor_v2|torch \w+Storage|collections OrderedDict")
"""All that the pickle of a file of ours names. PyTorch lets more pass, such as ``bytearray(10**12)``."""

_MAX_BYTES = 2**30
"""Of a weights file, which is read as a whole; the largest network takes 45 MB."""

_READING_TAKES = 4
"""Times the size of a file that reading its tensors may take."""

_MAX_PICKLE_BYTES = 2**24

_BAD_CONTENT = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, NotImplementedError),
    *(pickle.UnpicklingError, RuntimeError, struct.error, TypeError, ValueError, zipfile.BadZipFile),
)
"""What the libraries raise on content that is not what they wrote."""

_FOLDER = 0x10
"""Of the attributes of a part, as MS-DOS has them."""

_END, _END64, _LOCATOR64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")


def read_weights(path: Path, *, what: str, advice: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors and what was saved with them; no code of a foreign file runs, and none fills the memory.

    Parameters
    ----------
    path : Path
        Written by ``merflow.training.checkpoint.save_weights``.
    what : str
        What is expected in it, for messages: ``the weights of a fold``.
    advice : str
        The user's next move, a sentence.

    Raises
    ------
    ArtefactError
        When there is no such file, it is cut off or damaged, claims more than it holds, or holds anything but
        ``state_dict`` and ``config`` made of tensors and plain values.
    OSError
        When the operating system refuses to read it.
    MemoryError
        When there is no memory for what the file holds.
    """
    expected = f"{path}: expected {what}, but found"
    if not path.is_file():
        raise ArtefactError(f"{expected} no file. {advice}")
    if path.stat().st_size > _MAX_BYTES:
        raise ArtefactError(f"{expected} a file of more than {_MAX_BYTES} bytes. {advice}")
    data = path.read_bytes()  # once: what the libraries say of a disk that fails cannot be told from a damaged file
    if not data.startswith(_ZIP) or not _is_archive(data):
        raise ArtefactError(f"{expected} a file that is cut off, or of another kind. {advice}")
    try:
        problem = _archive_problem(data)
        saved = None if problem else torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except _BAD_CONTENT as error:
        check_room(_READING_TAKES * len(data))  # no part claims more than the file has: else it is the machine's fault
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


def _is_archive(data: bytes) -> bool:
    try:
        return zipfile.is_zipfile(io.BytesIO(data))
    except zipfile.BadZipFile:  # a directory that is said to lie on several disks
        return False


def _archive_problem(data: bytes) -> str:
    """Return what is wrong with the archive, found out before PyTorch reads it; empty = nothing is."""
    if not _has_one_directory(data):
        return "an archive whose directory is not right before its end, where another reader would look for it"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        total = sum(part.file_size for part in parts)
        if any(part.compress_type != zipfile.ZIP_STORED for part in parts) or total > len(data):
            return f"an archive of {total} bytes in {len(data)}, where PyTorch compresses nothing"
        if any(part.filename != part.orig_filename for part in parts):
            return "an archive that names a part differently for different readers"
        if any(part.external_attr & _FOLDER for part in parts):
            return "an archive with a folder, of which PyTorch would read nothing and say nothing"
        damaged = archive.testzip()  # PyTorch compares no checksum, and takes flipped bits for other weights
        if damaged is not None:
            return f"a checksum that does not hold, in {damaged}: a failing disk or a broken copy has changed it"
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


def _has_one_directory(data: bytes) -> bool:
    """Whether what Python and PyTorch take for the archive's directory is the same.

    PyTorch goes where the end record says, Python to what lies right before that record. PyTorch writes the end twice,
    the first time for archives of more than 4 GiB.
    """
    start = max(0, len(data) - _END.size - _LOCATOR64.size - _END64.size)
    tail = data[start:]
    end = start + len(tail) - _END.size
    magic, disk, first_disk, here, entries, length, offset, comment = _END.unpack(tail[-_END.size :])
    if magic != b"PK\x05\x06" or disk or first_disk or here != entries or comment:
        return False
    if tail[-_END.size - _LOCATOR64.size :][:4] != b"PK\x06\x07":
        return bool(offset + length == end)
    if start + _END64.size + _LOCATOR64.size != end:
        return False
    end64, locator = _END64.unpack_from(tail), _LOCATOR64.unpack_from(tail, _END64.size)
    same = end64[4:] == (0, 0, entries, entries, length, offset) and end64[:2] == (b"PK\x06\x06", _END64.size - 12)
    return bool(same and locator == (b"PK\x06\x07", 0, start, 1) and offset + length == start)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    """Whether something is a tensor whose values all lie in the file: one may claim a single value a billion times."""
    if not isinstance(value, Tensor) or value.layout != torch.strided or value.device.type != "cpu":
        return False
    return value.numel() * value.element_size() <= value.untyped_storage().nbytes()
