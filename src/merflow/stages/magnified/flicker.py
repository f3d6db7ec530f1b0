"""Flicker: onset and apex alternate, as recorded and magnified side by side, so that motion is easy to see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import INK
from merflow.drawing.upstream import frame_index
from merflow.errors import ArtefactError
from merflow.files import atomic_path
from merflow.stages.magnified.before import apex_before

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage
    from PIL.ImageFont import FreeTypeFont

FACE_PX = 384
"""Side of each face in the picture, px."""
BAR_PX, GAP_PX = 30, 8
"""Height of the labels above the faces, and space between the faces, px."""
FONT_PX = 17
FRAME_MS = 600
"""How long each frame stands."""


def write_flicker(magnified: Shard, faces: Shard, clip: str, path: Path) -> Path:
    """Write an animated PNG of one clip, which changes for ever between two frames.

    Left, onset and apex as recorded; right, onset and magnified apex. The motion of the head is taken off on both
    sides. Lossless, unlike GIF, whose 256 colours would flicker more than a micro-expression does.

    Parameters
    ----------
    magnified, faces : Shard
        Of the same subject.
    clip : str
    path : Path
        Ends in ``.png``; the same clip gives the same bytes.

    Returns
    -------
    Path

    Raises
    ------
    ArtefactError
        When a shard does not hold the clip.
    ValueError
        When the file name does not end in ``.png``.
    """
    if Path(path).suffix != ".png":
        raise ValueError(f"expected a file name that ends in .png, found {Path(path).name!r}: the animation is a PNG")
    for shard in (magnified, faces):
        if clip not in shard:
            raise ArtefactError(f"{shard.path}: expected one of the clips {shard.clips}, but found {clip!r}")
    before = apex_before(magnified, {"faces": faces}, clip)
    if before is None:
        raise ArtefactError(f"{faces.path}: expected aligned frames of {clip}, found none")
    attrs = magnified.attrs(clip)
    roles, numbers = list(attrs["roles"]), attrs["frames"]
    onset, apex = (frame_index(roles, role) for role in ("onset", "apex"))
    images = magnified.read(clip, "magnified_color")
    first = flicker_frame(images[onset], images[onset], labels=(f"onset, frame {numbers[onset]}",) * 2)
    label = f"{roles[apex] or 'last frame'}, frame {numbers[apex]}"
    second = flicker_frame(before, images[apex], labels=(label, f"{label}, motion x {float(attrs['factor']):g}"))
    with atomic_path(Path(path)) as partial:
        first.save(partial, format="PNG", save_all=True, append_images=[second], duration=FRAME_MS, loop=0)
    return Path(path)


def flicker_frame(left: NDArray[np.uint8], right: NDArray[np.uint8], *, labels: tuple[str, str]) -> PilImage:
    """Put two faces (S, S, 3) side by side under their labels."""
    from PIL import Image, ImageDraw

    canvas = Image.new("RGB", (2 * FACE_PX + GAP_PX, FACE_PX + BAR_PX), "white")
    draw = ImageDraw.Draw(canvas)
    for column, (face, label) in enumerate(zip((left, right), labels, strict=True)):
        at = column * (FACE_PX + GAP_PX)
        enlarged = Image.fromarray(face).resize((FACE_PX, FACE_PX), Image.Resampling.BICUBIC)
        canvas.paste(enlarged, (at, BAR_PX))
        draw.text((at + 6, BAR_PX // 2), label, fill=INK, font=_font(), anchor="lm")
    return canvas


def _font() -> FreeTypeFont:
    """Return the typeface of all pictures, which comes with matplotlib."""
    from matplotlib import get_data_path
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), FONT_PX)
