"""Builders of folders of ready flow images exactly as they are handed round: one fold a subject, names, blanks."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from merflow.datasets.flow_images.reader import FlowImagesSettings, read_flow_images

SIZE, LABELS = 28, 3


def subject_names(count: int) -> list[str]:
    """Return subjects as SAMM, CASME II and SMIC spell them, in turns."""
    forms = ("{:03d}", "sub{:02d}", "s{:02d}")
    return [forms[index % 3].format(index // 3 + 1) for index in range(count)]


def clip_names(subjects: Sequence[str], count: int) -> list[tuple[str, str, int]]:
    """Return (subject, file name, label) of `count` clips, at least one a subject; every name has its blank.

    A subject's labels take turns and begin at its own, so that one with several clips shows several classes.
    """
    words = ("ne", "po", "sur")
    clips = []
    for index in range(count):
        turn, person = divmod(index, len(subjects))
        subject, number, label = subjects[person], turn + 1, (person + turn) % LABELS
        if subject.startswith("sub"):
            name = f"EP{number:02d}_{label + 1:02d}f"
        elif subject.startswith("s"):
            name = f"{subject}_{words[label]}_{number:02d}"
        else:
            name = f"{subject}_{number}_{label + 1}"
        clips.append((subject, f"{subject}_{name} .png", label))
    return clips


def picture(rng: np.random.Generator, label: int) -> np.ndarray:
    """Return a picture (SIZE, SIZE, 3) of noise, brighter where its class moves."""
    image = rng.integers(0, 170, (SIZE, SIZE, 3), dtype=np.uint8)
    image[8 * label : 8 * label + 10, 6:22] += 80
    return image


def write_folds(root: Path, subjects: int = 6, clips: int = 18, seed: int = 0) -> list[tuple[str, str, int]]:
    """Write ``<root>/<subject>/{u_train,u_test}/<label>/<subject>_<clip> .png``, each clip into every fold.

    Parameters
    ----------
    root : Path
        Folder of the subjects, made when missing.
    subjects, clips : int
        How many; 68 and 442 are the public set's.
    seed : int
        Of the pictures.

    Returns
    -------
    list of (subject, file name, label)
        The copies of a file are hard links to the one in ``u_test``.
    """
    rng = np.random.default_rng(seed)
    names = subject_names(subjects)
    made = clip_names(names, clips)
    for subject in names:
        for side in ("u_test", "u_train"):
            for label in range(LABELS):
                (root / subject / side / str(label)).mkdir(parents=True, exist_ok=True)
    for subject, file, label in made:
        original = root / subject / "u_test" / str(label) / file
        original.write_bytes(cv2.imencode(".png", picture(rng, label))[1].tobytes())
        for other in names:
            if other != subject:
                os.link(original, root / other / "u_train" / str(label) / file)
    return made


def write_table(path: Path, rows: Iterable[Sequence[object]], columns=("file", "subject", "clip", "label")) -> Path:
    """Write the table of a flat folder."""
    lines = [",".join(map(str, row)) for row in (columns, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(root, **settings):
    """Return the index of a folder, named ``ready``."""
    return read_flow_images("ready", FlowImagesSettings(root=root, **settings))


def add(path):
    """Write an empty file: a reader reads names only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
