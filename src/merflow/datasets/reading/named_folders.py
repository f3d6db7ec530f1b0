"""Named folders: the clips of releases whose folders have unique names, wherever they lie below the root."""

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from merflow.datasets.reading.folders import instead_of, passed_over, visible_folders
from merflow.errors import DatasetError, UnreadableError

_SHOWN = 2

CanonicalName = Callable[[str], str | None]
"""Name of a folder -> what it is called however it is spelt; None = it is none of those that are looked for."""


class NamedFolders:
    """Finds folders by their names; a folder that has such a name is not searched further.

    Parameters
    ----------
    root : Path
        Root of the dataset.
    canonical : callable
        Tells a folder that is looked for by its name.
    bases : iterable of Path or None
        Folders that are searched; None = the root.
    depth : int
        Levels below each of them.
    skipped : collection of str
        Names of folders, in lower case, that are not searched.

    Raises
    ------
    DatasetError
        When two folders have one name: names both.
    UnreadableError
        When one of the bases cannot be read; what lies deeper and cannot be is passed over, noted.
    """

    def __init__(
        self,
        root: Path,
        canonical: CanonicalName,
        *,
        bases: Iterable[Path] | None = None,
        depth: int = 4,
        skipped: Collection[str] = (),
    ) -> None:
        self.root = root
        self.notes: list[str] = []
        self.paths: dict[str, Path] = {}
        self._canonical = canonical
        self._skipped = skipped
        for base in [root] if bases is None else bases:
            for name, path in self._walk(base, depth, required=True):
                other = self.paths.setdefault(name, path)
                if other != path:
                    raise DatasetError(
                        f"expected one folder {name}, found {other} and {path}, which may differ in scale. Set the "
                        "dataset's root in config.yaml to the one to read, and its annotation to the sheet."
                    )

    def find(self, subject: str, name: str) -> Path | None:
        """Return the folder of a name; None = there is none."""
        canonical = self._canonical(name)
        return None if canonical is None else self.paths.get(canonical)

    def instead(self, subject: str, name: str) -> str:
        """Return what lies in the folders where the others lie, a video of the clip's name before all else."""
        around = dict.fromkeys(path.parent for path in self.paths.values())
        own = [path for path in around if subject.casefold() in path.as_posix().casefold()]
        return instead_of(name, (own or list(around))[:_SHOWN])

    def _walk(self, folder: Path, depth: int, *, required: bool) -> Iterator[tuple[str, Path]]:
        try:
            children = visible_folders(folder)
        except UnreadableError as error:
            if required:
                raise
            self.notes.append(passed_over(folder, error, root=self.root))
            return
        for child in children:
            name = self._canonical(child.name)
            if name is not None:
                yield name, child
            elif depth > 1 and child.name.casefold() not in self._skipped:
                yield from self._walk(child, depth - 1, required=False)
