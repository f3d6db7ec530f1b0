"""DFME: the splits that its challenges gave out, colour at 200, 300 or 500 frames a second, told clip by clip."""

from merflow.datasets.counts import Counts
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

_TRAIN = {
    "disgust": 548,
    "surprise": 298,
    "sadness": 278,
    "fear": 265,
    "happiness": 206,
    "anger": 161,
    "contempt": 100,
}
_TEST_A = {"disgust": 129, "surprise": 101, "happiness": 63, "fear": 62, "sadness": 46, "anger": 39, "contempt": 34}
_SEVEN = ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")

DATASET = Dataset(
    title="DFME",
    citation=(
        "S. Zhao et al., DFME: A New Benchmark for Dynamic Facial Micro-Expression Recognition, IEEE Transactions on "
        "Affective Computing 15(3), 2024"
    ),
    licence="On request from the authors (mea-lab-421.github.io), who state the terms.",
    about=About(
        people=259,
        picture="",
        face="",
        annotated="onset, apex, offset, action units, emotion",
        mended="",
        protocols="train and test splits of its challenges; ten folds on the whole set",
        rate="200, 300 or 500, by clip",
    ),
    settings="merflow.datasets.dfme.reader:DfmeSettings",
    read="merflow.datasets.dfme.reader:read_dfme",
    annotation="merflow.datasets.dfme.reader:dfme_annotation",
    counts={
        ("train", "micro"): Counts(rows=1856, subjects=176, emotions=_TRAIN, label_sets={"emotion7_dfme": _TRAIN}),
        ("test_a", "micro"): Counts(rows=474, subjects=42, emotions=_TEST_A, label_sets={"emotion7_dfme": _TEST_A}),
        ("test_b", "micro"): Counts(rows=299, subjects=41),
    },
    label_sets={"emotion7_dfme": _SEVEN},
    layouts={"dfme": GeneratedLayout(layout="merflow.datasets.dfme.generator:TRAIN", others=False)},
)
