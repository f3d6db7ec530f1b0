"""The settings of projections that change their result; each is a key of config.yaml."""

from dataclasses import dataclass, field

from merflow.checks import check_setting
from merflow.meshes.views import View
from merflow.stages.projections.rgbd_settings import RgbdSettings
from merflow.stages.recorded import CameraSettings, RecordedFrames


@dataclass(frozen=True, slots=True)
class ProjectionSettings:
    """What decides the content of a ``projections`` shard.

    Parameters
    ----------
    yaws : tuple of float
        Degrees of each view, ascending: networks tell left, front and right by their places. Positive yaw turns the
        face to image right, so that its image-left side is seen.
    size_px : int
        Side of the square pictures.
    side_mm : float
        What this side is of the face: all faces have one scale.
    middle_mm : tuple of float
        (x, y, z) of the frontal frame in the middle of each view; the views turn about it.
    depth_mm : tuple of float
        Depths, mm towards the viewer from the middle, that are the lowest and the highest level of `enhanced`.
    clip_limit : float
        Of the contrast-limited equalisation of depth (CLAHE): how many times the mean a bin of a tile's histogram may
        hold.
    tiles : int
        Tiles along each side.
    rgbd : RgbdSettings
        How the surface is made of depth frames, where a variant is computed from faces; meshes do not read it.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    yaws: tuple[float, ...] = (-45.0, 0.0, 45.0)
    size_px: int = 224
    side_mm: float = 190.0
    middle_mm: tuple[float, float, float] = (0.0, -38.0, -15.0)
    depth_mm: tuple[float, float] = (-80.0, 80.0)
    clip_limit: float = 4.0
    tiles: int = 4
    rgbd: RgbdSettings = field(default_factory=RgbdSettings)

    def __post_init__(self) -> None:
        yaws, (low, high) = list(self.yaws), self.depth_mm
        inside = bool(yaws) and all(abs(yaw) <= 90 for yaw in yaws) and yaws == sorted(set(yaws))
        expected = "angles of -90 to 90 degrees, each once, ascending"
        check_setting(inside, "projections.yaws", expected=expected, found=yaws)
        check_setting(16 <= self.size_px <= 1024, "projections.size_px", expected="16 to 1024 px", found=self.size_px)
        check_setting(self.side_mm > 0, "projections.side_mm", expected="a length above 0", found=self.side_mm)
        check_setting(low < high, "projections.depth_mm", expected="low < high", found=[low, high])
        check_setting(self.clip_limit > 0, "projections.clip_limit", expected="more than 0", found=self.clip_limit)
        check_setting(1 <= self.tiles <= 64, "projections.tiles", expected="1 to 64", found=self.tiles)

    def without_effect(self, upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        return {} if upstream == "faces" else {"rgbd": "projections of faces"}

    def views(self) -> list[View]:
        """Return the views, in the order of `yaws`."""
        return [View(yaw, self.size_px, self.side_mm / self.size_px, self.middle_mm) for yaw in self.yaws]


def frames_read(_: ProjectionSettings) -> RecordedFrames:
    """Return what a variant of faces is told of the recordings: no frame, the frame rate, and the camera if known."""
    return RecordedFrames((), depth=False, camera=True)


def camera_told(settings: ProjectionSettings) -> tuple[str, CameraSettings]:
    """Return the camera of clips whose own the index does not know, and the key of its block."""
    seen = settings.rgbd
    return "rgbd", CameraSettings(seen.focal_px, seen.cx_px, seen.cy_px)
