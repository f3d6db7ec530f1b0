"""Flow-image folds: one folder a subject, with its own clips in ``u_test`` and all others' in ``u_train``.

STSTNet's authors distributed their input in this layout, and many others use it. Each clip is in as many folders as
there are subjects. Its place in ``u_test`` counts, and the folds of merflow come from the subjects. The other folders
must agree with it: a clip of the fold's own subject among its training clips would be in training and in the test. A
clip that is only in training folders is known by name and label, and is listed as one that cannot be used.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.checks import few
from merflow.datasets.flow_images.clip import clip_of_picture
from merflow.datasets.reading.annotation import Annotation
from merflow.datasets.reading.folders import listing, may_open, sub_folders
from merflow.errors import DatasetError
from merflow.reading import is_folder, reading

TRAIN, TEST = "u_train", "u_test"
_SUBJECT = re.compile(r"[\w.-]+")
_OTHER_PICTURES = (".bmp", ".gif", ".jpeg", ".jpg", ".tif", ".tiff", ".webp")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ClassFolder:
    """One folder of files: the fold (a subject), its side, the label, and where it lies."""

    fold: str
    side: str
    label: int
    path: Path


@dataclass(frozen=True, slots=True)
class FoldFile:
    """One file in one of the folders that it lies in."""

    folder: ClassFolder
    name: str

    @property
    def clip(self) -> str:
        """Subject and clip, ``sub01_EP02_01f``; released names have a blank before ``.png``."""
        return self.name.rpartition(".")[0].strip()

    def below(self, root: Path) -> str:
        """Return its path below the root, as messages and clips name it."""
        return (self.folder.path / self.name).relative_to(root).as_posix()


@dataclass(frozen=True, slots=True)
class Folds:
    """The clips of all folds, one each, and what concerns the folders as a whole."""

    annotations: tuple[Annotation, ...]
    notes: tuple[str, ...]


def find_folds(root: Path) -> list[Path]:
    """Return the folders of the subjects, sorted by name.

    Raises
    ------
    DatasetError
        When there is none, or its name cannot be a subject's.
    """
    folds = [child for child in sub_folders(root) if not _is_nobodys(child) and any(_sides(child))]
    if not folds:
        raise DatasetError(
            f"{root}: expected folders <subject>/{TEST}/<label> and <subject>/{TRAIN}/<label>, found {listing(root)}. "
            "Set the dataset's root in config.yaml to the folder that holds the subjects, or its annotation to a table."
        )
    for fold in folds:
        if not _SUBJECT.fullmatch(fold.name):
            raise DatasetError(
                f"{fold}: expected a subject of letters, digits, '_', '.' and '-', which becomes the name of a file, "
                f"found {fold.name!r}. Rename the folder and the subject's files."
            )
    return folds


def class_folders(folds: Iterable[Path], *, labels: int) -> list[ClassFolder]:
    """Return the folders of every label of every fold, sorted.

    Raises
    ------
    DatasetError
        When a folder is not one of 0 to `labels` - 1, or a picture lies outside them.
    """
    known = {str(label): label for label in range(labels)}
    found = []
    for fold in folds:
        for side, folder in _sides(fold):
            with reading(folder):
                children = sorted(folder.iterdir())
            for child in children:
                if child.name in known and is_folder(child):
                    found.append(ClassFolder(fold.name, side, known[child.name], child))
                elif not child.name.startswith(".") and (is_folder(child) or _is_picture(child.name)):
                    raise DatasetError(
                        f"{child}: expected folders named by the labels {', '.join(known)}, found {child.name!r}. "
                        "Move it, or name the emotion of each label in the dataset's classes."
                    )
    return found


def _is_nobodys(folder: Path) -> bool:
    """Return whether a folder cannot be opened and has a name that no subject can have, as the lost+found of a disk."""
    return not may_open(folder) and not _SUBJECT.fullmatch(folder.name)


def _sides(fold: Path) -> Iterator[tuple[str, Path]]:
    """Yield the test and the training folder of a fold, of any case, as (side, folder)."""
    for side in (TEST, TRAIN):
        for child in sub_folders(fold):
            if child.name.casefold() == side:
                yield side, child


def read_folds(root: Path, *, dataset: str, classes: Sequence[str]) -> Folds:
    """Read the names of all files, and take each clip from its own subject's ``u_test``.

    A clip that is not there as a PNG, but in another's ``u_train`` or in another format, has a problem and no picture.

    Parameters
    ----------
    root : Path
        Folder of the subjects.
    dataset : str
        Name in the configuration.
    classes : sequence of str
        Emotion of each label.

    Raises
    ------
    DatasetError
        As :func:`find_folds` and :func:`class_folders`, and when a subject is on both sides of its fold, a test folder
        holds another subject's file, or a clip has two labels or two files there.
    """
    folds = find_folds(root)
    files, others = _files(class_folders(folds, labels=len(classes)))
    whose = _owner(fold.name for fold in folds)
    _check_sides(files, whose, root)
    tests = _one_each([file for file in files if file.folder.side == TEST], root)
    _check_labels(files, root)
    found = [(file, file.folder.fold, "") for file in tests.values()]
    annotations = [
        Annotation(
            clip_of_picture(
                dataset,
                subject=subject,
                video=file.clip.removeprefix(f"{subject}_"),
                emotion=classes[file.folder.label],
                color="" if problem else file.below(root),
            ),
            source=file.below(root),
            sheet_onset=0,
            problem=problem,
        )
        for file, subject, problem in (*found, *_lost(files, others, tests, whose))
    ]
    closed = [child.name for child in sub_folders(root) if _is_nobodys(child)]
    passed_over = [f"passed over {name}, which cannot be read" for name in closed]
    return Folds(tuple(annotations), (*_notes(files, tests, others), *passed_over))


def _files(folders: Iterable[ClassFolder]) -> tuple[list[FoldFile], list[FoldFile]]:
    """Return the pictures of all folders, and what else lies there, hidden files left out."""
    files: list[FoldFile] = []
    others: list[FoldFile] = []
    for folder in folders:
        with reading(folder.path), os.scandir(folder.path) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
        files += [FoldFile(folder, name) for name in names if _is_picture(name)]
        others += [FoldFile(folder, name) for name in names if not _is_picture(name)]
    return files, others


def _lost(
    files: Iterable[FoldFile],
    others: Iterable[FoldFile],
    tests: Mapping[str, FoldFile],
    whose: Callable[[str], str | None],
) -> Iterator[tuple[FoldFile, str, str]]:
    """Yield a file, the subject and what is wrong of each clip that is in nobody's ``u_test`` as a PNG."""
    pictures = [file for file in others if file.name.casefold().endswith(_OTHER_PICTURES)]
    first: dict[str, FoldFile] = {}
    for file in (*(one for one in pictures if one.folder.side == TEST), *files, *pictures):
        if file.clip not in tests:
            first.setdefault(file.clip, file)
    for clip, file in first.items():
        subject = whose(clip) or clip.partition("_")[0]
        if file.folder.side == TEST:
            yield file, subject, f"expected a PNG, found {file.name}; convert it without loss, or take the original"
        else:
            yield file, subject, f"expected the clip in {subject}/{TEST}, found it in {TRAIN} of others only"


