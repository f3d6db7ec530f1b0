"""One subject of the demo: the shape, the skin and the action units that every clip of it shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.head import HeadModel, load_head
from merflow.synthesis.identity import identity_geometry, sample_identity
from merflow.synthesis.texture import paint_texture

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Actor:
    """A subject.

    Parameters
    ----------
    head : HeadModel
        Topology, texture coordinates, occlusion and landmark vertices, shared by all subjects.
    neutral : ndarray of shape (V, 3)
        Resting face, head frame, mm.
    bases : dict of int to ndarray of shape (V, 3)
        Displacement by 1 mm of each action unit, mm.
    texture : ndarray of shape (h, w, 3), float32
        Linear albedo.
    """

    head: HeadModel
    neutral: FloatArray
    bases: dict[int, FloatArray]
    texture: NDArray[np.float32]

    @property
    def aus(self) -> tuple[int, ...]:
        """The action units that the head knows, ascending."""
        return tuple(sorted(self.bases))


def sample_actor(seed: int) -> Actor:
    """Draw a subject: the same seed gives the same subject.

    Parameters
    ----------
    seed : int
        Seed of shape, skin, hair and clothes.

    Returns
    -------
    Actor
    """
    head = load_head()
    identity = sample_identity(seed)
    return Actor(
        head=head,
        neutral=identity_geometry(head, identity),
        bases=head.au_bases_per_mm(),
        texture=paint_texture(head, identity),
    )
