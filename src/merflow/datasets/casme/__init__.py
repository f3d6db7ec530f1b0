"""CASME: colour at 60 frames a second, as selected clips or cropped faces; the first of its series."""

from merflow.datasets.counts import Counts
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

DATASET = Dataset(
    title="CASME",
    citation=(
        "W.-J. Yan et al., CASME Database: A Dataset of Spontaneous Micro-Expressions Collected from Neutralized "
        "Faces, FG 2013"
    ),
    licence="On a signed licence agreement with the Institute of Psychology, Chinese Academy of Sciences.",
    about=About(
        people=19,
        picture="1280x720, 640x480",
        face="150x190",
        annotated="onset, two apexes, offset, action units, emotion",
        mended="onset, apex and offset of 3 clips, offsets of 2",
        protocols="leave one subject out on 4 emotions; training beside other sets",
    ),
    settings="merflow.datasets.casme.reader:CasmeSettings",
    read="merflow.datasets.casme.reader:read_casme",
    annotation="merflow.datasets.casme.reader:casme_annotation",
    counts={("", "micro"): Counts(rows=195, subjects=19)},
    label_sets={"emotion4_casme": ("disgust", "repression", "surprise", "tense")},
    layouts={
        "casme": GeneratedLayout(layout="merflow.datasets.casme.generator:SELECTED"),
        "casme_cropped": GeneratedLayout(layout="merflow.datasets.casme.generator:CROPPED"),
    },
)
"""No emotion is counted: the numbers that are published of them make 192 clips, and the page says 195."""
