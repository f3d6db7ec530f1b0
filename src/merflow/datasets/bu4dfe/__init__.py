"""BU-4DFE: posed macro-expressions at 25 frames a second, a textured mesh and a picture of each frame."""

from merflow.datasets.counts import Counts
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

_EMOTIONS = dict.fromkeys(("anger", "disgust", "fear", "happiness", "sadness", "surprise"), 101)

DATASET = Dataset(
    title="BU-4DFE",
    citation="L. Yin et al., A High-Resolution 3D Dynamic Facial Expression Database, FG 2008",
    licence="For research, under a licence agreement with Binghamton University.",
    about=About(
        people=101,
        picture="1040x1329",
        face="",
        annotated="posed emotion of a sequence, neutral to apex to neutral; meshes, 83 landmarks",
        mended="",
        protocols="folds of people on 6 emotions",
    ),
    settings="merflow.datasets.bu4dfe.reader:Bu4dfeSettings",
    read="merflow.datasets.bu4dfe.reader:read_bu4dfe",
    annotation="merflow.datasets.bu4dfe.reader:bu4dfe_annotation",
    counts={("", "macro"): Counts(rows=606, subjects=101, emotions=_EMOTIONS)},
    layouts={
        "bu4dfe": GeneratedLayout(layout="merflow.datasets.bu4dfe.generator:PICTURES", others=False),
        "bu4dfe_4d": GeneratedLayout(layout="merflow.datasets.bu4dfe.generator_4d:WITH_MESHES", others=False),
    },
)
