"""Flow images in the folders that STSTNet, HTNet and CausalNet read, and that the reader ``flow_images`` reads.

The layout is that of the data which STSTNet's authors distributed (github.com/christy1206/STSTNet, main.py), and of
what HTNet reads besides (github.com/wangzhifengharrison/HTNet). ``docs/export.md`` describes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice
from merflow.datasets.clip import Clip
from merflow.datasets.labels import LabelSet, label_set_named
from merflow.drawing.upstream import aligned_face
from merflow.errors import ConfigError, DatasetError
from merflow.imaging.encoding import png_bytes, write_png
from merflow.stages.exporting import Export, OneClip, Source, write_csv

FOLDS = "norm_u_v_os"
FLAT = "STSNet_whole_norm_u_v_os"
FACES = "combined_datasets_whole"
TABLE = "combined_3_class2_for_optical_flow.csv"
"""What the peers' loaders call the folds, all pictures in one folder, the apex frames, and the table of clips."""

_TRAIN, _TEST = "u_train", "u_test"


@dataclass(frozen=True, slots=True)
class FlowFoldSettings:
    """What decides the folders of flow images.

    Parameters
    ----------
    labels : str
        Label set whose classes are the folders 0, 1, 2 and so on; clips outside it are left out.
    channels : {"rgb", "bgr"}
        Which colours hold u, v and strain: red, green and blue, or blue, green and red.
    expressions : {"micro", "macro", "both"}
        Kinds of expression that are written; the files do not tell them apart.
    """

    labels: str = "emotion3"
    channels: Literal["rgb", "bgr"] = "rgb"
    expressions: Literal["micro", "macro", "both"] = "micro"

    def __post_init__(self) -> None:
        check_choice(self.channels, "channels", ("rgb", "bgr"))
        check_choice(self.expressions, "expressions", ("micro", "macro", "both"))


class _Picture(NamedTuple):
    """One flow image as it is written: into which folders, under which name, which bytes."""

    clip: Clip
    label: int
    name: str
    png: bytes


def write_flow_folds(source: Source, out: Path, settings: FlowFoldSettings) -> None:
    """Write the folds, all pictures in one folder, and the table that names them.

    Raises
    ------
    ConfigError
        When a clip of the label set has several labels.
    DatasetError
        When two subjects have names by which their files could not be told apart, or no clip has a label.
    """
    label_set = _label_set(settings.labels)
    clips = [clip for of_shard in source.shards.values() for clip in of_shard.values()]
    check_subjects(clip.subject for clip in clips)
    pictures, faces = [], {}
    for one in source.each():
        label = label_set.label_of(one.clip)
        asked = settings.expressions in (one.clip.expression, "both")
        if label is None or not asked:
            source.leave_out(one.clip, label_set.why_outside(one.clip) if asked else _not_asked(one.clip))
            continue
        pictures.append(_Picture(one.clip, label, _file_name(one.clip), _encoded(one, settings)))
        apex = _apex(one)
        if apex is not None:
            faces[one.clip.id] = _write_face(out / FACES, one.clip, apex)
    if not pictures:
        raise DatasetError(
            f"expected clips with a label of {label_set.name} (expressions: {settings.expressions}), found none among "
            f"{len(clips)}. Name another label set or kind: --labels emotion7, --expressions both"
        )
    _write_folds(out / FOLDS, pictures, classes=len(label_set.classes))
    _write_flat(out, pictures, faces)
    _note(source, label_set, pictures, faces)


def check_subjects(subjects: Iterable[str]) -> None:
    """Refuse subjects whose files cannot be told apart: a file is of the longest subject that begins its name."""
    ordered = sorted(set(subjects))
    for longer in ordered:
        for shorter in ordered:
            if longer.startswith(f"{shorter}_"):
                raise DatasetError(
                    f"expected subjects none of whose names begins another's, found {shorter!r} and {longer!r}: a file "
                    f"<subject>_<clip>.png of the first could be taken for the second's. Rename one in the table of "
                    "the dataset."
                )


