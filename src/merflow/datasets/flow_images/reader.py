"""Flow-image reader: ready pictures of u, v and optical strain, in folders or listed by a table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from merflow.checks import check_choice, check_setting
from merflow.datasets.clip import Exclusion
from merflow.datasets.emotions import EMOTIONS
from merflow.datasets.flow_images.folds import class_folders, find_folds, read_folds
from merflow.datasets.flow_images.table import check_table, read_table
from merflow.datasets.index import Index, exclusion
from merflow.datasets.reading.annotation import Annotation, check_unique
from merflow.datasets.reading.clip_folders import natural
from merflow.datasets.reading.folders import listing
from merflow.datasets.spelling import spelling_key
from merflow.errors import BadClipError, DatasetError
from merflow.reading import is_file, is_folder, reading_clip

_DEFAULT_CLASSES = ("negative", "positive", "surprise")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowImagesSettings:
    """What the reader of ready flow images needs to know.

    Parameters
    ----------
    root : Path
        Folder of the pictures: of the subjects' folders ``<subject>/{u_train,u_test}/<label>``, or with a table of the
        files themselves.
    annotation : Path or None
        CSV with the columns file, subject, clip and label, for pictures in one flat folder; None = the folders say it.
    classes : tuple of str
        Emotions that the labels 0, 1, 2, ... stand for.
    channels : {"rgb", "bgr"}
        Which colours of a file hold u, v and strain: red, green and blue, or blue, green and red.
    """

    root: Path
    annotation: Path | None = None
    classes: tuple[str, ...] = _DEFAULT_CLASSES
    channels: Literal["rgb", "bgr"] = "rgb"

    def __post_init__(self) -> None:
        different = len(set(self.classes)) == len(self.classes) >= 2
        check_setting(different, "classes", expected="two or more different emotions", found=list(self.classes))
        for emotion in self.classes:
            check_choice(emotion, "classes", EMOTIONS)
        check_choice(self.channels, "channels", ("rgb", "bgr"))


def flow_images_annotation(settings: FlowImagesSettings) -> list[Path]:
    """Return what the index is made of: the table, or the folders of every label, whose time a new file changes.

    Raises
    ------
    DatasetError
        When the root, the table or every fold is missing, or a folder is no label.
    """
    _check_root(settings.root)
    if settings.annotation is not None:
        check_table(settings.annotation)
        return [settings.annotation]
    folds = find_folds(settings.root)
    return [one.path for one in class_folders(folds, labels=len(settings.classes))]


def read_flow_images(name: str, settings: FlowImagesSettings) -> Index:
    """Read the names of the pictures; what they hold is read by the stage that imports them.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : FlowImagesSettings
        Where it lies.

    Returns
    -------
    Index
        Clips sorted by subject and clip. There are no frames: onset 0, apex and offset -1, frame rate 0. ``color`` is
        the picture itself, a file below the root, and the emotion is the class. A clip without its picture, or that
        is in training folders only, is an exclusion.

    Raises
    ------
    DatasetError
        When root or table are missing, a subject is on both sides of a fold or in two spellings, a test folder holds
        another subject's file, a clip has two labels or two files, or a label is outside the classes.
    """
    _check_root(settings.root)
    if settings.annotation is not None:
        annotations = read_table(settings.annotation, dataset=name, classes=settings.classes)
        check_unique(annotations)
        return _index(annotations, root=settings.root, notes=[f"pictures listed by {settings.annotation.name}"])
    folds = read_folds(settings.root, dataset=name, classes=settings.classes)
    return _index(folds.annotations, root=settings.root, notes=folds.notes)


def _index(annotations: Iterable[Annotation], *, root: Path, notes: Iterable[str]) -> Index:
    ordered = sorted(annotations, key=lambda one: natural(one.clip.id))
    _check_subjects(ordered)
    clips, exclusions = [], list[Exclusion]()
    for one in ordered:
        try:
            _check_picture(one, root)
            clips.append(one.clip)
        except BadClipError as error:
            exclusions.append(exclusion(one.clip, BadClipError(error.reason, source=one.source)))
    annotated = tuple(replace(one.clip, color="") for one in ordered)
    bad = tuple(row["clip"] for row in exclusions)
    return Index(tuple(clips), tuple(exclusions), annotated, bad, tuple(notes))


def _check_subjects(annotations: Iterable[Annotation]) -> None:
    """Refuse a subject in two spellings: one subject would be in training and in the test."""
    spelt: dict[str, Annotation] = {}
    for one in annotations:
        other = spelt.setdefault(spelling_key(one.clip.subject), one)
        if other.clip.subject != one.clip.subject:
            raise DatasetError(
                f"expected one spelling of each subject, found {other.clip.subject!r} ({other.source}) and "
                f"{one.clip.subject!r} ({one.source}). Spell the subject alike, or rename one if there are two."
            )


def _check_picture(one: Annotation, root: Path) -> None:
    """Raise BadClipError when the clip is known to be unusable, or its picture is not there."""
    if one.problem:
        raise BadClipError(one.problem)
    with reading_clip(root / one.clip.color):
        if not is_file(root / one.clip.color):
            raise BadClipError(f"expected the picture {one.clip.color}, found no such file")


def _check_root(root: Path) -> None:
    if not is_folder(root):
        raise DatasetError(
            f"{root}: expected a folder of flow images, found {listing(root)}. Correct the dataset's root in "
            "config.yaml."
        )
