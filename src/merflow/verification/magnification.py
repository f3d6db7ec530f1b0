"""Motion magnification, measured: the gain that each method reaches and how far its picture is from an exact one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.checks import check_setting
from merflow.files import atomic_path
from merflow.stages.magnified.methods import magnify_float
from merflow.stages.magnified.settings import FlowWarpSettings, MagnificationSettings
from merflow.verification.magnification_clips import MotionClip, film_pair
from merflow.verification.magnification_gain import OnsetWarp, reached_gain
from merflow.verification.magnification_scenes import sample_scenes

COLUMNS = ("method", "motion_px", "wrinkles", "factor", "gain", "gain_low", "gain_high", "rmse", "n_clips")

EXACT = "exact"
"""Row of the re-render itself: what a perfect method would reach, and so how exact the measurement is."""

LARGEST_GAIN = 1.5
"""Gains up to this many times the wanted one are looked at."""


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """On what magnification is measured.

    Parameters
    ----------
    sizes_px : tuple of float
        Sizes of motion, aligned px: the 95 % quantile of its length over the region that moves.
    displays : tuple of tuple of int
        Action units that move together; each must crease the skin somewhere.
    faces : int
        Faces that show every display.
    factor : float
        How many times as far things shall have moved.
    noise_sd : float
        Standard deviation of the camera's white noise, grey levels of 255, added before rounding to 8 bit.
    seed : int
        Seed of faces and noise. Nothing was chosen with the faces of the default in view: other seeds served for that,
        and none of its faces is in the demo.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    sizes_px: tuple[float, ...] = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
    displays: tuple[tuple[int, ...], ...] = ((1, 2), (4,), (12,))
    faces: int = 3
    factor: float = 3.0
    noise_sd: float = 1.0
    seed: int = 21

    def __post_init__(self) -> None:
        sizes = self.sizes_px
        fits = len(sizes) > 0 and min(sizes) >= 0
        check_setting(fits, "bench.sizes_px", expected="at least one, each of 0 px or more", found=sizes)
        check_setting(self.factor >= 1, "bench.factor", expected="1 or more", found=self.factor)
        check_setting(self.faces >= 1, "bench.faces", expected="1 or more", found=self.faces)
        check_setting(self.noise_sd >= 0, "bench.noise_sd", expected="0 or more", found=self.noise_sd)


def methods_to_measure(*, factor: float = 3.0, weights: str = "") -> dict[str, MagnificationSettings]:
    """Return every method with its default settings, and those of its variants that act differently.

    Parameters
    ----------
    factor : float
    weights : str
        Path of the weights of the learned method; empty takes those that come with merflow.
    """
    return {
        "flow_warp": MagnificationSettings(method="flow_warp", factor=factor),
        "flow_warp-onset": MagnificationSettings(
            method="flow_warp", factor=factor, flow_warp=FlowWarpSettings(source="onset")
        ),
        "phase": MagnificationSettings(method="phase", factor=factor),
        "linear": MagnificationSettings(method="linear", factor=factor),
        "learned": MagnificationSettings(method="learned", factor=factor, weights=weights),
        "none": MagnificationSettings(method="none", factor=factor),
    }


def measure_magnification(
    methods: Mapping[str, MagnificationSettings], bench: BenchSettings | None = None
) -> pd.DataFrame:
    """Measure magnification methods on motions of known size.

    Parameters
    ----------
    methods : mapping of str to MagnificationSettings
        By the name that the row shall have; all with the factor of `bench`.
    bench : BenchSettings, optional

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``, one row a method, size and look of the skin: mean, smallest and largest gain over the
        clips (NaN where nothing moves), and root mean square error against the exact re-render over the moving
        pixels of all clips, grey levels. The first rows are those of the re-render itself (``EXACT``).

    Raises
    ------
    ConfigError
        When a method has another factor.
    """
    bench = bench or BenchSettings()
    for name, settings in methods.items():
        expected = f"{bench.factor:g}, as the exact re-render has it"
        check_setting(settings.factor == bench.factor, f"{name}: factor", expected=expected, found=settings.factor)
    clips = pd.DataFrame(_measured(methods, bench))
    rows = [
        _row(name, size_px, wrinkles, bench.factor, clips)
        for name in (EXACT, *methods)
        for wrinkles in (False, True)
        for size_px in bench.sizes_px
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def judge(picture: NDArray[np.floating], clip: MotionClip, warp: OnsetWarp, *, factor: float) -> tuple[float, float]:
    """Return gain and mean squared error of a magnified frame.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3)
        Grey levels, not rounded.
    clip : MotionClip
    warp : OnsetWarp
        Of the clip.
    factor : float
        Wanted gain.

    Returns
    -------
    gain : float
        NaN where nothing moves.
    error : float
        Mean of (picture - exact re-render)^2 over the pixels of the clip, squared grey levels.
    """
    seen = picture[clip.pixels].astype(np.float64)
    gain = reached_gain(seen, warp, largest=LARGEST_GAIN * factor) if clip.size_px > 0 else float("nan")
    return gain, float(np.mean((seen - clip.target[clip.pixels]) ** 2))


def write_magnification_table(path: Path, table: pd.DataFrame) -> None:
    """Write a measured table as CSV: whole or not at all, the same bytes for the same numbers."""
    text = table.assign(
        motion_px=[f"{size:g}" for size in table["motion_px"]],
        wrinkles=["yes" if wrinkles else "no" for wrinkles in table["wrinkles"]],
        factor=[f"{factor:g}" for factor in table["factor"]],
    )
    with atomic_path(Path(path)) as partial:
        text.to_csv(partial, index=False, float_format="%.3f", lineterminator="\n")


def _measured(methods: Mapping[str, MagnificationSettings], bench: BenchSettings) -> Iterator[dict[str, object]]:
    """Measure clip by clip."""
    scenes = sample_scenes(faces=bench.faces, displays=bench.displays, seed=bench.seed)
    for number, scene in enumerate(scenes):
        for step, size_px in enumerate(bench.sizes_px):
            seed = (bench.seed, number, step)
            pair = film_pair(scene, size_px=size_px, factor=bench.factor, noise_sd=bench.noise_sd, seed=seed)
            warp = OnsetWarp(pair[False].clean_onset, pair[False].motion, pair[False].pixels)
            for wrinkles, clip in pair.items():
                pictures = {EXACT: clip.target, **{name: _magnified(clip, methods[name]) for name in methods}}
                for name, picture in pictures.items():
                    gain, error = judge(picture, clip, warp, factor=bench.factor)
                    yield {"method": name, "motion_px": size_px, "wrinkles": wrinkles, "gain": gain, "error": error}


def _magnified(clip: MotionClip, settings: MagnificationSettings) -> NDArray[np.float32]:
    return magnify_float(clip.onset, clip.frame, settings)


def _row(name: str, size_px: float, wrinkles: bool, factor: float, clips: pd.DataFrame) -> Sequence[object]:
    same = clips["method"].eq(name) & clips["motion_px"].eq(size_px) & clips["wrinkles"].eq(wrinkles)
    gain, error = clips.loc[same, "gain"], clips.loc[same, "error"]
    rmse = float(np.sqrt(error.mean()))
    return (name, size_px, wrinkles, factor, gain.mean(), gain.min(), gain.max(), rmse, len(gain))
