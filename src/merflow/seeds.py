"""Random generators that depend on their purpose only, and not on what else is processed."""

import hashlib

import numpy as np


def clip_generator(clip: str, seed: int) -> np.random.Generator:
    """Return the random generator of a clip: from its id and the seed alone, whatever else is processed with it."""
    digest = hashlib.sha256(f"{seed}:{clip}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "little"))
