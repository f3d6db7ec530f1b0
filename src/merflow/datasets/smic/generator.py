"""SMIC-HS: colour at 100 frames a second, as cropped faces, as whole pictures, or as the long clips of SMIC-E."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording

LONG_FOLDER = "SMIC-E_raw image"
SHEET = f"{LONG_FOLDER}/HS_long/SMIC-HS-E_annotation_2019.xlsx"
COLUMNS = (
    "Subject",
    "Filename",
    None,
    "OnsetF",
    "OffsetF",
    "Onset2F",
    "Offset2F",
    "Onset3F",
    "Offset3F",
    None,
    "FirstF",
    "LastF",
    "TotalMF1",
    "TotalMF2",
    "TotalMF3",
    "TotalVL",
    "Emotion",
)

_WORDS = {"happy": "positive", "surprise": "surprise"}  # whatever else is shown is negative
_CODES = {"negative": "ne", "positive": "po", "surprise": "sur"}
_MOST = 3  # expressions of a long clip
_SHARED = 3  # the expression of an emotion that lies in the long clip of the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class SmicLayout(Layout):
    """SMIC-HS; the three ways to keep it share subjects and expressions.

    Parameters
    ----------
    folder, prefix : str
        Frames are ``<folder>/s1/micro/negative/s1_ne_01/<prefix><number>.bmp``; of long clips
        ``<folder>/s01/s01_ne_01/<prefix><number>.jpg``.
    whole_video : bool
        The clips of SMIC-E: the third expression of an emotion lies in the clip of the second, on whose last frame its
        first one follows.
    """

    folder: str
    prefix: str = "image"

    def subject(self, index: int) -> str:
        """Return ``s01``, ``s02`` and so on."""
        return f"s{index + 1:02d}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one video an expression, counted within its emotion: ``ne_01``, ``po_01``, ``ne_02`` and so on."""
        shown: dict[str, int] = {}
        videos = []
        for word in map(_word, emotions):
            shown[word] = shown.get(word, 0) + 1
            shared = 1 if self.whole_video and shown[word] >= _SHARED else 0
            videos.append(f"{_CODES[word]}_{shown[word] - shared:02d}")
        return videos

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``reg_image000046.bmp``, or ``image000046`` as BMP or JPEG; the long clips of s20 have 8 digits."""
        if self.whole_video:
            digits = 8 if record.subject == "s20" else 6
            folder = root / self.folder / record.subject / f"{record.subject}_{record.video}"
            return FramePaths(folder / f"{self.prefix}{number:0{digits}d}.jpg", None)
        person = f"s{_number(record)}"
        folder = root / self.folder / person / "micro" / record.emotion / f"{person}_{record.video}"
        return FramePaths(folder / f"{self.prefix}{number:06d}.bmp", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of SMIC, which has negative, positive and surprise, and no action units."""
        return Labels(au="", objective="", emotion=_word(display.emotion))

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet of the long clips, by subject and video; of the others the folders say everything."""
        if not self.whole_video:
            return
        ordered = sorted(records, key=lambda r: (_number(r), r.video, r.onset))
        rows = [self._row(list(clips)) for _, clips in groupby(ordered, key=lambda r: (r.subject, r.video))]
        path = Path(root) / SHEET
        path.parent.mkdir(parents=True, exist_ok=True)
        write_xlsx(path, "Sheet1", COLUMNS, rows)

    def _row(self, clips: Sequence[ClipRecord]) -> tuple[object, ...]:
        """Return the row of one long clip, which holds at most three expressions."""
        pairs = [(clip.onset, clip.offset) for clip in clips]
        lengths = [offset - onset + 1 for onset, offset in pairs]
        empty = _MOST - len(clips)
        first = pairs[0][0] - self.recording.frames_before
        last = pairs[-1][1] + self.recording.frames_after
        frames = [*(number for pair in pairs for number in pair), *[None] * (2 * empty)]
        name = f"{clips[0].subject}_{clips[0].video}"
        lasting = [*lengths, *[None] * empty, last - first + 1]
        return (_number(clips[0]), name, None, *frames, None, first, last, *lasting, clips[0].emotion)


def _word(emotion: str) -> str:
    """Return the word of SMIC for an emotion of the repertoire."""
    return _WORDS.get(emotion, "negative")


def _number(record: ClipRecord) -> int:
    """Return the subject as the sheet gives it: ``s06`` is 6."""
    return int(record.subject.removeprefix("s"))


def _layout(folder: str, *, prefix: str = "image", long: bool = False, cropped: bool = False) -> SmicLayout:
    return SmicLayout(
        entries=("SMIC_all_cropped", "SMIC_all_raw", LONG_FOLDER),
        first_frames=(1, 40000),
        recording=Recording(fps=100.0, frames_before=20, frames_after=25),
        camera=Camera(f=900.0, cx=319.5, cy=239.5, width=640, height=480),
        pause_frames=(0, 1),
        folder=folder,
        prefix=prefix,
        whole_video=long,
        cropped=cropped,
    )


CROPPED = _layout("SMIC_all_cropped/HS", prefix="reg_image", cropped=True)
RAW = _layout("SMIC_all_raw/HS")
LONG = _layout(f"{LONG_FOLDER}/HS_long/SMIC-HS-E", long=True)
