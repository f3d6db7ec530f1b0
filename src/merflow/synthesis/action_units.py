"""The action units of the demo's head: what each is made of, how far it moves the skin, and how to mix them.

The face units are those of the head's source, named after ARKit's blend shapes; the numbers of the table were measured
on the mean head, and the tests measure them again. The face unit ``mouthPress`` draws the corners of the mouth aside
and does not press the lips, so AU 24 is made of the units that roll the lips in. ``noseSneer`` moves mostly the brows;
a share of ``mouthUpperUp`` tells AU 9 from AU 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionUnit:
    """One row of the table.

    Parameters
    ----------
    number : int
        FACS number.
    name : str
        FACS name.
    parts : tuple of (str, float)
        Face units and their weights at full amplitude; a trailing ``*`` stands for the left and the right unit.
    full_mm : float
        Largest displacement of a visible point of skin at full amplitude, mm.
    peak : tuple of float
        Where that is: (abs(x), y) from the midpoint between the eyes, mm; y up.
    direction : tuple of float
        Direction there: (outward, up, forward), of about unit length; outward is away from the middle of the face.
    spread : tuple of float
        Standard deviations of the moving region in abs(x) and y, mm.
    """

    number: int
    name: str
    parts: tuple[tuple[str, float], ...]
    full_mm: float
    peak: tuple[float, float]
    direction: tuple[float, float, float]
    spread: tuple[float, float]


def _row(
    number: int,
    name: str,
    parts: Mapping[str, float],
    full_mm: float,
    peak: tuple[float, float],
    direction: tuple[float, float, float],
    spread: tuple[float, float],
) -> ActionUnit:
    return ActionUnit(number, name, tuple(parts.items()), full_mm, peak, direction, spread)


ACTION_UNITS: dict[int, ActionUnit] = {
    row.number: row
    for row in (
        _row(1, "inner brow raiser", {"browInnerUp": 1.0}, 4.8, (15, 16), (0, 1, 0), (10, 5)),
        _row(2, "outer brow raiser", {"browOuterUp*": 1.0}, 6.4, (46, 15), (0, 1, -0.2), (5, 5)),
        _row(4, "brow lowerer", {"browDown*": 1.0}, 6.8, (32, 21), (-0.5, -0.85, 0.2), (15, 8)),
        _row(5, "upper lid raiser", {"eyeWide*": 1.0}, 3.6, (26, 2), (0, 1, 0), (8, 2)),
        _row(6, "cheek raiser", {"cheekSquint*": 1.0}, 8.7, (49, -44), (0, 1, 0), (9, 18)),
        _row(7, "lid tightener", {"eyeSquint*": 1.0}, 3.5, (29, -7), (0, 0.9, 0.4), (9, 6)),
        _row(9, "nose wrinkler", {"noseSneer*": 1.0, "mouthUpperUp*": 0.4}, 4.6, (20, 22), (-0.6, -0.8, 0.1), (8, 28)),
        _row(10, "upper lip raiser", {"mouthUpperUp*": 1.0}, 5.6, (11, -65), (0.3, 1, 0), (7, 5)),
        _row(12, "lip corner puller", {"mouthSmile*": 1.0}, 17.1, (28, -69), (0.45, 0.8, -0.4), (6, 6)),
        _row(14, "dimpler", {"mouthDimple*": 1.0}, 7.7, (29, -69), (0.7, 0.4, -0.6), (6, 6)),
        _row(15, "lip corner depressor", {"mouthFrown*": 1.0}, 6.5, (30, -65), (0.25, -1, 0), (6, 7)),
        _row(16, "lower lip depressor", {"mouthLowerDown*": 1.0}, 4.6, (0, -94), (0, -1, 0), (6, 10)),
        _row(17, "chin raiser", {"mouthShrugLower": 1.0}, 6.4, (0, -68), (0, 0.8, 0.6), (4, 6)),
        _row(18, "lip pucker", {"mouthPucker": 1.0}, 8.5, (0, -67), (0, 0, 1), (10, 7)),
        _row(20, "lip stretcher", {"mouthStretch*": 1.0}, 8.4, (31, -69), (0.7, -0.45, -0.55), (5, 6)),
        _row(24, "lip presser", {"mouthRollLower": 0.3, "mouthRollUpper": 0.3}, 3.1, (0, -62), (0, -0.6, -0.8), (5, 7)),
        _row(25, "lips part", {"mouthLowerDown*": 0.5, "mouthUpperUp*": 0.3}, 2.3, (0, -94), (0, -1, 0), (6, 10)),
        _row(26, "jaw drop", {"jawOpen": 1.0}, 38.0, (0, -74), (0, -0.86, -0.5), (11, 14)),
        _row(28, "lip suck", {"mouthRollLower": 1.0, "mouthRollUpper": 1.0}, 10.4, (0, -62), (0, -0.6, -0.8), (5, 7)),
        _row(45, "blink", {"eyeBlink*": 1.0}, 12.4, (33, 4), (0, -1, 0), (9, 4)),
    )
}
"""The table, by FACS number."""


def face_units(action_unit: ActionUnit) -> dict[str, float]:
    """Return the face units of one action unit with their weights, the starred names written out left and right."""
    weights: dict[str, float] = {}
    for name, weight in action_unit.parts:
        names = [name[:-1] + side for side in ("Left", "Right")] if name.endswith("*") else [name]
        weights.update(dict.fromkeys(names, weight))
    return weights
