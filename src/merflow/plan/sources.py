"""Where the artefacts of a dataset come from: its recordings, its members, or pictures that came ready."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from merflow import paths
from merflow.config import Config
from merflow.datasets.clip import Clip
from merflow.errors import ConfigError
from merflow.stages import STAGES


def members(config: Config, dataset: str) -> dict[str, str]:
    """Return the reader of each dataset that a composite is made of, in its order; empty for an ordinary dataset."""
    return {member: config.datasets[member].reader for member in config.datasets[dataset].members}


def official_members(config: Config, dataset: str) -> list[str]:
    """Return the members whose released recordings MEGC 2019 counted; none where a composite takes other clips."""
    block = config.datasets[dataset]
    counted = block.own.get("selection") == "megc2019"
    return [name for name in block.members if counted and config.datasets[name].synthesis is None]


def came_ready(config: Config, dataset: str) -> bool:
    """Return whether a dataset consists of ready artefacts; of a composite, whether every member does."""
    block = config.datasets[dataset]
    if block.members:
        return all(came_ready(config, name) for name in block.members)
    return bool(block.declared.ready)


def check_source(config: Config, dataset: str, kind: str) -> None:
    """Refuse to make artefacts of a kind where there is nothing to make them of.

    Raises
    ------
    ConfigError
        Of a composite, whose members have the artefacts; of a dataset that came ready, for every kind but that one.
    """
    block = config.datasets[dataset]
    if block.members:
        raise ConfigError(
            f"dataset {dataset} is made of {', '.join(block.members)} and has no artefacts of its own. Ask for those "
            f"of a member, such as {paths.RESULTS}/{block.members[0]}/artefacts/..., or for an experiment on {dataset}."
        )
    ready = block.declared.ready
    if ready and kind != ready:
        raise ConfigError(
            f"dataset {dataset}: expected artefacts of kind {ready}, of which it consists, but {kind} are asked for, "
            f"and it has no recordings to make them of. Ask for an experiment whose artefact is {ready}/..., or for a "
            "dataset of recordings."
        )


def check_shards(config: Config, dataset: str, kind: str) -> None:
    """Refuse to read artefacts of a kind from a dataset, or from a composite, that has a part without a source.

    Raises
    ------
    ConfigError
        As :func:`check_source` of the dataset, or of the first member that has none.
    """
    for owner in config.datasets[dataset].members or [dataset]:
        check_source(config, owner, kind)


def needs_depth(config: Config, kind: str, variant: str) -> bool:
    """Return whether a variant has no artefact of a clip that was recorded without depth, whatever it is made of."""
    return STAGES[kind].making_of(config.variant(kind, variant).plain).depth


def needs_meshes(config: Config, kind: str, variant: str) -> bool:
    """Return whether a variant is computed from recorded meshes: of a clip without there is none."""
    own = config.variant(kind, variant)
    making = STAGES[kind].making_of(own.plain)
    return bool(making.recorded) and making.frames_read(own.settings).scans


class _Recorded(NamedTuple):
    """What not every dataset has: its name, who needs it, and whether a clip was recorded with it."""

    name: str
    needed: Callable[[Config, str, str], bool]
    has: Callable[[Clip], bool]


_NOT_EVERYWHERE = (
    _Recorded("depth", needs_depth, lambda clip: bool(clip.depth)),
    _Recorded("meshes", needs_meshes, lambda clip: bool(clip.meshes)),
)


def check_recorded(config: Config, clips: Sequence[Clip], dataset: str, artefact: str) -> None:
    """Refuse an artefact that goes back to depth or meshes where there are none: each clip would be excluded.

    Parameters
    ----------
    config : Config
    clips : sequence of Clip
        Index of the dataset.
    dataset, artefact : str
        Name in the configuration, and ``<kind>/<variant>``.

    Raises
    ------
    ConfigError
        When no clip of the dataset, or of a member of a composite, has what is needed; names experiments that need
        none of it.
    """
    names = config.datasets[dataset].members
    for one in _NOT_EVERYWHERE:
        needing = next((step for step in config.chain(artefact) if one.needed(config, *step)), None)
        recorded = {clip.part if names else dataset for clip in clips if one.has(clip)}
        lacking = [owner for owner in names or [dataset] if owner not in recorded]
        if needing and lacking:
            of = f", a member of {dataset}," if names else ""
            without = _experiments_without(one, config, dataset)
            raise ConfigError(
                f"expected recordings with {one.name} ({artefact} goes through {needing[0]}), but dataset {lacking[0]}"
                f"{of} has none. Choose an experiment without {one.name}{', such as ' if without else ''}"
                f"{', '.join(without[:3])}."
            )


def _experiments_without(what: _Recorded, config: Config, dataset: str) -> list[str]:
    """Return the networks' experiments that need none of it, those that name the dataset first."""
    found = [
        name
        for name, experiment in config.experiments.items()
        if not experiment.is_baseline
        and not any(what.needed(config, *one) for one in config.chain(config.experiment(name, dataset).artefact))
    ]
    return sorted(found, key=lambda name: dataset not in config.experiments[name].datasets)


def ancestor_variant(config: Config, kind: str, variant: str, ancestor: str) -> str:
    """Return the variant of an upstream kind that a variant is computed from, however far up."""
    while kind != ancestor:
        own = config.variant(kind, variant)
        kind, variant = own.upstream_kind, own.upstream
    return variant


def artefact_chain(config: Config, artefact: str, *, dataset: str) -> list[tuple[str, str]]:
    """Return (kind, variant) of an artefact and of all that it is computed from, recordings' side first.

    In a dataset that came ready it is computed from nothing.

    Raises
    ------
    ConfigError
        As :func:`check_shards`.
    """
    kind = artefact.partition("/")[0]
    check_shards(config, dataset, kind)
    chain = config.chain(artefact)
    return chain[-1:] if came_ready(config, dataset) else chain


def variant_in_chain(config: Config, experiment: str, kind: str, *, dataset: str) -> str:
    """Return the variant of a kind that an experiment's examples go back to.

    Raises
    ------
    ConfigError
        When they go back to none of that kind, which the message then names; also as :func:`check_shards`.
    """
    artefact = config.experiment(experiment, dataset).artefact
    chain = dict(artefact_chain(config, artefact, dataset=dataset))
    if kind not in chain:
        raise ConfigError(
            f"{experiment} on {dataset}: expected an artefact of kind {kind}, or one computed from such, but found "
            f"artefact: {artefact}, which goes back to {', '.join(chain)}. Ask for a picture of these stages, or of "
            "another experiment."
        )
    return chain[kind]
