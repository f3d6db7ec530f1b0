"""One dataset has one depth camera: stages that have settings of it must be told the same."""

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

from merflow.config.objects import Config
from merflow.errors import ConfigError
from merflow.names import named
from merflow.stages import STAGES
from merflow.stages.recorded import CameraSettings


class _Told(NamedTuple):
    """The camera that one variant is told, and the block of its settings."""

    kind: str
    block: str
    camera: CameraSettings


def check_cameras(config: Config) -> None:
    """Refuse a dataset that two stages would see through different cameras: one of them would be wrong, unnoticed.

    Asked of the artefacts of the experiments that name the dataset, or a composite of it. Variants of one kind may
    differ, as where a focal length is varied on purpose. A principal point that is not given, the middle of the frames,
    is not compared.

    Raises
    ------
    ConfigError
        Names both settings.
    """
    artefacts: dict[str, set[str]] = {}
    for name, experiment in config.experiments.items():
        for dataset in experiment.datasets:
            for recorded in config.datasets[dataset].members or (dataset,):
                artefacts.setdefault(recorded, set()).add(config.experiment(name, dataset).artefact)
    told = {one: _told(config, one) for one in set().union(*artefacts.values())}
    for dataset, used in artefacts.items():
        _check_alike(dataset, {seen.block: seen for one in sorted(used) for seen in told[one]})


def _told(config: Config, artefact: str) -> list[_Told]:
    """Return the cameras that the chain of an artefact is told."""
    found = []
    for kind, name in config.chain(artefact):
        variant = config.variant(kind, name)
        making = STAGES[kind].making_of(variant.plain)
        if making.camera:
            block, camera = named(making.camera)(variant.settings)
            found.append(_Told(kind, ".".join(filter(None, (kind, name, block))), camera))
    return found


def _check_alike(dataset: str, told: Mapping[str, _Told]) -> None:
    for first, other in combinations(told.values(), 2):
        if other.kind == first.kind:
            continue
        for key, a, b in zip(CameraSettings._fields, first.camera, other.camera, strict=True):
            if a is not None and b is not None and a != b:
                raise ConfigError(
                    f"config: {first.block}.{key} and {other.block}.{key}: expected one camera of the depth of "
                    f"{dataset}, which experiments read through both, but found {a:g} and {b:g}. Set both alike, or "
                    f"take {dataset} from the datasets of the experiments that read one of them."
                )