def _is_picture(name: str) -> bool:
    return name.casefold().endswith(".png")


def _owner(subjects: Iterable[str]) -> Callable[[str], str | None]:
    """Return a function from a clip to its subject: the longest known one that begins its name; None = nobody's."""
    ordered = sorted(subjects, key=len, reverse=True)
    known: dict[str, str | None] = {}

    def whose(clip: str) -> str | None:
        if clip not in known:
            known[clip] = next((subject for subject in ordered if clip.startswith(f"{subject}_")), None)
        return known[clip]

    return whose


def _check_sides(files: Iterable[FoldFile], whose: Callable[[str], str | None], root: Path) -> None:
    """Refuse a fold whose own subject is trained on, or that tests another one."""
    trained, foreign = [], []
    for file in files:
        own = whose(file.clip) == file.folder.fold
        if file.folder.side == TRAIN and own:
            trained.append(file.below(root))
        if file.folder.side == TEST and not own:
            foreign.append(file.below(root))
    if trained:
        raise DatasetError(
            f"{root}: expected each subject's clips in its own {TEST} only, found a subject in both train and test "
            f"folders: {few(trained, _SHOWN)}. Training would see the test. Remove them, or take the original folders."
        )
    if foreign:
        raise DatasetError(
            f"{root}: expected files named <subject>_<clip>.png of the fold's own subject in {TEST}, found those of "
            f"another: {few(foreign, _SHOWN)}. Move them to their subject's folder."
        )


def _one_each(tests: Iterable[FoldFile], root: Path) -> dict[str, FoldFile]:
    """Return the test files by clip.

    Raises
    ------
    DatasetError
        When a clip has two files, under two labels or in two spellings.
    """
    found: dict[str, FoldFile] = {}
    for file in tests:
        other = found.setdefault(file.clip, file)
        if other is not file:
            what = "two labels" if other.folder.label != file.folder.label else "two files"
            raise DatasetError(
                f"{root}: expected one file of the clip {file.clip} in {TEST}, found {what}: {other.below(root)} and "
                f"{file.below(root)}. Remove the wrong one."
            )
    return found


def _check_labels(files: Iterable[FoldFile], root: Path) -> None:
    """Raise DatasetError when a clip has one label in one folder and another in another."""
    first: dict[str, FoldFile] = {}
    for file in files:
        other = first.setdefault(file.clip, file)
        if other.folder.label != file.folder.label:
            raise DatasetError(
                f"{root}: expected one label of the clip {file.clip} in all folds, found two labels: "
                f"{other.below(root)} and {file.below(root)}. Correct the wrong one."
            )


def _notes(files: Iterable[FoldFile], tests: Iterable[str], others: Iterable[FoldFile]) -> Iterator[str]:
    """Say what the folders hold beside the clips: training folders that lack some, files that are no PNG."""
    known = set(tests)
    trained: dict[str, set[str]] = {}
    own: dict[str, set[str]] = {}
    for file in files:
        trained.setdefault(file.folder.fold, set())
        (trained if file.folder.side == TRAIN else own).setdefault(file.folder.fold, set()).add(file.clip)
    yield f"{len(known)} clips from the {TEST} folders of {len(own)} subjects"
    lacking = {fold: len(known - own.get(fold, set()) - clips) for fold, clips in sorted(trained.items())}
    short = [f"{fold} ({count})" for fold, count in lacking.items() if count]
    if short:
        yield f"{TRAIN} folders without some of the others' clips, which folds here do not lack: {few(short, _SHOWN)}"
    names = sorted({file.name for file in others})
    if names:
        yield f"files that are no PNG, ignored: {few(names, _SHOWN)}"
