"""What the place of a file in the results folder says it is, so that a file copied to another's place is refused."""

import re
from pathlib import Path

from merflow.paths import RESULTS

_SHARD = re.compile(
    rf"(?:.*/)?{RESULTS}/(?P<dataset>[^/]+)/artefacts/(?P<kind>[^/]+)/(?P<variant>[^/]+)/(?P<subject>[^/]+)\.h5"
)
_EXAMPLES = re.compile(rf"(?:.*/)?{RESULTS}/(?P<dataset>[^/]+)/(?P<experiment>[^/]+)/examples\.h5")


def names_of_shard(path: Path) -> dict[str, str | None]:
    """Return the dataset, variant and subject that a shard's path names; nothing for a file that lies elsewhere."""
    found = _SHARD.fullmatch(Path(path).as_posix())
    return {name: found[name] for name in ("dataset", "variant", "subject")} if found else {}


def is_in_place(path: Path) -> bool:
    """Return whether a path is one that the workflow gives to a shard."""
    return bool(names_of_shard(path))


def names_of_examples(path: Path) -> dict[str, str | None]:
    """Return the dataset and experiment that the path of examples names; nothing for a file that lies elsewhere."""
    found = _EXAMPLES.fullmatch(Path(path).as_posix())
    return dict(found.groupdict()) if found else {}
