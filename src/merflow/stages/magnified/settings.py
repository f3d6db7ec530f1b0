"""The settings of motion magnification that change its result; each is a key of config.yaml."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from merflow.checks import check_choice, check_setting
from merflow.stages.flow.dense_flow import DenseFlowSettings
from merflow.user_paths import UserPath

MAGNIFICATION_METHODS = ("phase", "linear", "flow_warp", "learned", "none")
"""Names of the methods; ``merflow.stages.magnified.methods.METHODS`` holds the functions (a test compares)."""

SHIPPED_WEIGHTS = Path(__file__).parent / "weights/magnifier.pt"
"""Weights that come with merflow: those of the default settings and seed 0, trained on procedural pictures only."""


@dataclass(frozen=True, slots=True)
class PhaseSettings:
    """Parameters of the method ``phase`` (Wadhwa et al. 2013).

    Parameters
    ----------
    orientations : int
        Oriented bands an octave.
    octaves : int
        Octaves of the pyramid, the highest reaching up to Nyquist; what lies below moves along unmagnified.
    smoothing_sd_px : float
        Width (standard deviation, aligned px) over which phase differences are averaged, weighted by amplitude; 0
        leaves it out.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    orientations: int = 4
    octaves: int = 6
    smoothing_sd_px: float = 2.0

    def __post_init__(self) -> None:
        width = self.smoothing_sd_px
        check_setting(
            2 <= self.orientations <= 16, "magnified.phase.orientations", expected="2 to 16", found=self.orientations
        )
        check_setting(1 <= self.octaves <= 7, "magnified.phase.octaves", expected="1 to 7", found=self.octaves)
        check_setting(width >= 0, "magnified.phase.smoothing_sd_px", expected="0 px (off) or more", found=width)


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """Parameters of the method ``linear`` (Eulerian, Wu et al. 2012).

    Parameters
    ----------
    fine_sd_px : float
        Width of the Gaussian that removes noise from the difference of the frames, px; 0 leaves it out.
    coarse_sd_px : float
        Width of the Gaussian whose part of the difference (change of light) is not magnified, px.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    fine_sd_px: float = 1.0
    coarse_sd_px: float = 16.0

    def __post_init__(self) -> None:
        fine, coarse = self.fine_sd_px, self.coarse_sd_px
        check_setting(fine >= 0, "magnified.linear.fine_sd_px", expected="0 px (off) or more", found=fine)
        check_setting(coarse > fine, "magnified.linear.coarse_sd_px", expected="more than fine_sd_px", found=coarse)


@dataclass(frozen=True, slots=True)
class FlowWarpSettings:
    """Parameters of the method ``flow_warp``.

    Parameters
    ----------
    source : {"frame", "onset"}
        What is warped. ``frame``: the frame, by the motion that is missing, so that its wrinkles and its light stay.
        ``onset``: the onset, by the whole motion.

    Raises
    ------
    ConfigError
        When the source is unknown.
    """

    source: Literal["frame", "onset"] = "frame"

    def __post_init__(self) -> None:
        check_choice(self.source, "magnified.flow_warp.source", ("frame", "onset"))


@dataclass(frozen=True, slots=True)
class MagnificationSettings:
    """What decides the content of a ``magnified`` shard.

    Parameters
    ----------
    method : {"phase", "linear", "flow_warp", "learned", "none"}
        How motion is magnified; ``none`` only removes head motion.
    factor : float
        How many times as far as it did everything shall have moved since the onset.
    head_motion : {"robust_affine", "none"}
        Estimate of the head's motion, which is removed first. Otherwise it would be magnified too.
    weights : str
        Path of the weights of the method ``learned``; empty takes those that come with merflow. The workflow trains
        ``results/magnifier/weights.pt`` when that is named here.
    flow : DenseFlowSettings
        Optical flow from onset to frame.
    phase, linear, flow_warp : PhaseSettings, LinearSettings, FlowWarpSettings
        Parameters of the method of that name.

    Raises
    ------
    ConfigError
        When a method is unknown or a value outside its range.
    """

    method: Literal["phase", "linear", "flow_warp", "learned", "none"] = "flow_warp"
    factor: float = 3.0
    head_motion: Literal["robust_affine", "none"] = "robust_affine"
    weights: UserPath = ""
    flow: DenseFlowSettings = field(default_factory=DenseFlowSettings)
    phase: PhaseSettings = field(default_factory=PhaseSettings)
    linear: LinearSettings = field(default_factory=LinearSettings)
    flow_warp: FlowWarpSettings = field(default_factory=FlowWarpSettings)

    def __post_init__(self) -> None:
        check_choice(self.method, "magnified.method", MAGNIFICATION_METHODS)
        check_choice(self.head_motion, "magnified.head_motion", ("robust_affine", "none"))
        check_setting(
            1 <= self.factor < float("inf"),
            "magnified.factor",
            expected="1 (motion as it is) or more; less would shrink motion",
            found=self.factor,
        )

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        belongs = {"phase": "phase", "linear": "linear", "flow_warp": "flow_warp", "weights": "learned"}
        unread = {key: f"method {method}" for key, method in belongs.items() if method != self.method}
        if self.method == "none" and self.factor != 1:  # 1 says that nothing is magnified
            unread["factor"] = "a method of magnification"
        if self.method != "flow_warp" and self.head_motion == "none":
            unread["flow"] = "method flow_warp, or to head_motion robust_affine"
        return unread


def files_read(settings: MagnificationSettings) -> dict[str, Path]:
    """Return the weights of the method ``learned``; the other methods read no file."""
    return {"weights": Path(settings.weights or SHIPPED_WEIGHTS)} if settings.method == "learned" else {}
