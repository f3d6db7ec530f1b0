"""Where an export goes: a place that holds nothing yet, filled out of sight and named when it is whole."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from merflow.errors import ArtefactError
from merflow.files import NO_ROOM


@contextmanager
def fresh_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` and rename it when the block ends without an error; what is there stays.

    Files of an earlier export under other names would be taken for clips of this one, so nothing is ever mixed.

    Raises
    ------
    ArtefactError
        When there is something already, or no room.
    """
    check_free(out)
    partial = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir()
        yield partial
        partial.replace(out)  # also onto an empty folder
    except OSError as error:
        if error.errno in NO_ROOM:
            raise ArtefactError(
                f"{out}: expected room for the export, but the disk is full. Nothing is kept."
            ) from error
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def check_free(out: Path) -> None:
    """Refuse a place where something is already; an empty folder is free."""
    taken = out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir())))
    if taken:
        raise ArtefactError(
            f"{out}: expected a place where nothing is, but found "
            f"{'a folder with files' if out.is_dir() else 'a file'}. Nothing is overwritten: name another place, or "
            "remove it."
        )
