"""merflow: from raw micro-expression video to cached features and leave-one-subject-out metrics.

What a notebook needs is here, and is imported at its first use: to import merflow loads nothing else.

>>> import merflow
>>> with merflow.open_shard("results/demo/artefacts/flow/tvl1/spNO.1.h5") as shard:  # doctest: +SKIP
...     for clip, arrays in shard.items():
...         print(clip, arrays["flow"].shape)
>>> merflow.load_examples("results/demo/ststnet/examples.h5").to_frame()  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

from merflow.version import VERSION

__version__ = VERSION

_OFFERED = {
    "load_config": "merflow.config.load:read_config",
    "load_examples": "merflow.artefacts.examples_file:read_examples",
    "load_predictor": "merflow.prediction.predictor:load_predictor",
    "open_shard": "merflow.artefacts.reader:open_shard",
    "published": "merflow.evaluation.published:published",
    "read_clips": "merflow.datasets.clip_table:read_clips",
}
"""What can be used as ``merflow.<name>``, and where it is. Editors and type checkers read the imports below."""

__all__ = ["__version__", "load_config", "load_examples", "load_predictor", "open_shard", "published", "read_clips"]

if TYPE_CHECKING:
    from merflow.artefacts.examples_file import read_examples as load_examples
    from merflow.artefacts.reader import open_shard
    from merflow.config.load import read_config as load_config
    from merflow.datasets.clip_table import read_clips
    from merflow.evaluation.published import published
    from merflow.prediction.predictor import load_predictor


def __getattr__(name: str) -> Any:
    """Import what merflow offers by a name (PEP 562)."""
    if name not in _OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from merflow.names import named

    found = globals()[name] = named(_OFFERED[name])
    return found


def __dir__() -> list[str]:
    """Return what is offered too, imported or not."""
    return sorted({*globals(), *__all__})
