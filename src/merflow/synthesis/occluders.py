"""What a subject wears or holds before the face: glasses, hair over the forehead, a hand at the cheek.

All are surfaces in the head frame, with their distance to the face known: the colour camera and the depth camera see
them, they move with the head, and the hand drifts on the face.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.camera import Camera
from merflow.synthesis.conditions import Conditions
from merflow.synthesis.identity import Identity
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.tubes import Mesh, disc, joined, ribbon, tube

FloatArray = NDArray[np.float64]

_HALF_MAP_MM = (110, 150)  # of the map of the face's front, in x and y
_FAR_MM = 5000.0
_FRAME_COLOURS = ((0.01, 0.01, 0.012), (0.08, 0.035, 0.015), (0.25, 0.25, 0.27), (0.02, 0.03, 0.09))
_RIM_POINTS = 40
_STRAND_POINTS = 12
_DRIFT_MM = 0.5  # of the hand within a tenth of a second


@dataclass(frozen=True, slots=True)
class Occluders:
    """What lies before one face in one clip.

    Parameters
    ----------
    solid : Mesh or None
        What hides the face.
    lenses : Mesh or None
        Glass that the face is seen through.
    glare : float
        Share of the light of the lenses that they reflect, 0 to 1.
    drifting : ndarray of shape (V,), bool
        Vertices of `solid` that belong to the hand.
    """

    solid: Mesh | None
    lenses: Mesh | None
    glare: float
    drifting: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Front:
    """How far the front of a head reaches towards the camera: z (mm, head frame) at whole x and y."""

    z: FloatArray

    @classmethod
    def of(cls, neutral: FloatArray, triangles: NDArray[np.int32]) -> "Front":
        """Measure a resting head (V, 3), mm, from the front, along parallel rays."""
        across, up = _HALF_MAP_MM
        distance = _FAR_MM - neutral[:, 2]
        seen = np.column_stack([(neutral[:, 0] + across) * distance, (up - neutral[:, 1]) * distance, distance])
        view = Camera(f=1.0, cx=0.0, cy=0.0, width=2 * across + 1, height=2 * up + 1)
        depth = rasterise(seen, triangles, view).depth.astype(np.float64)
        return cls(np.where(np.isfinite(depth), _FAR_MM - depth, -100.0))

    def at(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return z at the nearest whole millimetres."""
        across, up = _HALF_MAP_MM
        column = np.clip(np.rint(x + across), 0, 2 * across).astype(int)
        row = np.clip(np.rint(up - y), 0, 2 * up).astype(int)
        height: FloatArray = self.z[row, column]
        return height


class Wardrobe:
    """The occluders of one subject: the same glasses and the same fringe in every clip.

    Parameters
    ----------
    neutral : ndarray of shape (V, 3)
        The subject's resting head, mm.
    triangles : ndarray of shape (T, 3)
        Its triangles.
    identity : Identity
        Colours of skin and hair.
    rng : numpy.random.Generator
        Draws glasses and fringe.
    """

    def __init__(
        self, neutral: FloatArray, triangles: NDArray[np.int32], identity: Identity, rng: np.random.Generator
    ) -> None:
        self._front = Front.of(neutral, triangles)
        self._identity = identity
        self._frame, self._lenses = glasses(self._front, rng)
        self._fringe = fringe(self._front, np.array(identity.hair.colour), rng)

    def for_clip(self, conditions: Conditions, rng: np.random.Generator) -> Occluders:
        """Return what lies before the face under the conditions of one clip; `rng` places the hand."""
        worn = [self._frame] * conditions.glasses + [self._fringe] * conditions.fringe
        held = [hand(self._front, np.array(self._identity.skin.tone), rng)] * conditions.hand
        glare = float(rng.uniform(0.03, 0.25))
        still = sum(len(mesh.vertices) for mesh in worn)
        moving = sum(len(mesh.vertices) for mesh in held)
        return Occluders(
            solid=joined(worn + held) if worn or held else None,
            lenses=self._lenses if conditions.glasses else None,
            glare=glare,
            drifting=np.arange(still + moving) >= still,
        )


def sample_drift(rng: np.random.Generator, n_frames: int, fps: float) -> FloatArray:
    """Draw how a hand slides on the face: a random walk (n_frames, 3), mm, that starts at zero and stays near it."""
    steps = rng.normal(size=(n_frames, 3)) * [_DRIFT_MM, _DRIFT_MM, 0.3 * _DRIFT_MM] * np.sqrt(10.0 / fps)
    walk = np.cumsum(steps, axis=0)
    drift: FloatArray = walk - walk[0]
    return drift


