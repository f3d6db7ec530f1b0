"""The settings of the faces stage that change its result; each is a key of config.yaml."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from merflow.checks import check_choice, check_setting
from merflow.reading import is_file
from merflow.stages.recorded import RecordedFrames
from merflow.user_paths import UserPath

ROLES = ("onset", "apex", "offset")
"""Named frames of a clip, in time order."""

ALL_FRAMES = "all"
"""In place of roles: every frame from onset to offset."""


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """What decides the content of a ``faces`` shard.

    Parameters
    ----------
    size_px : int
        Side S of the square aligned crop, px.
    frames : tuple of str
        Frames to keep: some of ``onset``, ``apex``, ``offset`` in this order, or ``("all",)`` for onset to offset.
    margin : float
        Free border above and below the mean face in the aligned crop, as a fraction of S. 0.125 holds every region
        with the brow extension in all frames of the demo; with 0.11 a chin of one head in eight leaves the crop.
    native_margin_px : int
        Border of the native crop around the aligned square, full-image px.
    min_score : float
        dlib detector score that a box must exceed. Without upsampling, false boxes score below 0.2.
    detection : {"half", "full"}
        ``half``: look for a large face in the picture at half its size first, and in the whole picture where there is
        none. ``full``: in the whole picture at once.
    upsample : int
        Times the picture is doubled before the first detection.
    retry_upsample : int
        Further doublings tried when nothing was found; 0 gives up at once.
    min_depth_fraction : float
        Smallest fraction of face pixels that must hold a depth value in every kept frame.
    depth : bool
        Cut the depth too, where the dataset has any. If off, a clip without valid depth is not left out.
    distance_mm : tuple of float
        Nearest and farthest accepted distance of a face from a depth camera, mm; a clip beyond is refused: its
        depth is in another unit. A unit that is wrong by 10 puts a face of 0.3 to 2 m outside. Single pixels beyond
        are missing: they are the background, or holes that were written as the end of the sensor's range.
    eye_ratio : tuple of float
        Smallest and largest accepted distance between the eyes in the picture, as a share of the median
        over the subject's clips.
    doubtful : {"note", "exclude"}
        What becomes of a clip that is outside `eye_ratio`, or whose depth seems shifted against its colour or copied.
    landmark_model : str
        Path of a dlib 68-point model; empty takes the one of the ``face_recognition_models`` package.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    size_px: int = 256
    frames: tuple[Literal["onset", "apex", "offset", "all"], ...] = ("onset", "apex")
    margin: float = 0.125
    native_margin_px: int = 8
    min_score: float = 0.2
    detection: Literal["half", "full"] = "half"
    upsample: int = 0
    retry_upsample: int = 1
    min_depth_fraction: float = 0.1
    depth: bool = True
    distance_mm: tuple[float, float] = (200.0, 3000.0)
    eye_ratio: tuple[float, float] = (0.7, 1.4)
    doubtful: Literal["note", "exclude"] = "note"
    landmark_model: UserPath = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "frames", tuple(self.frames))
        check_choice(self.doubtful, "faces.doubtful", ("note", "exclude"))
        check_choice(self.detection, "faces.detection", ("half", "full"))
        expected_of = {
            "size_px": (
                32 <= self.size_px <= 2048 and self.size_px % 8 == 0,
                "a multiple of 8 from 32 to 2048 px (flow is pooled on an 8x8 grid)",
            ),
            "margin": (0.0 <= self.margin < 0.45, "a fraction from 0 to 0.45"),
            "native_margin_px": (self.native_margin_px >= 0, "0 px or more"),
            "upsample": (0 <= self.upsample <= 3, "0 to 3 doublings"),
            "retry_upsample": (0 <= self.retry_upsample <= 3, "0 to 3 doublings"),
            "min_depth_fraction": (0.0 <= self.min_depth_fraction <= 1.0, "a fraction from 0 to 1"),
            "distance_mm": (0 < self.distance_mm[0] < self.distance_mm[1], "a smaller and a larger distance, mm"),
            "eye_ratio": (0 < self.eye_ratio[0] < 1 < self.eye_ratio[1], "a share below and one above 1"),
            "frames": (
                _frames_are_valid(self.frames),
                f"some of {', '.join(ROLES)} in this order, or ['{ALL_FRAMES}']",
            ),
        }
        for key, (holds, expected) in expected_of.items():
            check_setting(holds, f"faces.{key}", expected=expected, found=getattr(self, key))

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        return {} if self.depth else dict.fromkeys(("min_depth_fraction", "distance_mm"), "depth: true")

    @property
    def needs_motion(self) -> bool:
        """True when single frames with onset and apex are kept, so that a clip with apex = onset holds no motion."""
        return {"onset", "apex"} <= set(self.frames)


def _frames_are_valid(frames: tuple[str, ...]) -> bool:
    in_order = tuple(role for role in ROLES if role in frames)
    return frames == (ALL_FRAMES,) or (bool(frames) and frames == in_order)


class _NamesModel(Protocol):
    """Settings that name a landmark model: those of faces and of graphs."""

    @property
    def landmark_model(self) -> str: ...


def files_given(settings: _NamesModel) -> dict[str, Path]:
    """Return the landmark model that the user names; one that is not there is the stage's to report."""
    model = settings.landmark_model
    return {"landmark_model": Path(model)} if model and is_file(model) else {}


def frames_read(settings: FaceSettings) -> RecordedFrames:
    """Return the recorded frames that a variant reads: those that it keeps, and the onset, where the face is found."""
    kept = settings.frames
    return RecordedFrames(kept if kept[0] in ("onset", ALL_FRAMES) else ("onset", *kept), depth=settings.depth)
