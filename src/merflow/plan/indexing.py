"""Index a dataset of the configuration now, as the workflow would: with its members, its review and its apexes."""

from collections.abc import Iterable
from pathlib import Path

from merflow import paths
from merflow.config import Config
from merflow.datasets.index import Index
from merflow.datasets.members import Member
from merflow.datasets.registry import index_dataset
from merflow.errors import DatasetError
from merflow.plan.sources import members
from merflow.reading import is_folder


def index_now(config: Config, dataset: str, *, estimated_apexes: bool = True) -> tuple[Index, dict[str, Member]]:
    """Return the index of a dataset, and of a composite those of its members.

    Parameters
    ----------
    config : Config
    dataset : str
        Name in the configuration.
    estimated_apexes : bool
        Whether the dataset's table of estimated apexes is read; without it midpoints stand in.

    Raises
    ------
    ConfigError
        When the dataset is not known.
    DatasetError
        When an embedded dataset is not rendered yet, with the command that renders it, and as its reader; of a member
        naming dataset and member.
    """
    config.check_known("datasets", dataset)
    block = config.datasets[dataset]
    _check_rendered(config, block.members or [dataset], asked=dataset)
    parts = _members(config, dataset)
    apexes = block.apexes if estimated_apexes else ""
    index = index_dataset(dataset, block.reader, block.own, members=parts, exclude=block.exclude, apexes=apexes)
    return index, parts


def _check_rendered(config: Config, names: Iterable[str], *, asked: str) -> None:
    """Refuse embedded datasets whose recordings are not there yet."""
    for name in names:
        root = Path(config.datasets[name].root)
        if config.datasets[name].synthesis and not is_folder(root):
            raise DatasetError(
                f"dataset {name}: expected its recordings in {root}, found no such folder: they are rendered here. "
                f"Make them: snakemake --cores all {paths.clips(asked)}"
            )


def _members(config: Config, dataset: str) -> dict[str, Member]:
    """Index the members of a composite; an ordinary dataset has none."""
    found = {}
    for member, reader in members(config, dataset).items():
        block = config.datasets[member]
        try:
            index = index_dataset(member, reader, block.own, exclude=block.exclude, apexes=block.apexes)
        except DatasetError as error:
            raise DatasetError(f"dataset {dataset}, member {member}: {error}") from error
        found[member] = Member(reader, index)
    return found
