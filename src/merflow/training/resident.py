"""All examples of a job on the device, once: every fold and seed is trained on rows of them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from merflow.artefacts import Examples, LazyRows


@dataclass(frozen=True, slots=True)
class Resident:
    """Examples where networks are trained, the altered copies behind the clips.

    Attributes
    ----------
    x : Tensor of shape (clips + copies, ...)
    apex_and_length : Tensor of shape (clips + copies, 2) or (clips + copies, 0), int64
    """

    x: Tensor
    apex_and_length: Tensor

    @property
    def whole(self) -> bool:
        """Whether no clip of sequences is padded, and each has its apex among its frames."""
        if not self.apex_and_length.shape[1]:
            return False
        apex, frames = self.apex_and_length.unbind(1)
        return bool(((frames == self.x.shape[1]) & (apex >= 0) & (apex < frames)).all())

    @classmethod
    def of(cls, examples: Examples, device: torch.device) -> "Resident":
        """Put examples on a device; those that stay in their file are read."""
        if isinstance(examples.x, LazyRows):
            x = examples.x[np.arange(len(examples.x))]  # and has no copies
        else:
            x = np.concatenate([examples.x, examples.copies])
        apex_and_length = examples.apex_and_length[np.r_[: len(examples.x), examples.copy_of][: len(x)]]
        return cls(torch.from_numpy(x).to(device), torch.from_numpy(apex_and_length).to(device))
