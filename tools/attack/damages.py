"""Damaged files: each try damages one file in its place, asks its reader, compares the content, and puts it back."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from tools.attack.damage import DAMAGES, SWAPPED
from tools.attack.targets import Target
from tools.attack.trial import READ, REFUSED, Answer, ask

from merflow.artefacts import seal

SAME, OTHER, WRONG = "same content", "another, not to be told", "WRONG CONTENT"
SEAL_BYTES = 81
"""Of the line at the end of an artefact, line feeds included."""


@dataclass(frozen=True, slots=True)
class Try:
    """One damaged file and what its reader made of it.

    Parameters
    ----------
    case : str
        By which ``--case`` repeats it.
    target, damage, outcome, text : str
        Kind of file, kind of damage, what came of it, and what the reader said.
    """

    case: str
    target: str
    damage: str
    outcome: str
    text: str

    @property
    def is_fault(self) -> bool:
        """Whether merflow should have done something else."""
        return self.outcome not in (REFUSED, SAME, OTHER)


class Bombardment:
    """Tries on the files of a finished run.

    Parameters
    ----------
    targets : sequence of Target
    seed : int
        Of all draws: the same seed makes the same tries, however many there is time for.
    """

    def __init__(self, targets: Sequence[Target], *, seed: int) -> None:
        self._targets = {target.name: target for target in targets}
        self._seed = seed
        self._whole: dict[Path, Answer] = {}

    def until(self, deadline: float) -> Iterator[Try]:
        """Yield a try of each target in turn until ``time.monotonic()`` reaches the deadline, one of each at least."""
        for number in count():
            for name in self._targets:
                if number and time.monotonic() >= deadline:
                    return
                yield self.repeat(f"{name}/{number}")

    def repeat(self, case: str) -> Try:
        """Make one try.

        Raises
        ------
        SystemExit
            When there is no such target, or its reader refuses the whole file.
        """
        name, _, number = case.rpartition("/")
        if name not in self._targets or not number.isdigit():
            raise SystemExit(f"expected a case <target>/<number> of the targets {', '.join(self._targets)}")
        target, draw = self._targets[name], Random(f"{self._seed} {case}")
        path = draw.choice(target.files)
        kind, data = self._damaged(target, path, int(number), draw)
        whole = self._content(target, path)
        kept = path.read_bytes()
        try:
            path.write_bytes(data)
            answer = ask(target.read, path)
        finally:
            path.write_bytes(kept)
        return Try(case, name, kind, _outcome(answer, whole, target, kind), answer.text)

    def _damaged(self, target: Target, path: Path, number: int, draw: Random) -> tuple[str, bytes]:
        """Return a kind of damage and bytes that differ from the file's."""
        kept = path.read_bytes()
        data = kept[:-SEAL_BYTES] if target.sealed_anew else kept
        others = [other.read_bytes() for other in target.files if other != path]
        kinds = [kind for kind in DAMAGES if others or kind != SWAPPED]
        kind = kinds[number % len(kinds)]
        changed = data
        while changed == data:
            changed = DAMAGES[kind](data, draw, draw.choice(others or [b""]))
            if changed == data and kind == SWAPPED:
                kind = kinds[0]
        return kind, _sealed(changed, path) if target.sealed_anew else changed

    def _content(self, target: Target, path: Path) -> Answer:
        """Return the content of the whole file, read once."""
        key = path if not target.sealed_anew else path / "sealed anew"
        if key not in self._whole:
            self._whole[key] = ask(target.read, path)
        if self._whole[key].kind != READ:
            raise SystemExit(f"{path}: its reader does not take the whole file: {self._whole[key].text}")
        return self._whole[key]


def _sealed(data: bytes, path: Path) -> bytes:
    """Return the bytes with the seal that belongs to them."""
    made = path.with_name(f"{path.name}.forged")
    try:
        made.write_bytes(data)
        seal(made)
        return made.read_bytes()
    finally:
        made.unlink()


def _outcome(answer: Answer, whole: Answer, target: Target, kind: str) -> str:
    if answer.kind != READ:
        return answer.kind
    if answer.text == whole.text:
        return SAME
    return OTHER if kind in target.unseen else WRONG
