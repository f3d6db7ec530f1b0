"""Settings that are no more, or have another name: each is refused with the one that took its place."""

from collections.abc import Mapping
from typing import Any

from merflow.errors import ConfigError

_OPENCV = (
    "flow.tvl1 has the parameters of merflow's own TV-L1. To keep the flow of OpenCV's, set method: tvl1_opencv and "
    "move the block tvl1 to the name tvl1_opencv; for merflow's, remove this key"
)

REMOVED: Mapping[tuple[str, str], str] = {
    ("clouds", "depth_scale"): (
        "the unit of the depth pictures belongs to the dataset, where every stage obeys it. Set "
        "datasets.<name>.depth_unit_mm, the mm that 1 in the pictures stands for (1000 / depth_scale: 0.1 for a "
        "depth_scale of 10000), and remove this key"
    ),
    ("flow", "tvl1.scale_step"): _OPENCV,
    ("flow", "tvl1.epsilon"): _OPENCV,
    ("flow", "tvl1.inner_iterations"): _OPENCV,
    ("flow", "tvl1.outer_iterations"): _OPENCV,
    ("flow", "tvl1.gamma"): _OPENCV,
    ("flow", "tvl1.median_filter"): _OPENCV,
}
"""Kind of artefact and key of its variants, with the block that it is in -> what to do."""


def refuse_removed(kind: str, settings: Mapping[str, Any], *, where: str) -> None:
    """Refuse a variant of a kind of artefact that still has a removed setting.

    Raises
    ------
    ConfigError
        Names the key, at `where`, and its successor.
    """
    for (owner, key), instead in REMOVED.items():
        *blocks, name = key.split(".")
        block: Any = settings
        for outer in blocks:
            block = block.get(outer) if isinstance(block, Mapping) else None
        if owner == kind and isinstance(block, Mapping) and name in block:
            raise ConfigError(f"config: {where}.{key} ({block[name]!r}) is no setting any more: {instead}.")


RENAMED: Mapping[str, str] = {
    "yardsticks": "baselines",
    "lam": "learnable_adjacency",
}
"""Key of an experiment, or of its model_params, that has another name now."""

RENAMED_VALUES: Mapping[tuple[str, str], str] = {("features", "a"): "xy", ("features", "b"): "xy_distance_angle"}
"""Key of model_params and value that has another name now."""


def refuse_renamed(block: Any, *, where: str) -> None:
    """Refuse an experiment with a setting under its former name, wherever in the block.

    Raises
    ------
    ConfigError
        Names the key and its new name.
    """
    if not isinstance(block, Mapping):
        return
    for key, value in block.items():
        if key in RENAMED:
            raise ConfigError(f"config: {where}.{key}: this setting has the name {RENAMED[key]} now. Rename it.")
        if isinstance(value, str) and (key, value) in RENAMED_VALUES:
            new = RENAMED_VALUES[key, value]
            raise ConfigError(f"config: {where}.{key}: the value {value} has the name {new} now. Rename it.")
        refuse_renamed(value, where=f"{where}.{key}")
