"""The networks, one a file, and the registry that builds them by name. They import nothing but torch."""

from merflow.models.registry import MODELS, build_model

__all__ = ["MODELS", "build_model"]
