"""Start of a study: a configuration and a table of the recordings that lie in a folder, for the user to fill in."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from merflow.checks import few
from merflow.counts import count
from merflow.datasets.reading.clip_folders import natural
from merflow.datasets.reading.folders import listing, visible_folders
from merflow.datasets.reading.frames import names_of_frames
from merflow.datasets.reading.video_times import video_times
from merflow.datasets.table.found import FoundRecording, has_deep_grey_levels, with_depth
from merflow.datasets.table.settings import TABLE
from merflow.errors import BadClipError, DatasetError
from merflow.files import atomic_path
from merflow.reading import is_folder, reading
from merflow.untrusted.video_file import VIDEO_SUFFIXES
from merflow.workflow_root import SNAKEFILE, workflow_root

CONFIG = "config.yaml"
_LEVELS = 4
"""Folders one inside the other in which recordings are looked for."""

_TO_FILL_IN = ("path", "subject", "onset", "apex", "offset", "emotion", "aus", "notes")
_FACTS = ("x_first", "x_last", "x_fps", "x_problem")


def start_study(folder: Path, videos: Path | None = None) -> list[str]:
    """Write ``config.yaml`` and ``clips.csv`` of a study.

    Parameters
    ----------
    folder : Path
        Of the study; made when missing.
    videos : Path or None
        Where the recordings lie; None = in `folder` itself.

    Returns
    -------
    list of str
        What was found and written, and what to do next.

    Raises
    ------
    DatasetError
        When one of the two files is there, which is never overwritten, or there is no recording.
    """
    where = videos or folder
    if not is_folder(where):
        raise DatasetError(f"{where}: expected a folder of recordings, found {listing(where)}. Name the right one.")
    written = [folder / CONFIG, folder / TABLE]
    there = [path for path in written if path.exists()]
    if there:
        raise DatasetError(
            f"expected no {' and no '.join(path.name for path in there)} in {folder} yet, and overwrites nothing. Move "
            "it away, or name another folder."
        )
    found, left = with_depth(sorted(_recordings(where, where, _LEVELS), key=lambda one: natural(one.path)))
    if not found:
        raise DatasetError(
            f"{where}: expected videos ({', '.join(VIDEO_SUFFIXES)}) or folders of frames such as img46.jpg, at most "
            f"{_LEVELS} folders deep, found {listing(where)}. Name their folder with --videos."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in zip(written, (_config(found, videos), _table(found)), strict=True):
        with atomic_path(path) as partial:
            partial.write_text(text, encoding="utf-8")
    return _report(folder, found, left)


def _recordings(folder: Path, root: Path, levels: int) -> Iterator[FoundRecording]:
    """Yield the videos of a folder and of those in it, and the folders that hold frames themselves."""
    with reading(folder):
        files = sorted(one for one in folder.iterdir() if one.suffix.lower() in VIDEO_SUFFIXES and one.is_file())
    for path in files:
        if not path.name.startswith("."):
            yield _video(path, root)
    for child in visible_folders(folder) if levels else []:
        frames = _frames(child, root)
        if frames is None:
            yield from _recordings(child, root, levels - 1)
        else:
            yield frames


def _video(path: Path, root: Path) -> FoundRecording:
    name = path.relative_to(root).as_posix()
    try:
        times = video_times(path)
    except BadClipError as error:
        return FoundRecording(name, True, 0, 0, problem=error.reason)
    return FoundRecording(name, True, 0, times.n_frames - 1, f"{times.fps:g}")


def _frames(folder: Path, root: Path) -> FoundRecording | None:
    """Return a folder with at least two frames as a recording; None = it has none."""
    try:
        names = names_of_frames(folder).names
    except BadClipError:  # pictures of no one pattern: the recordings lie deeper, or elsewhere
        return None
    numbers = [*names]
    if len(numbers) < 2:
        return None
    is_deep = has_deep_grey_levels(folder / names[numbers[0]])
    return FoundRecording(folder.relative_to(root).as_posix(), False, numbers[0], numbers[-1], is_deep=is_deep)


def _folder_firsts(found: Sequence[FoundRecording]) -> set[int]:
    """Return by which of 0 and 1 the frames of folders begin; empty where no folder tells."""
    return {one.first for one in found if not one.is_video} & {0, 1}


def _first_frame(found: Sequence[FoundRecording]) -> int:
    """Return what the table calls the first frame of a recording: what the folders do, or 0."""
    return min(_folder_firsts(found), default=0)


def _table(found: Sequence[FoundRecording]) -> str:
    """Return the table: the paths, empty cells, and columns of facts that the reader passes over.

    The facts are numbers as the cells beside them have to be: those of a video count from the first frame that the
    configuration states.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    has_depth = any(one.depth for one in found)
    writer.writerow((*_TO_FILL_IN, *(["depth_path"] if has_depth else []), *_FACTS))
    for one in found:
        shift = _first_frame(found) if one.is_video else 0
        facts = ("", "") if one.problem else (one.first + shift, one.last + shift)
        given = (one.path, *[""] * (len(_TO_FILL_IN) - 1), *([one.depth] if has_depth else []))
        writer.writerow((*given, *facts, one.fps, one.problem))
    return text.getvalue()


