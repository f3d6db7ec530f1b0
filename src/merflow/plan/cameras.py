"""Cameras of depth: that of CAS(ME)^3, which settings name where nobody says another, is no camera of other sets."""

from collections.abc import Iterator, Sequence

from merflow.config import Config, DatasetBlock
from merflow.datasets.clip import Clip
from merflow.errors import ConfigError
from merflow.names import named
from merflow.stages import STAGES
from merflow.stages.recorded import CASME3_FOCAL_PX


def check_depth_camera(config: Config, clips: Sequence[Clip], dataset: str, artefact: str) -> None:
    """Refuse points in space of depth whose camera nobody named: every face would have another shape, unnoticed.

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
        When clips with depth of the dataset, or of a member of a composite, have no camera of their own, the set is
        not recorded by the camera of CAS(ME)^3, and the artefact goes through a variant with that one's focal length.
    """
    block = next(_unset(config, artefact), None)
    if block is None:
        return
    names = config.datasets[dataset].members
    for owner in names or (dataset,):
        own = config.datasets[owner]
        unnamed = [clip for clip in clips if clip.depth and not clip.camera and (not names or clip.part == owner)]
        if unnamed and own.synthesis is None and not own.declared.default_camera:
            raise ConfigError(
                f"expected the camera of the depth of {owner} ({artefact} has points in space), found none in "
                f"{len(unnamed)} clips, such as {unnamed[0].id}, and {block} is {CASME3_FOCAL_PX:g}, that of "
                f"CAS(ME)^3. {_how(owner, own)}, or set {block} to its focal length."
            )


def _how(name: str, dataset: DatasetBlock) -> str:
    """Return how the clips of a dataset are given a camera."""
    if "intrinsics" in dataset.own:
        return f"Set datasets.{name}.intrinsics: {{fx: ..., fy: ..., cx: ..., cy: ...}}"
    return "Put it into Clip.camera in the reader (docs/adding-a-dataset.md)"


def _unset(config: Config, artefact: str) -> Iterator[str]:
    """Yield the focal lengths of a chain that are those of CAS(ME)^3, as settings name them."""
    for kind, name in config.chain(artefact):
        variant = config.variant(kind, name)
        making = STAGES[kind].making_of(variant.plain)
        if making.camera:
            block, camera = named(making.camera)(variant.settings)
            if camera.focal_px == CASME3_FOCAL_PX:
                yield ".".join(filter(None, (kind, name, block, "focal_px")))
