"""What config.yaml names: which recordings are at hand, and which licences lie beside them."""

import re
from collections.abc import Iterator
from pathlib import Path

from merflow.config import DatasetBlock, read_config
from merflow.datasets.declared import dataset_named
from merflow.doctor.findings import Finding
from merflow.errors import MerflowError
from merflow.reading import is_folder, reading

_LICENCE = re.compile(r"licen[cs]e|agreement|\beula\b|terms", re.IGNORECASE)
"""What the files are called in which owners of recordings say what may be done with them."""


def recordings_findings(config: Path) -> Iterator[Finding]:
    """Yield what is found of the configuration and of the recordings that it names."""
    if not config.exists():
        yield Finding(
            "configuration", f"no {config} here", "--", "Begin with merflow init FOLDER, or in the folder of a study."
        )
        return
    try:
        found = read_config(config)
    except MerflowError as error:
        yield Finding("configuration", f"{config} is refused", "do", str(error))
        return
    yield Finding(
        "configuration", f"{config}: {len(found.datasets)} datasets, {len(found.plain['experiments'])} experiments"
    )
    for name, block in found.datasets.items():
        if not block.members:
            yield recordings_finding(name, block)


def recordings_finding(name: str, block: DatasetBlock) -> Finding:
    """Return whether the recordings of a dataset are there, and whether a licence lies beside them."""
    what, root = f"dataset {name}", Path(block.root)
    if not is_folder(root):
        rendered = "It is rendered where it is asked for." if block.synthesis else ""
        return Finding(what, f"no recordings in {root}", "--", rendered)
    if block.synthesis:
        return Finding(what, f"rendered in {root}")
    with reading(root):
        licences = sorted(path.name for path in root.iterdir() if _LICENCE.search(path.name))
    if licences:
        return Finding(what, f"recordings in {root}, with {', '.join(licences)}")
    return Finding(what, f"recordings in {root}, no licence beside them", "--", dataset_named(block.reader).licence)