def _config(found: Sequence[FoundRecording], videos: Path | None) -> str:
    """Return the configuration: every line that a user may have to change says what it means."""
    folders = [one for one in found if not one.is_video]
    firsts, first = _folder_firsts(found), _first_frame(found)
    told = "as the names of the folders' frames do" if firsts else "0 as OpenCV counts, 1 as ffmpeg's frame_%d.png"
    if len(firsts) > 1:
        told = "your folders begin with both: make them alike"
    root = videos.resolve().as_posix() if videos else "."
    depth = (
        "    depth_unit_mm: 1.0  # mm that 1 in the depth pictures stands for\n"
        "    # intrinsics: {fx: 615, fy: 615, cx: 320, cy: 240}  # of the depth camera, px: FILL IN for point clouds\n"
    )
    fps = "    fps: null         # FILL IN: frames per second of the folders, or a column fps in the table\n"
    return f"""\
# A study of your own recordings. Fill in {TABLE} first: one row a clip, several rows a recording where it has several.
# Its columns x_ are facts, and the reader passes over them: x_first and x_last are the numbers of a recording's first
# and last frame. Onset, apex and offset in frames lie between them. Those of a video count from first_frame below.
# Leave onset and offset empty where the whole recording is one expression: nothing here looks for expressions in it.
# In this folder:
#   merflow validate mine
#   merflow run
# or, what it does: snakemake -s {workflow_root() / SNAKEFILE} --cores all results/mine/mine_ststnet/metrics.csv
datasets:
  mine:
    reader: table
    root: {_quoted(root)}           # the paths of the table start here
    annotation: {TABLE}
    unit: frames      # what onset, apex and offset are: frames or seconds
    first_frame: {first}    # number of a recording's first frame: {told}
{fps if folders else ""}{depth if any(one.depth for one in found) else ""}\
    # classes: [calm, pain]            # words of your own in the column emotion; take them with labels: classes
    # emotions: {{joy: happiness}}       # words of yours for merflow's emotions
    # apexes: mine_apexes.csv          # for empty cells apex: merflow apexes mine (docs/apexes.md)
experiments:
  mine_ststnet:       # a small network on optical flow; others: merflow config
    extends: ststnet
    # The one place of the label set; the experiments below take it from here. emotion3 is negative, positive, surprise.
    # Or emotion7, objective5, au8 (of the column aus), classes (needs the line classes above): docs/configuration.md
    labels: &labels emotion3
    baselines: [mine_majority, mine_svm]
    datasets: [mine]
  mine_majority: {{ extends: flow_image_majority, labels: *labels, datasets: [mine] }}
  mine_svm: {{ extends: flow_image_svm, labels: *labels, datasets: [mine] }}
  # A network of your own, in my_pkg/net.py beside this file (docs/adding-a-model.md):
  # my_net:
  #   extends: mine_ststnet      # the same input, labels, baselines, protocol, seeds and schedule
  #   model: my_pkg.net:MyNet
  #   model_params: {{ hidden: 128 }}
  #   datasets: [mine]
"""


def _quoted(text: str) -> str:
    """Return a text as YAML takes it whatever stands in it; ``$`` doubled, since paths have variables."""
    return "'" + text.replace("'", "''").replace("$", "$$") + "'"


def _report(folder: Path, found: Sequence[FoundRecording], left: Sequence[FoundRecording]) -> list[str]:
    videos = sum(one.is_video for one in found)
    folders = count(len(found) - videos, "folder")
    lines = [f"{count(videos, 'video')} and {folders} of frames: {folder / TABLE}, {folder / CONFIG}"]
    depth = sum(bool(one.depth) for one in found)
    if depth:
        lines.append(f"{count(depth, 'folder')} of depth in the column depth_path of the recordings beside")
    if left:
        unclear = few([one.path for one in left])
        lines.append(f"{count(len(left), 'folder')} of depth left out, since it is not clear whose: {unclear}")
    bad = [f"{one.path}: {one.problem}" for one in found if one.problem]
    if bad:
        lines.append(f"{len(bad)} cannot be read: {few(bad)}")
    return [*lines, f"Fill in {folder / TABLE} and look at {folder / CONFIG}; then, in {folder}: merflow validate mine"]
