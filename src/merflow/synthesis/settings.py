"""The knobs of the demo dataset and what each of them is worth."""

from dataclasses import dataclass

from merflow.errors import ConfigError
from merflow.synthesis.conditions import ConditionRanges
from merflow.synthesis.layouts import declared_layouts

_NOT_NEGATIVE = (
    "clips", "others", "macro", "seed", "head_motion", "pose_spread", "light_sd", "noise_sd", "blur_px", "depth_noise",
    "depth_holes", "au_jitter_mm",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SynthesisSettings:
    """How many subjects and clips, and how hard they are to read.

    Parameters
    ----------
    n_subjects : int
        Subjects: ``spNO.1``, ``sub01``, ``006``, ``s01`` or ``S01`` and on, as the layout names them.
    clips : int
        Micro-expression clips a subject: half negative, a quarter happy, a quarter surprise. In 4DME they are dealt out
        of its own list of displays. In BP4D and BU-4DFE they are macro-expressions, whose emotions take turns.
    others : int
        Further clips a subject with the emotion ``others``, which some sets lack, and which 4DME has among its
        displays.
    macro : int
        Macro-expression clips a subject beside the micro-expressions, for sets whose sheets list both. The emotions
        take turns, ``others`` among them where the dataset has such clips.
    seed : int
        Seed of everything. A subject depends on it and on its own number only.
    amp_mm : tuple of float
        Smallest and largest displacement of the most mobile skin point of an action unit, mm. One of 1.5 mm moves its
        region by about 1-2 px at this camera's distance. At [0.3, 0.7] a linear classifier of optical flow loses a
        tenth of its UF1.
    macro_amp_mm : tuple of float
        The same for macro clips.
    head_motion : float
        Factor on the head's sway (1: 0.45 degrees and 0.8 mm after a second).
    pose_spread : float
        Factor on how far the head is turned and tilted in a clip (1: standard deviations of 3, 2.5 and 1.5 degrees).
    light_sd : float
        Relative standard deviation of the lamp's brightness over time.
    noise_sd : float
        Standard deviation of the image sensor's noise, grey levels of 255.
    blur_px : float
        Standard deviation of the blur of an image that is out of focus, px.
    depth_noise : float
        Factor on the noise of the depth sensor (1: 0.06 px of disparity, 0.35 mm at 650 mm).
    depth_holes : float
        Share of the pixels away from edges at which the depth sensor measures nothing.
    au_jitter_mm : float
        Standard deviation of the constant displacement that each action unit has in each clip, mm: no resting face is
        neutral. A slow sine of two thirds of it is added.
    ss : int
        Supersampling of the image, 1 or 2.
    depth_sub : int
        The depth sensor measures every ``depth_sub``-th pixel in x and y; the pixels between repeat its value.
    layout : str
        Dataset whose layout, camera and frame rate are used; its reader must be that of the set.
    conditions : ConditionRanges or None
        Ranges that the strengths of each clip are drawn from, by its difficulty. They take the place of the settings of
        the same names. Without them all clips have the settings, and nothing is before a face.
    """

    n_subjects: int = 8
    clips: int = 12
    others: int = 0
    macro: int = 0
    seed: int = 0
    amp_mm: tuple[float, float] = (1.0, 2.0)
    macro_amp_mm: tuple[float, float] = (4.0, 8.0)
    head_motion: float = 0.6
    pose_spread: float = 1.0
    light_sd: float = 0.02
    noise_sd: float = 1.5
    blur_px: float = 0.0
    depth_noise: float = 1.0
    depth_holes: float = 0.0005
    au_jitter_mm: float = 0.12
    ss: int = 1
    depth_sub: int = 1
    layout: str = "raw"
    conditions: ConditionRanges | None = None

    def __post_init__(self) -> None:
        """Refuse values that no dataset could be made of."""
        layouts = declared_layouts()
        if self.layout not in layouts:
            raise ConfigError(f"demo: layout must be one of {', '.join(layouts)}, but is {self.layout!r}")
        layout = layouts[self.layout]
        if self.macro and not layout.macro:
            raise ConfigError(
                f"demo: macro must be 0 in layout {self.layout}, but is {self.macro}; "
                f"only {' and '.join(name for name, one in layouts.items() if one.macro)} have a sheet of "
                "macro-expressions"
            )
        if self.others and not layout.others:
            raise ConfigError(f"demo: others must be 0 in layout {self.layout}, which lacks them, but is {self.others}")
        if self.ss not in (1, 2):
            raise ConfigError(f"demo: ss (supersampling) must be 1 or 2, but is {self.ss}")
        for name in ("n_subjects", "depth_sub"):
            if getattr(self, name) < 1:
                raise ConfigError(f"demo: {name} must be at least 1, but is {getattr(self, name)}")
        for name in _NOT_NEGATIVE:
            if getattr(self, name) < 0:
                raise ConfigError(f"demo: {name} must not be negative, but is {getattr(self, name)}")
        for name in ("amp_mm", "macro_amp_mm"):
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                raise ConfigError(f"demo: {name} must be [low, high] with 0 <= low <= high, but is [{low}, {high}]")
