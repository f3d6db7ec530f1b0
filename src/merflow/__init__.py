"""merflow: from raw micro-expression video to cached features and leave-one-subject-out metrics."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_OFFERED = {"load_predictor": "merflow.prediction.predictor:load_predictor"}
"""What can be used as ``merflow.<name>``. It is imported at its first use: to import merflow loads no torch."""

__all__ = ["__version__", "load_predictor"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    load_predictor: Callable[[str | Path], Any]


def __getattr__(name: str) -> Any:
    """Import what merflow offers by a name."""
    if name not in _OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from merflow.names import named

    return named(_OFFERED[name])
