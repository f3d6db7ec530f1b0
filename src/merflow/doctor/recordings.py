"""What config.yaml names: which recordings are at hand, and which licences lie beside them."""

import re
from collections.abc import Iterator
from pathlib import Path

from merflow.config import DatasetBlock, read_config
from merflow.counts import count
from merflow.datasets.declared import dataset_named
from merflow.doctor.findings import Finding
from merflow.errors import MerflowError
from merflow.reading import is_folder, reading

_PLACEHOLDER = Path("/path/to")
"""What the roots in the shipped configuration begin with, until a user sets them."""

_LICENCE = re.compile(r"licen[cs]e|agreement|\beula\b|terms", re.IGNORECASE)
"""What the files are called in which owners of recordings say what may be done with them."""


def recordings_findings(config: Path) -> Iterator[Finding]:
    """Yield what is found of the configuration and of the recordings that it names."""
    if not config.exists():
        yield Finding(
            "configuration",
            f"no {config} here",
            "--",
            "Give this command in the folder of a study, or begin one: merflow init FOLDER --videos DIR.",
        )
        return
    try:
        found = read_config(config)
    except MerflowError as error:
        yield Finding("configuration", f"{config} is refused", "do", str(error))
        return
    yield Finding(
        "configuration",
        f"{config}: {count(len(found.datasets), 'dataset')}, {count(len(found.plain['experiments']), 'experiment')}",
    )
    own = {name: block for name, block in found.datasets.items() if not block.members}
    rendered = [name for name, block in own.items() if block.synthesis and not is_folder(block.root)]
    unset = [name for name, block in own.items() if _PLACEHOLDER in Path(block.root).parents]
    yield from (recordings_finding(name, block) for name, block in own.items() if name not in {*rendered, *unset})
    if rendered:
        what = "Each is rendered where a result of it is asked for: nothing to do."
        yield Finding("datasets to render", ", ".join(rendered), "--", what)
    if unset:
        what = "Ask the owners for a licensed copy (docs/datasets), and set datasets.NAME.root in config.yaml."
        yield Finding("datasets not at hand", ", ".join(unset), "--", what)


def recordings_finding(name: str, block: DatasetBlock) -> Finding:
    """Return whether the recordings of a dataset are there, and beside those of a released set a licence."""
    what, root = f"dataset {name}", Path(block.root)
    if not is_folder(root):
        mend = f"Correct datasets.{name}.root in config.yaml, or attach the disk that they are on."
        return Finding(what, f"no recordings in {root}", "--", mend)
    if block.synthesis:
        return Finding(what, f"rendered in {root}")
    with reading(root):
        licences = sorted(path.name for path in root.iterdir() if _LICENCE.search(path.name))
    if licences:
        return Finding(what, f"recordings in {root}, with {', '.join(licences)}")
    released = dataset_named(block.reader)
    if not released.citation:  # one's own
        return Finding(what, f"recordings in {root}")
    return Finding(what, f"recordings in {root}, no licence beside them", "--", released.licence)