def glasses(front: Front, rng: np.random.Generator) -> tuple[Mesh, Mesh]:
    """Draw a pair of glasses: two rims, bridge and temples; and the two lenses in them."""
    colour = np.array(_FRAME_COLOURS[int(rng.integers(len(_FRAME_COLOURS)))])
    width, height, power = rng.uniform(22, 27), rng.uniform(15, 21), rng.uniform(2.0, 4.0)
    thickness, below = rng.uniform(0.7, 2.2), rng.uniform(2, 6)
    phase = np.linspace(0, 2 * np.pi, _RIM_POINTS, endpoint=False)
    x = width * np.sign(np.cos(phase)) * np.abs(np.cos(phase)) ** (2 / power)
    y = height * np.sign(np.sin(phase)) * np.abs(np.sin(phase)) ** (2 / power) - below
    z = max(float(front.at(side * 33.0 + x, y).max()) for side in (-1, 1)) + thickness + 1.5
    rims = [np.column_stack([side * 33.0 + x, y, np.full_like(x, z)]) for side in (-1, 1)]
    inner = 33.0 - width
    over = np.linspace(-inner, inner, 9)
    bridge_z = np.maximum(front.at(over, np.zeros_like(over)) + thickness + 0.5, z)
    parts = [tube(rim, thickness, colour, closed=True) for rim in rims]
    parts.append(tube(np.column_stack([over, np.full_like(over, 2.0), bridge_z]), thickness, colour))
    for side in (-1, 1):
        back = np.linspace(0, 1, 6)[:, None]
        start, end = np.array([side * (33.0 + width), 2.0, z]), np.array([side * 82.0, 0.0, -85.0])
        parts.append(tube(start + back * (end - start), thickness, colour))
    return joined(parts), joined([disc(rim, np.array([0.9, 0.9, 0.92])) for rim in rims])


def fringe(front: Front, colour: FloatArray, rng: np.random.Generator) -> Mesh:
    """Draw hair that hangs over the forehead, down to about the brows, in strands."""
    n, ends, sweep = int(rng.integers(50, 110)), rng.uniform(8, 28), rng.uniform(-25, 25)
    left, right = np.sort(rng.uniform([-60, 10], [-10, 60]))
    strands = []
    for _ in range(n):
        along = np.linspace(0, 1, _STRAND_POINTS)
        top, bottom = rng.uniform(58, 70), ends + rng.normal(0, 6)
        x = rng.uniform(left, right) + (sweep + rng.normal(0, 4)) * along**1.5
        y = top + (bottom - top) * along
        z = np.maximum.accumulate(front.at(x, y)) + rng.uniform(2.5, 5.0)
        strands.append(ribbon(np.column_stack([x, y, z]), float(rng.uniform(0.6, 1.6)), colour * rng.uniform(0.6, 1.5)))
    return joined(strands)


def hand(front: Front, tone: FloatArray, rng: np.random.Generator) -> Mesh:
    """Draw four fingers that rest on one cheek, their tips beside the mouth, and the back of the hand below."""
    side, radius = float(rng.choice((-1.0, 1.0))), float(rng.uniform(7.0, 9.0))
    tip = np.array([side * rng.uniform(6, 22), rng.uniform(-74, -54)])
    turn = np.radians(rng.uniform(25, 60))
    away, next_to = np.array([side * np.sin(turn), -np.cos(turn)]), np.array([side * np.cos(turn), np.sin(turn)])
    colour = tone * rng.uniform(0.9, 1.05)
    height = float(front.at(*np.split(tip[:, None] + away[:, None] * np.linspace(0, 25, 6), 2)).max()) + radius + 1.0
    profile = radius * np.sqrt(np.clip([0.0, 0.55, 0.85, 1.0, 1.0, 0.97, 1.0, 1.05, 1.1], 0, None))
    reach = np.array([0.0, 0.03, 0.07, 0.12, 0.3, 0.5, 0.7, 0.85, 1.0])
    parts = []
    for k, length in enumerate((60.0, 66.0, 62.0, 50.0)):
        start = tip + next_to * (2 * radius * 0.95 * k)
        axis = start + away * (length * reach)[:, None]
        parts.append(tube(np.column_stack([axis, height + 4 * reach]), profile, colour))
    middle = tip + next_to * (2.9 * radius) + away * 55.0
    over = np.linspace(0, 1, 7)
    palm = middle + away * (70.0 * over)[:, None]
    parts.append(tube(np.column_stack([palm, height + 4 + 0 * over]), np.full(7, 3.4 * radius), colour * 0.95))
    return joined(parts)
