"""Settings that are no more: each is refused with the one that took its place."""

from collections.abc import Mapping
from typing import Any

from merflow.errors import ConfigError

REMOVED: Mapping[tuple[str, str], str] = {
    ("clouds", "depth_scale"): (
        "the unit of the depth pictures belongs to the dataset, where every stage obeys it. Set "
        "datasets.<name>.depth_unit_mm, the mm that 1 in the pictures stands for (1000 / depth_scale: 0.1 for a "
        "depth_scale of 10000), and remove this key"
    ),
}
"""Kind of artefact and key of its variants -> what to do."""


def refuse_removed(kind: str, settings: Mapping[str, Any], *, where: str) -> None:
    """Refuse a variant of a kind of artefact that still has a removed setting.

    Raises
    ------
    ConfigError
        Names the key, at `where`, and its successor.
    """
    for (owner, key), instead in REMOVED.items():
        if owner == kind and key in settings:
            raise ConfigError(f"config: {where}.{key} ({settings[key]!r}) is no setting any more: {instead}.")
