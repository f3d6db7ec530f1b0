"""CASME II: colour at 200 frames a second, as recordings, selected clips or cropped faces."""

from merflow.datasets.counts import Counts, of, three_classes
from merflow.datasets.declaration import About, Dataset, GeneratedLayout, Megc2019

_FIVE = ("happiness", "disgust", "repression", "surprise", "others")
_EMOTIONS = {
    "others": 99,
    "disgust": 63,
    "happiness": 32,
    "repression": 27,
    "surprise": 25,
    "sadness": 7,
    "fear": 2,
}
_OBJECTIVE = {"I": 25, "II": 15, "III": 99, "IV": 26, "V": 20, "VI": 1, "VII": 69}

DATASET = Dataset(
    title="CASME II",
    citation=(
        "W.-J. Yan et al., CASME II: An Improved Spontaneous Micro-Expression Database and the Baseline Evaluation, "
        "PLoS ONE 9(1), 2014"
    ),
    licence="For research alone, under an agreement with the Institute of Psychology, Chinese Academy of Sciences.",
    about=About(
        people=26,
        picture="640x480",
        face="280x340",
        annotated="onset, apex, offset, action units, emotion, objective class",
        mended="",
        protocols="leave one subject out on 5 emotions, 5 and 6 objective classes; MEGC 2019",
    ),
    settings="merflow.datasets.casme2.reader:Casme2Settings",
    read="merflow.datasets.casme2.reader:read_casme2",
    annotation="merflow.datasets.casme2.reader:casme2_annotation",
    quality="merflow.datasets.quality:WITH_OBJECTIVE_CLASS",
    counts={
        ("", "micro"): Counts(
            rows=255,
            subjects=26,
            emotions=_EMOTIONS,
            objective=_OBJECTIVE,
            label_sets={
                "emotion5_casme2": of(_EMOTIONS, *_FIVE),
                "objective6": of(_OBJECTIVE, "I", "II", "III", "IV", "V", "VII"),
                "objective5": of(_OBJECTIVE, "I", "II", "III", "IV", "V"),
            },
        )
    },
    label_sets={"emotion5_casme2": _FIVE},
    megc2019=Megc2019(
        counts={"": three_classes(145, 24, negative=88, positive=32, surprise=25)},
        emotions=("disgust", "happiness", "repression", "surprise"),
        left_out={("sub04", "ep12_01f"), ("sub05", "ep09_05f")},
    ),
    layouts={
        "casme2_raw": GeneratedLayout(layout="merflow.datasets.casme2.generator:RAW"),
        "casme2_selected": GeneratedLayout(layout="merflow.datasets.casme2.generator:SELECTED"),
        "casme2_cropped": GeneratedLayout(layout="merflow.datasets.casme2.generator:CROPPED"),
    },
)
