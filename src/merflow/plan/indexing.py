"""Index a dataset of the configuration now, as the workflow would: with its members, its review and its apexes."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.config import Config
from merflow.datasets.index import Index
from merflow.datasets.members import Member
from merflow.datasets.registry import index_dataset
from merflow.errors import DatasetError
from merflow.make_command import make_command
from merflow.plan.sources import members
from merflow.reading import is_folder


def index_now(
    config: Config, dataset: str, *, estimated_apexes: bool = True, roots: Mapping[str, Path] | None = None
) -> tuple[Index, dict[str, Member]]:
    """Return the index of a dataset, and of a composite those of its members.

    Parameters
    ----------
    config : Config
    dataset : str
        Name in the configuration.
    estimated_apexes : bool
        Whether the dataset's table of estimated apexes is read; without it midpoints stand in.
    roots : mapping of str to Path, optional
        Of datasets whose recordings are read elsewhere than the configuration says.

    Raises
    ------
    ConfigError
        When the dataset is not known.
    DatasetError
        When an embedded dataset is not rendered yet, with the command that renders it, and as its reader; of a member
        naming dataset and member.
    """
    config.check_known("datasets", dataset)
    block, roots = config.datasets[dataset], roots or {}
    _check_rendered(config, [name for name in block.members or [dataset] if name not in roots], asked=dataset)
    parts = _members(config, dataset, roots)
    own = _own(config, dataset, roots)
    apexes = block.apexes if estimated_apexes else ""
    index = index_dataset(dataset, block.reader, own, members=parts, exclude=block.exclude, apexes=apexes)
    return index, parts


def _check_rendered(config: Config, names: Iterable[str], *, asked: str) -> None:
    """Refuse embedded datasets whose recordings are not there yet."""
    for name in names:
        root = Path(config.datasets[name].root)
        if config.datasets[name].synthesis and not is_folder(root):
            raise DatasetError(
                f"dataset {name}: expected its recordings in {root}, found no such folder: they are rendered here. "
                f"Make them: {make_command(paths.clips(asked))}"
            )


def _own(config: Config, dataset: str, roots: Mapping[str, Path]) -> Mapping[str, Any]:
    """Return the settings of a dataset's reader, with the root where its recordings are read."""
    own = config.datasets[dataset].own
    return {**own, "root": str(roots[dataset])} if dataset in roots else own


def _members(config: Config, dataset: str, roots: Mapping[str, Path]) -> dict[str, Member]:
    """Index the members of a composite; an ordinary dataset has none."""
    found = {}
    for member, reader in members(config, dataset).items():
        block = config.datasets[member]
        try:
            own = _own(config, member, roots)
            index = index_dataset(member, reader, own, exclude=block.exclude, apexes=block.apexes)
        except DatasetError as error:
            raise DatasetError(f"dataset {dataset}, member {member}: {error}") from error
        found[member] = Member(reader, index)
    return found
