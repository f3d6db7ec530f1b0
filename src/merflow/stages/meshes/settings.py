"""The settings of the meshes that change their result; each is a key of config.yaml."""

from dataclasses import dataclass
from typing import Literal, get_args

from merflow.checks import check_choice, check_setting
from merflow.stages.recorded import RecordedFrames

Fit = Literal["robust", "mean_face"]
FITS = get_args(Fit)


@dataclass(frozen=True, slots=True)
class MeshSettings:
    """What decides the content of a ``meshes`` shard.

    Parameters
    ----------
    unit_mm : float
        Mm that 1 in the files stands for: 1000 where they are in metres.
    eye_distance_mm : tuple of float
        Distance of the eyes' middles, mm, that a clip must be within: a wrong unit is outside.
    fit : {"robust", "mean_face"}
        How frames are laid on the frontal mean face. ``robust``: the first frame by least squares, the others on the
        first one by the landmarks that rest in between; so an expression does not turn the head. ``mean_face``: each
        frame by itself by least squares.
    brow_extension : float
        How far the face reaches above the brows, in distances of the outer corners of the eyes.
    margin_mm : float
        How far it reaches beyond the outline of its landmarks, mm.
    depth_mm : float
        How far it reaches behind its foremost landmark, mm.
    smallest_part : float
        Share of the largest part's vertices below which a part that hangs on nothing is left out: pieces in the air
        before the face. An eyeball, with some hundred vertices, is a part of its own.
    spike_ratio : float
        A vertex lies off the surface, and is missing in its frame, when its nearest neighbour is farther away than this
        many times what is usual for its neighbours.
    textures : bool
        Keep a texture for each frame. Without one a clip is left out.
    texture_px : int
        Longest side of the part of the texture that shows the face; larger ones are reduced.

    Raises
    ------
    ConfigError
        When a word is unknown or a value outside its range.
    """

    unit_mm: float = 1.0
    eye_distance_mm: tuple[float, float] = (34.0, 85.0)
    fit: Fit = "robust"
    brow_extension: float = 0.25
    margin_mm: float = 2.0
    depth_mm: float = 90.0
    smallest_part: float = 0.005
    spike_ratio: float = 2.0
    textures: bool = True
    texture_px: int = 512

    def __post_init__(self) -> None:
        check_choice(self.fit, "meshes.fit", FITS)
        for name in ("unit_mm", "depth_mm", "spike_ratio"):
            found = getattr(self, name)
            check_setting(found > 0, f"meshes.{name}", expected="a number above 0", found=found)
        for name in ("brow_extension", "margin_mm"):
            found = getattr(self, name)
            check_setting(found >= 0, f"meshes.{name}", expected="a number of 0 or more", found=found)
        check_setting(
            0 <= self.smallest_part < 1, "meshes.smallest_part", expected="a share below 1", found=self.smallest_part
        )
        low, high = self.eye_distance_mm
        check_setting(0 < low < high, "meshes.eye_distance_mm", expected="0 < low < high", found=[low, high])
        check_setting(
            16 <= self.texture_px <= 4096, "meshes.texture_px", expected="16 to 4096 px", found=self.texture_px
        )

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        return {} if self.textures else {"texture_px": "textures: true"}


def frames_read(_: MeshSettings) -> RecordedFrames:
    """Return what every variant reads: meshes with textures and landmarks, and no frames of the camera."""
    return RecordedFrames((), depth=False, scans=True)
