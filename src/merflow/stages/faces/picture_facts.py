"""Picture facts: why no face may be found in a frame's file, and how it was read."""

from merflow.datasets.reading.frames import ColorPicture
from merflow.untrusted.picture_header import UPRIGHT

_TURNS = {
    2: "mirror it",
    3: "turn it by 180 degrees",
    4: "mirror it and turn it by 180 degrees",
    5: "mirror it and turn it by 90 degrees",
    6: "turn it by 90 degrees",
    7: "mirror it and turn it by 90 degrees",
    8: "turn it by 90 degrees",
}
"""Orientation by EXIF -> what a viewer does with the picture."""


def picture_facts(picture: ColorPicture) -> str:
    """Return what may explain that no face is found: brightness, bits, orientation by EXIF with what to do."""
    facts = [f"mean brightness {picture.rgb.mean():.0f} of 255", _bits(picture)]
    if picture.orientation != UPRIGHT:
        facts.append(
            f"EXIF orientation {picture.orientation}, by which viewers {_TURNS[picture.orientation]} and merflow does "
            "not, since depth maps carry no such tag: turn the files themselves, for example with exiftran -ai"
        )
    return ", ".join(facts)


def picture_notes(picture: ColorPicture) -> list[str]:
    """Return what a person should know of how a picture was read, beyond 8 bits stored upright."""
    notes = [] if picture.bits == 8 else [f"{_bits(picture)}, brought to 8"]
    if picture.orientation != UPRIGHT:
        notes.append(f"EXIF orientation {picture.orientation} not applied, pixels read as stored")
    return notes


def _bits(picture: ColorPicture) -> str:
    if picture.bits == 8:
        return "8 bits a value"
    return f"16-bit file with values up to {picture.highest}, {picture.bits} bits in use"
