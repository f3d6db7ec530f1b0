"""The settings of flow images that change their result; each is a key of config.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from merflow.checks import check_choice, check_setting


@dataclass(frozen=True, slots=True)
class FlowImageSettings:
    """What decides the content of a ``flow_images`` shard.

    Parameters
    ----------
    size_px : int
        Side of the square picture, px; the networks of the field take 28.
    motion : {"expression", "total"}
        Flow without the motion of the head, or as measured.
    scaling : {"minmax", "symmetric"}
        Of each channel of each clip into [0, 1]: by its own minimum and maximum, as the field does it, or u and v by
        their largest magnitude, so that no motion is .5 in every clip, and the strain by its maximum.

    Raises
    ------
    ConfigError
        When a word is unknown or a value outside its range.
    """

    size_px: int = 28
    motion: Literal["expression", "total"] = "expression"
    scaling: Literal["minmax", "symmetric"] = "minmax"

    def __post_init__(self) -> None:
        check_choice(self.motion, "flow_images.motion", ("expression", "total"))
        check_choice(self.scaling, "flow_images.scaling", ("minmax", "symmetric"))
        check_setting(8 <= self.size_px <= 256, "flow_images.size_px", expected="8 to 256 px", found=self.size_px)


def params_of_ready(variant: Mapping[str, Any], dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides the numbers of pictures that came ready: not how flow would be computed and scaled."""
    return {"size_px": variant["size_px"], "channels": dataset["channels"]}
