"""Cameras of a table: what the cells of a row, or the small file that a cell names, say of the camera of its depth."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from merflow.checks import check_setting
from merflow.datasets.intrinsics import NUMBERS, Intrinsics
from merflow.datasets.reading.numbers import decimal, two_numbers
from merflow.errors import ConfigError, DatasetError
from merflow.reading import is_file, reading
from merflow.settings import from_plain
from merflow.untrusted.yaml_file import read_yaml

FILE = "intrinsics"
"""Column that names a file of a camera."""

UNIT = "depth_unit_mm"
"""Column, and key of the file, of the mm that 1 in the depth pictures stands for."""

COLUMNS = (FILE, *NUMBERS, UNIT)

_MAX_BYTES = 2**16
_ADVICE = " Change it in config.yaml."
Fault = Callable[[str, str], None]
"""Notes a fault of a row: its column, and what is wrong."""


class RowCamera(NamedTuple):
    """What a row says of the camera of its depth; None = nothing."""

    intrinsics: Intrinsics | None = None
    depth_unit_mm: float | None = None


def camera_of_cells(texts: Mapping[str, str], root: Path, fault: Fault) -> RowCamera:
    """Return what the cells of a row say of its camera.

    Parameters
    ----------
    texts : mapping of str to str
        Every column of `COLUMNS` -> cell; empty where nothing is known. The path has no fault.
    root : Path
        Folder that the path of the file starts in.
    fault : callable
        Called with each fault.
    """
    given = [name for name in NUMBERS if texts[name]]
    numbers = {name: number for name in (*given, UNIT) if (number := _number(name, texts[name], fault)) is not None}
    if texts[FILE] and given:
        fault(FILE, f"expected a file, or {', '.join(NUMBERS)}, found the file and {', '.join(given)}")
        return RowCamera()
    camera = _of_file(root / texts[FILE], fault) if texts[FILE] else _of_numbers(given, numbers, fault)
    if texts[UNIT] and camera.depth_unit_mm is not None:
        fault(UNIT, f"expected the unit of depth once, found it here and in {texts[FILE]}")
    return camera._replace(depth_unit_mm=numbers.get(UNIT, camera.depth_unit_mm))


def read_camera(path: Path) -> RowCamera:
    """Read a file of a camera, YAML or JSON: fx, fy, cx, cy, and if known width, height and depth_unit_mm.

    Raises
    ------
    DatasetError
        When there is no such file, or it holds something else: says what was expected and found.
    """
    if not is_file(path):
        raise DatasetError(f"expected a YAML or JSON file of {', '.join(NUMBERS)}, found no such file")
    with reading(path):
        state = path.stat()
    return _read(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=256)
def _read(path: Path, size: int, _changed: int) -> RowCamera:
    """Read a file in one of its states: the rows of a recording session name one file."""
    if size > _MAX_BYTES:
        raise DatasetError(f"expected a file of one camera, at most {_MAX_BYTES} bytes, found {size}")
    try:
        content = read_yaml(path)
        if not isinstance(content, Mapping):
            raise DatasetError(f"expected {', '.join(NUMBERS)} by name, found {str(content)[:80]!r}")
        known = dict(content)
        unit = known.pop(UNIT, None)
        _check_unit(unit)
        return RowCamera(from_plain(Intrinsics, known), unit)
    except ConfigError as error:
        raise DatasetError(str(error).removeprefix(f"{path}: ").removesuffix(_ADVICE).rstrip(".")) from error


def _check_unit(found: Any) -> None:
    right = found is None or (isinstance(found, int | float) and not isinstance(found, bool) and found > 0)
    check_setting(right, UNIT, expected="mm above 0", found=found)


def _number(column: str, text: str, fault: Fault) -> float | None:
    if not text:
        return None
    unsigned = decimal(text.removeprefix("-"))
    unclear = two_numbers(text)
    if unsigned is None or unclear:
        fault(column, f"expected a number, found {text!r}{unclear}")
        return None
    number = -unsigned if text.startswith("-") else unsigned
    if column == UNIT and number <= 0:
        fault(column, f"expected mm above 0, found {text!r}")
        return None
    return number


def _of_file(path: Path, fault: Fault) -> RowCamera:
    try:
        return read_camera(path)
    except DatasetError as error:
        fault(FILE, str(error))
        return RowCamera()


def _of_numbers(given: list[str], numbers: Mapping[str, float], fault: Fault) -> RowCamera:
    if not given:
        return RowCamera()
    missing = [name for name in NUMBERS if name not in given]
    if missing:
        fault(missing[0], f"expected fx, fy, cx and cy, found {', '.join(given)} alone")
    if not set(NUMBERS) <= numbers.keys():
        return RowCamera()
    try:
        return RowCamera(from_plain(Intrinsics, {name: numbers[name] for name in NUMBERS}))
    except ConfigError as error:
        fault(given[0], str(error).removesuffix(_ADVICE).rstrip("."))
        return RowCamera()
