"""The settings of the graphs stage that change its result; each is a key of config.yaml."""

from dataclasses import dataclass, field
from typing import Literal

from merflow.checks import check_choice, check_setting
from merflow.stages.flow.dense_flow import DenseFlowSettings
from merflow.stages.graphs.node_sets import NODE_SETS
from merflow.user_paths import UserPath

LANDMARK_METHODS = ("tracked", "detected")


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """What decides the content of a ``graphs`` shard.

    Parameters
    ----------
    nodes : {14, 31, 68}
        Landmarks that become nodes: 14 of brows, nose and mouth; all 31 of them; all 68 of the face.
    landmarks : {"tracked", "detected"}
        How landmarks of apex and offset are found. ``tracked``: detected on the onset, then followed by dense optical
        flow. ``detected``: detected in every frame, as the paper does; its error is larger than the motion.
    copies : int
        Further versions of each graph for training, from the face cropped at other sizes; 0 makes none.
    crop_scale : tuple of float
        Smallest and largest side of such a crop, as a fraction of the aligned face's.
    seed : int
        Of the crops, together with the clip id.
    landmark_model : str
        Path of a dlib 68-point model; empty takes the one of the ``face_recognition_models`` package.
    flow : DenseFlowSettings
        Optical flow that ``tracked`` follows.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    nodes: Literal[14, 31, 68] = 14
    landmarks: Literal["tracked", "detected"] = "tracked"
    copies: int = 0
    crop_scale: tuple[float, float] = (0.8, 1.0)
    seed: int = 0
    landmark_model: UserPath = ""
    flow: DenseFlowSettings = field(default_factory=DenseFlowSettings)

    def __post_init__(self) -> None:
        object.__setattr__(self, "crop_scale", tuple(self.crop_scale))
        sizes = ", ".join(map(str, NODE_SETS))
        check_setting(self.nodes in NODE_SETS, "graphs.nodes", expected=f"one of {sizes}", found=self.nodes)
        check_choice(self.landmarks, "graphs.landmarks", LANDMARK_METHODS)
        check_setting(0 <= self.copies <= 100, "graphs.copies", expected="0 to 100 copies a clip", found=self.copies)
        scale = self.crop_scale
        check_setting(
            len(scale) == 2 and 0.5 <= scale[0] <= scale[1] <= 1.0,
            "graphs.crop_scale",
            expected="the smallest and the largest side, fractions from 0.5 to 1",
            found=scale,
        )
        check_setting(self.seed >= 0, "graphs.seed", expected="0 or more", found=self.seed)

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        unread = {"flow": "landmarks tracked"} if self.landmarks == "detected" else {}
        return unread if self.copies else unread | dict.fromkeys(("crop_scale", "seed"), "copies above 0")
