"""CAS(ME)^3: colour and depth at 30 frames a second, part A as videos or as the pack of clips."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording

MICRO_SHEET = "part_A/annotation/cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
MICRO_COLUMNS = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion")
MACRO_SHEET = "part_A/annotation/cas(me)3_part_A_MaE_label_JpgIndex_v2_emotion.xlsx"
MACRO_COLUMNS = ("sub", "seq", "onset", "apex", "offset", "au", "emotion")
UNITS_SHEET = "part_A/annotation/CAS(ME)3_part_A_v2.xlsx"
"""Action units and objective classes of all expressions; the release has it in the older format, ``.xls``."""
UNITS_COLUMNS = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Expression type", "Objective class")

_VIDEOS = "abcdefghijklm"
_MACRO_SPELLING = {"happy": "happiness", "sad": "sadness"}  # the macro sheet's words for the micro sheet's


@dataclass(frozen=True, slots=True, kw_only=True)
class Casme3Layout(Layout):
    """CAS(ME)^3, part A.

    Parameters
    ----------
    clip_pack : bool
        Part_A_ME_clip/{frame,depth}/<clip id>, and Part_A_MaE_clip for macro clips, instead of
        part_A/data/part_A/<subject>/<video>/{color,depth}.
    """

    clip_pack: bool

    def subject(self, index: int) -> str:
        """Return ``spNO.1``, ``spNO.2`` and so on."""
        return f"spNO.{index + 1}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return the letters a to m."""
        return _VIDEOS

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``<number>.jpg`` and ``<number>.png``, not padded, in their folders."""
        if self.clip_pack:
            pack = root / ("Part_A_ME_clip" if record.expression == "micro" else "Part_A_MaE_clip")
            color, depth = pack / "frame" / record.id, pack / "depth" / record.id
        else:
            video = root / "part_A" / "data" / "part_A" / record.subject / record.video
            color, depth = video / "color", video / "depth"
        return FramePaths(color / f"{number}.jpg", depth / f"{number}.png")

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words as they are: what is shown is named in those of CAS(ME)^3."""
        return Labels(au=display.au_string, objective=display.objective, emotion=display.emotion)

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the micro sheet, and when there are macro clips their two sheets, by subject, video and onset."""
        ordered = sorted(records, key=_reading_order)
        micro = [
            (r.subject, r.video, r.onset, r.apex, r.offset, r.au, r.objective, r.emotion)
            for r in ordered
            if r.expression == "micro"
        ]
        macro = [
            (r.subject, r.video, r.onset, r.apex, r.offset, r.au, _MACRO_SPELLING.get(r.emotion, r.emotion))
            for r in ordered
            if r.expression == "macro"
        ]
        path = Path(root) / MICRO_SHEET
        path.parent.mkdir(parents=True, exist_ok=True)
        write_xlsx(path, "label", MICRO_COLUMNS, micro)
        if macro:
            write_xlsx(Path(root) / MACRO_SHEET, "label", MACRO_COLUMNS, macro)
            units = [
                (r.subject, r.video, r.onset, r.apex, r.offset, r.au, f"{r.expression.title()}-expression", r.objective)
                for r in ordered
            ]
            write_xlsx(Path(root) / UNITS_SHEET, "AU+Emotion", UNITS_COLUMNS, units)


def _reading_order(record: ClipRecord) -> tuple[int, str, int]:
    """Sort key: the number in the subject's name, then video, then onset."""
    return int(re.sub(r"\D", "", record.subject)), record.video, record.onset


def _layout(*, clip_pack: bool) -> Casme3Layout:
    return Casme3Layout(
        entries=("part_A", "Part_A_ME_clip", "Part_A_MaE_clip"),
        first_frames=(20, 900),
        recording=Recording(),
        camera=Camera(),
        has_depth=True,
        clip_pack=clip_pack,
    )


VIDEOS = _layout(clip_pack=False)
CLIP_PACK = _layout(clip_pack=True)
