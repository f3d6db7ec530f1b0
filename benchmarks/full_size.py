"""A dataset of the size of CAS(ME)^3 to plan: its index, and the files that planning asks for, all of them empty."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from merflow.datasets.casme3.sheets import MACRO_SHEET, MICRO_SHEET, UNITS_SHEET
from merflow.datasets.clip import Clip, Expression
from merflow.datasets.clip_table import write_clips, write_exclusions

SUBJECTS = 94
CLIPS: Mapping[Expression, int] = {"micro": 860, "macro": 3346}
VIDEOS = "abcd"
FRAMES: Mapping[Expression, int] = {"micro": 12, "macro": 24}
"""From onset to offset; recorded ones last up to 15 frames and some 50."""
_EMOTIONS = {"happiness": "I", "surprise": "II", "disgust": "III", "fear": "VI"}


def write_full_size(root: Path, index: Path) -> list[Clip]:
    """Write recordings in the official layout, and then their index, as if it had just been made.

    Parameters
    ----------
    root : Path
        New folder of the recordings.
    index : Path
        New folder of ``clips.csv`` and ``exclusions.csv``.

    Returns
    -------
    list of Clip
        Of 94 subjects 860 micro- and 3346 macro-expressions, a dozen in each recording.
    """
    root.mkdir(parents=True)
    for sheet in (MICRO_SHEET, UNITS_SHEET, MACRO_SHEET):
        (root / sheet).touch()  # older than the index: planning asks for no more
    clips = _clips()
    for clip in clips:
        numbers = range(clip.onset, clip.offset + 1)
        _touch(root / clip.color, [f"{number}.jpg" for number in numbers])
        _touch(root / clip.depth, [f"{number}.png" for number in (clip.onset, clip.apex, clip.offset)])
    index.mkdir(parents=True)
    write_clips(clips, index / "clips.csv")
    write_exclusions([], index / "exclusions.csv")
    return clips


def _clips() -> list[Clip]:
    kinds = [kind for kind, count in CLIPS.items() for _ in range(count)]
    clips, taken = [], Counter[tuple[str, str]]()
    for number, kind in enumerate(kinds):
        subject, turn = f"spNO.{number % SUBJECTS + 1}", number // SUBJECTS
        clips.append(_clip(subject, VIDEOS[turn % len(VIDEOS)], kind, turn, taken))
    return sorted(clips, key=lambda clip: (int(clip.subject[5:]), clip.video, clip.onset))


def _clip(subject: str, video: str, kind: Expression, turn: int, taken: Counter[tuple[str, str]]) -> Clip:
    """Return a clip behind those that its recording holds already."""
    onset = taken[subject, video] + 10
    offset = taken[subject, video] = onset + FRAMES[kind] - 1
    emotion, objective = list(_EMOTIONS.items())[turn % len(_EMOTIONS)]
    folder = f"{subject}/{video}"
    return Clip(
        dataset="casme3", subject=subject, video=video, part="A", expression=kind, onset=onset,
        apex=onset + FRAMES[kind] // 2, offset=offset, fps=30.0, aus="", emotion=emotion, objective=objective,
        color=f"{folder}/color", depth=f"{folder}/depth", notes="",
    )  # fmt: skip


def _touch(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()