def stored_picture(image: NDArray[np.float32], channels: str) -> NDArray[np.uint8]:
    """Return a flow image (size, size, 3) in [0, 1] as red, green, blue of 8 bits: at most 1/510 off."""
    values: NDArray[np.uint8] = np.rint(np.float32(255) * image).astype(np.uint8)
    return values if channels == "rgb" else values[..., ::-1]


def _label_set(name: str) -> LabelSet:
    found = label_set_named(name)
    if not isinstance(found, LabelSet):
        raise ConfigError(
            f"labels: expected a label set of which a clip has one class, since a file lies in one folder, found "
            f"{name!r}, of which it has several. Name another, such as emotion3."
        )
    return found


def _not_asked(clip: Clip) -> str:
    return f"a {clip.expression}-expression, which --expressions {clip.expression} or both writes"


def _file_name(clip: Clip) -> str:
    """Return the name of a clip's files, with the blank before the suffix that HTNet and CausalNet put there."""
    return f"{clip.id} .png"


def _encoded(one: OneClip, settings: FlowFoldSettings) -> bytes:
    return png_bytes(stored_picture(one.read("image"), settings.channels))


def _apex(one: OneClip) -> NDArray[np.uint8] | None:
    """Return the aligned apex, on whose grid the flow image lies; None where there is no faces shard with one."""
    faces = one.upstream.get("faces")
    if faces is None or one.stored not in faces or "apex" not in faces.attrs(one.stored)["roles"]:
        return None
    return aligned_face(one.upstream, one.stored, "apex")


def _write_face(folder: Path, clip: Clip, face: NDArray[np.uint8]) -> str:
    folder.mkdir(exist_ok=True)
    write_png(folder / f"{clip.id}.png", face)
    return f"{clip.id}.png"


def _write_folds(root: Path, pictures: Sequence[_Picture], *, classes: int) -> None:
    """Write ``<subject>/{u_train,u_test}/<label>/<file>``: each subject tests its own clips and trains on all others'.

    Each picture is a file of its own in every fold, as in the original: links would not survive being copied.
    """
    for subject in dict.fromkeys(one.clip.subject for one in pictures):
        for side in (_TEST, _TRAIN):
            for label in range(classes):
                (root / subject / side / str(label)).mkdir(parents=True)
        for one in pictures:
            side = _TEST if one.clip.subject == subject else _TRAIN
            (root / subject / side / str(one.label) / one.name).write_bytes(one.png)


def _write_flat(out: Path, pictures: Sequence[_Picture], faces: Mapping[str, str]) -> None:
    """Write all pictures into one folder, and the table by which HTNet and CausalNet find them."""
    (out / FLAT).mkdir()
    rows = list[tuple[Any, ...]]()
    for one in pictures:
        (out / FLAT / one.name).write_bytes(one.png)
        rest = one.clip.id.removeprefix(f"{one.clip.subject}_")
        rows.append((one.clip.subject, rest, faces.get(one.clip.id, ""), one.label))
    write_csv(out / TABLE, ["sub", "filename_o", "imagename", "label"], rows)


def _note(source: Source, label_set: LabelSet, pictures: Sequence[_Picture], faces: Mapping[str, str]) -> None:
    counts = np.bincount([one.label for one in pictures], minlength=len(label_set.classes)).tolist()
    named = zip(range(len(counts)), label_set.classes, counts, strict=True)
    source.notes.append("labels: " + ", ".join(f"{label} = {name} ({count})" for label, name, count in named))
    lacking = len(pictures) - len(faces)
    if lacking:
        source.notes.append(
            f"{lacking} clips have no aligned apex at hand, so {FACES} lacks them: HTNet, which looks for eyes and "
            "mouth there, cannot read this export; STSTNet can"
        )
    if len({one.clip.subject for one in pictures}) < 2:
        source.notes.append("one subject only: its fold has no training clips")


EXPORTS = (
    Export(
        name="flow_images",
        summary="flow images in the folders norm_u_v_os that STSTNet, HTNet and CausalNet read",
        write=write_flow_folds,
        settings=FlowFoldSettings,
    ),
)
