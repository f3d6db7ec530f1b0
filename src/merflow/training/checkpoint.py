"""Weights as a file: the tensors of a network and the settings that give them meaning."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from merflow.files import atomic_path


def save_weights(path: Path, state: Mapping[str, Any], resolved: Mapping[str, Any]) -> None:
    """Write a state dict and the settings that give it meaning; ``torch.load(weights_only=True)`` reads both."""
    tensors = {name: torch.as_tensor(value).detach().cpu() for name, value in state.items()}
    buffer = io.BytesIO()  # torch names the archive after a file's name: a buffer has none, and the bytes repeat
    torch.save({"state_dict": tensors, "config": dict(resolved)}, buffer)
    with atomic_path(path) as partial:
        partial.write_bytes(buffer.getvalue())
