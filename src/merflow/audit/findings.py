"""What an audit finds: faults with what mends them, notes, and how much was compared."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from merflow.errors import MerflowError
from merflow.files import seal_beside

_ADVICE = (" Rebuild: ", " Make it anew: ", " Make it: ", " Delete it; ")
"""How readers begin the command of one file; a report gives the commands of all of them together."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is missing, damaged, or another than it should be.

    Parameters
    ----------
    path : Path
        File or folder.
    what : str
        What was expected there, and what was found.
    """

    path: Path
    what: str


@dataclass(slots=True)
class Findings:
    """Everything that an audit has found so far.

    Attributes
    ----------
    freed : bool
        Whether examples, artefacts and weights may have been deleted for room.
    faults : list of Fault
    notes : list of str
        What lies there without a fault, such as a file that the workflow does not know.
    forced : dict
        Files that must be made though they, or others of their job, are there; in the order of the stages.
    targets : dict
        What is asked for afterwards: ``metrics.csv`` of each experiment that has a fault.
    removed : dict
        What must be deleted by hand.
    compared : dict of Path to int
        Bytes of each file that was compared with its record.
    """

    freed: bool = False
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    forced: dict[Path, None] = field(default_factory=dict)
    targets: dict[Path, None] = field(default_factory=dict)
    removed: dict[Path, None] = field(default_factory=dict)
    compared: dict[Path, int] = field(default_factory=dict)
    _faulty: set[Path] = field(default_factory=set)

    def count(self, path: Path) -> None:
        """Count a file as compared, once however often it is, and with it the SHA-256 that lies beside a table."""
        for one in (path, seal_beside(path)):
            if one.is_file():
                self.compared[one] = one.stat().st_size

    def add(
        self,
        path: Path,
        expected: str,
        found: str,
        *,
        force: Iterable[Path] = (),
        then: Path | None = None,
        remove: Iterable[Path] = (),
    ) -> None:
        """Add a fault, and what mends it."""
        self._add(Fault(path, f"expected {expected}, but found {found}"), force, then, remove)

    def add_lacking(self, path: Path, expected: str, *, force: Iterable[Path], then: Path | None = None) -> None:
        """Add a file that is not there, but may have been deleted for room: a note where that is expected."""
        if self.freed:
            self.notes.append(f"{path}: not there; made again when something needs it")
        else:
            self.add(path, expected, "no file", force=force, then=then)

    def add_refused(
        self,
        path: Path,
        error: MerflowError,
        *,
        force: Iterable[Path],
        then: Path | None = None,
        remove: Iterable[Path] = (),
    ) -> None:
        """Add a file that its reader refuses, in the words of the reader."""
        text = str(error).removeprefix(f"{path}: ")
        for advice in _ADVICE:
            text = text.partition(advice)[0]
        self._add(Fault(path, text.rstrip(".")), force, then, remove)

    def has_fault(self, path: Path) -> bool:
        """Return whether a fault of a path is known."""
        return path in self._faulty

    def _add(self, fault: Fault, force: Iterable[Path], then: Path | None, remove: Iterable[Path]) -> None:
        if fault.path in self._faulty and fault in self.faults:
            return  # of a dataset that two of the given paths lie in
        self.faults.append(fault)
        self._faulty.add(fault.path)
        self.forced.update(dict.fromkeys(force))
        self.targets.update(dict.fromkeys([then] if then else []))
        self.removed.update(dict.fromkeys(remove))
