"""Sets that were not measured: their sizes by their declarations, the costs of the measured picture nearest to theirs.

``merflow plan`` takes the same costs, by the number of pixels of a frame.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from tools.scale.sizes import MACRO_S, MICRO_S, Size, frames_read

from merflow.config import Config
from merflow.datasets.counts import Counts, Group
from merflow.datasets.declaration import About, Dataset
from merflow.datasets.declared import DATASETS
from merflow.names import named

EXPERIMENTS = ("atm_gcn", "ststnet")
"""What is run on each: the dearest network of those that read any pictures, and a cheap one."""

_SIZE = re.compile(r"(\d+)x(\d+)")


@dataclass(frozen=True, slots=True)
class Other:
    """A set that is estimated as another one was measured.

    Parameters
    ----------
    size : Size
        Its clips are 0 where their number is not published.
    picture : str
        Of what it is read, px; empty = not published.
    at_most : bool
        Whether the people who show such an expression are not published, and those who were filmed are taken.
    """

    size: Size
    picture: str
    at_most: bool


def others(config: Config) -> list[Other]:
    """Return the sets in the order of the table: with their micro-expressions, then with macro-expressions too."""
    cut = ("casme", "mmew", "casme_sq", "casme_sq_macro", "samm_lv", "samm_lv_macro", "dfme", "bu4dfe", "bp4d")
    long_clips = _other(config, "smic", title="SMIC-E HS, long clips", picture=_about("smic").picture, part="HS")
    return [*(_other(config, name) for name in cut), long_clips]


def _other(config: Config, name: str, *, title: str = "", picture: str = "", part: str = "") -> Other:
    """Return a dataset of config.yaml; of one part alone where that is named."""
    block = config.datasets[name]
    declared, about = DATASETS[block.reader], _about(block.reader)
    groups = _groups(declared, block.own.get("expressions", ()), part)
    counts = together(list(groups.values()))
    people = _people(groups)
    picture = picture or about.given or about.picture
    macro = sum(own.rows or 0 for (_, kind), own in groups.items() if kind == "macro")
    size = Size(
        title=title or declared.title + _shown(groups, declared),
        dataset=name,
        measured="",
        subjects=people or about.people,
        clips=counts.rows or 0,
        counts=counts,
        frames=_frames(_rate(declared), micro=(counts.rows or 0) - macro, macro=macro),
        experiments=EXPERIMENTS,
        unlabelled=sum(own.rows or 0 for own in groups.values() if not own.emotions and counts.emotions),
        pixels=_pixels(picture),
    )
    return Other(size, picture, at_most=not people)


def _groups(declared: Dataset, expressions: Sequence[str], part: str) -> Mapping[Group, Counts]:
    """Return the parts and kinds of expression that a dataset has."""
    kinds = expressions or sorted({kind for _, kind in declared.counts})
    return {
        (own, kind): counts for (own, kind), counts in declared.counts.items() if kind in kinds and part in ("", own)
    }


def together(parts: Sequence[Counts]) -> Counts:
    """Return the sum of the clips of several parts, and of their emotions; none where one of them is not published."""
    known = all(one.rows is not None for one in parts)
    emotions: Counter[str] = Counter()
    for one in parts:
        emotions.update(one.emotions)
    return Counts(rows=sum(one.rows or 0 for one in parts) if known else None, emotions=dict(emotions))


def _people(groups: Mapping[Group, Counts]) -> int:
    """Return the people of all parts, who differ; 0 where those of a part are not published."""
    by_part: dict[str, int] = {}
    for (part, _), counts in groups.items():
        by_part[part] = max(by_part.get(part, 0), counts.subjects or 0)
    return sum(by_part.values()) if all(by_part.values()) else 0


def _shown(groups: Mapping[Group, Counts], declared: Dataset) -> str:
    """Return which expressions are taken, of a set that has both."""
    both = {kind for _, kind in declared.counts} == {"micro", "macro"}
    return " " + ", ".join(dict.fromkeys(kind for _, kind in groups)) if both else ""


def _rate(declared: Dataset) -> float:
    """Return the frames per second of a set: the most of those that its declaration names."""
    defaults = [one.default for one in fields(named(declared.settings)) if one.name == "fps"]
    rates = [rate for rate in defaults if isinstance(rate, float)]
    text = declared.about.rate if declared.about else ""
    return max(rates or map(float, re.findall(r"\d+", text)))


def _frames(rate: float, *, micro: int, macro: int) -> float:
    """Return the frames that a sequence is read from, mean over the clips."""
    read = {micro: frames_read(MICRO_S, rate), macro: frames_read(MACRO_S, rate)}
    clips = micro + macro
    return sum(number * frames for number, frames in read.items()) / clips if clips else 0.0


def _pixels(picture: str) -> int:
    """Return the pixels of a picture, of two cameras those of the larger one; 0 = not known."""
    return max((int(width) * int(height) for width, height in _SIZE.findall(picture)), default=0)


def _about(reader: str) -> About:
    found = DATASETS[reader].about
    if found is None:
        raise ValueError(f"expected a released set, found {reader}")
    return found
