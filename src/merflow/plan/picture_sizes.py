"""The size of ready flow images, from their headers: a variant of another size would lose every clip one by one."""

from functools import lru_cache
from pathlib import Path

from merflow.errors import ConfigError
from merflow.plan.index import Version, indexed
from merflow.reading import may_read, reading
from merflow.untrusted.picture_header import picture_size

_HEADER_BYTES = 2**16


@lru_cache(maxsize=32)
def check_picture_size(version: Version, *, root: str, variant: str, size_px: int) -> None:
    """Refuse a variant of flow images that none of the ready pictures of a dataset has the size of.

    One that fits ends the search, so that a dataset as it should be costs one header. Single pictures of another size,
    and those that cannot be read, are the stage's to report, clip by clip.

    Parameters
    ----------
    version : Version
        Of the dataset's index.
    root : str
        Root of the dataset, which the clips' pictures are relative to.
    variant : str
        Of ``flow_images``.
    size_px : int
        Side that it has.

    Raises
    ------
    ConfigError
        Names the size that is there and a picture of it.
    """
    first = ""
    found: set[tuple[int, int]] = set()
    for clip in indexed(version.path):
        size = _size(Path(root, clip.color))
        if size == (size_px, size_px):
            return
        if size is not None:
            first = first or clip.color
            found.add(size)
    if found:
        sizes = ", ".join(f"{width}x{height}" for width, height in sorted(found))
        raise ConfigError(
            f"{root}: expected flow images of {size_px}x{size_px} px (flow_images.{variant}.size_px: {size_px}), but "
            f"found {sizes} px in all of them, such as {first}. Take the pictures of {size_px} px, or an experiment "
            "whose artefact is a variant of their size."
        )


def _size(path: Path) -> tuple[int, int] | None:
    """Return width and height of a picture; None where its header cannot be read or says none."""
    if not may_read(path):
        return None
    with reading(path), path.open("rb") as file:
        return picture_size(file.read(_HEADER_BYTES))
