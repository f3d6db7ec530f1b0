"""Examples of the regions: their points as a network sees them, and those of the mirrored face."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.errors import ConfigError
from merflow.stages.examples import Choice, Features
from merflow.stages.regions.mirroring import mirrored_points, unmirrored_setting
from merflow.stages.regions.motion_channels import Motion
from merflow.stages.regions.network_input import network_input
from merflow.stages.regions.normalisation import normalise_motion
from merflow.stages.regions.thinning import thin_points

_CHANNELS: Mapping[Motion, str] = {"all": "xyzuvz", "flow": "xyzuv"}
"""Name of the last axis of the examples: the channels of a point."""


def region_features(choice: Choice) -> Features:
    """Return how examples are read from points; with mirror images as copies where they are chosen."""
    if choice.mirror and choice.coordinates == "metres":
        raise ConfigError(
            "training.mirror: true: expected coordinates: aligned, but found metres, which have no middle of the face "
            "to mirror at. Use coordinates: aligned, or mirror: false."
        )

    def read(shard: Shard, clip: str) -> NDArray[np.float32]:
        points, normalised, aligned_xy = (shard.read(clip, name) for name in ("points", "normalised", "aligned_xy"))
        size = shard.attrs(clip)["aligned_size"]
        seen = network_input(
            points,
            normalised,
            aligned_xy,
            coordinates=choice.coordinates,
            motion=choice.motion,
            aligned_size=size,
        )
        return thin_points(seen, choice.points)

    def read_mirrored(shard: Shard, clip: str) -> NDArray[np.float32]:
        _check_mirrored_regions(shard)
        size = shard.attrs(clip)["aligned_size"]
        points, aligned_xy = mirrored_points(
            shard.read(clip, "points"), shard.read(clip, "aligned_xy"), aligned_size=size
        )
        positive, negative = shard.read(clip, "divisor")[1].tolist()
        normalised = normalise_motion(points[..., 3:], (positive, negative))
        seen = network_input(points, normalised, aligned_xy, motion=choice.motion, aligned_size=size)
        return thin_points(seen, choice.points)[None]

    return Features(
        "regions",
        ("clip", "region", "sample", _CHANNELS[choice.motion]),
        read,
        read_mirrored if choice.mirror else None,
        input={"coordinates": choice.coordinates},
    )


def _check_mirrored_regions(shard: Shard) -> None:
    """Refuse regions whose mirror image is no sample of a mirrored face, whatever wrote them."""
    unfit = unmirrored_setting(shard.params)
    if unfit:
        setting, needed = unfit
        raise ConfigError(
            f"training.mirror: true: expected regions with {setting}: {str(needed).lower()}, but {shard.path} has "
            f"{setting}: {str(shard.params[setting]).lower()}. Use other regions, or mirror: false."
        )
