"""Compare each list of shards with the shards that are there: the workflow plans by what the lists say."""

from pathlib import Path

from merflow import paths
from merflow.artefacts import KINDS
from merflow.audit.findings import Findings
from merflow.audit.shards import ShardName, Shards
from merflow.errors import ArtefactError
from merflow.shard_lists import SHARD_LISTS


def check_shard_lists(dataset: str, shards: Shards, findings: Findings) -> None:
    """Refuse lists that name another content of a shard than it has, or that cannot be read.

    A shard that is missing is no fault of its list: the next run forgets the list.
    """
    artefacts = shards.root / paths.RESULTS / dataset / "artefacts"
    for folder in sorted(path for path in artefacts.glob("*/*") if path.parent.name in KINDS):
        for path in SHARD_LISTS.lie_in(folder):
            findings.count(path)
            _check_list(path, dataset, folder, shards, findings)


def _check_list(path: Path, dataset: str, folder: Path, shards: Shards, findings: Findings) -> None:
    try:
        rows = SHARD_LISTS.read(path)
    except ArtefactError as error:
        findings.add_refused(path, error, force=(), remove=[path])
        return
    for row in rows:
        found = shards.digest(ShardName(dataset, folder.parent.name, folder.name, row.subject))
        if found and found != row.sha256:
            expected = f"the shard of {row.subject} as it is now (sha256 {found[:16]})"
            findings.add(path, expected, f"another content ({row.sha256[:16]})", remove=[path])
