"""BP4D-Spontaneous: macro-expressions at 25 frames a second, action units frame by frame; clips are runs of a unit."""

from merflow.datasets.counts import Counts
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

DATASET = Dataset(
    title="BP4D-Spontaneous",
    citation=(
        "X. Zhang et al., BP4D-Spontaneous: A High-Resolution Spontaneous 3D Dynamic Facial Expression Database, Image "
        "and Vision Computing 32(10), 2014"
    ),
    licence="For research, under a licence agreement with Binghamton University.",
    about=About(
        people=41,
        clips="328 sequences; a clip is a run of a unit",
        picture="1040x1392",
        face="",
        annotated="action units frame by frame, 9 = not codable; the task of each sequence",
        mended="",
        protocols="three folds of people on 12 action units, frame by frame",
    ),
    settings="merflow.datasets.bp4d.reader:Bp4dSettings",
    read="merflow.datasets.bp4d.reader:read_bp4d",
    annotation="merflow.datasets.bp4d.reader:bp4d_annotation",
    counts={("", "macro"): Counts(subjects=41)},
    layouts={"bp4d": GeneratedLayout(layout="merflow.datasets.bp4d.generator:SEQUENCE", others=False)},
)
"""Rows are not counted: how many clips there are follows from the settings."""
