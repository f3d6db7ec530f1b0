"""SAMM: grey at 200 frames a second."""

from merflow.datasets.counts import Counts, of, three_classes
from merflow.datasets.declaration import About, Dataset, GeneratedLayout, Megc2019

_FIVE = ("happiness", "surprise", "contempt", "anger", "others")
_EMOTIONS = {
    "anger": 57,
    "others": 26,
    "happiness": 26,
    "surprise": 15,
    "contempt": 12,
    "disgust": 9,
    "fear": 8,
    "sadness": 6,
}
_OBJECTIVE = {"VII": 84, "I": 24, "III": 20, "II": 13, "IV": 8, "VI": 7, "V": 3}

DATASET = Dataset(
    title="SAMM",
    citation=(
        "A. K. Davison et al., SAMM: A Spontaneous Micro-Facial Movement Dataset, IEEE Transactions on Affective "
        "Computing 9(1), 2018"
    ),
    licence="For research alone, under a licence agreement with Manchester Metropolitan University.",
    about=About(
        people=32,
        picture="2040x1088",
        face="400x400",
        annotated="onset, apex, offset, action units with intensity, emotion, objective class",
        mended="1 offset, and 3 apexes where they lie outside their clips",
        protocols="leave one subject out on 5 emotions, 4 and 5 objective classes; MEGC 2019",
    ),
    settings="merflow.datasets.samm.reader:SammSettings",
    read="merflow.datasets.samm.reader:read_samm",
    annotation="merflow.datasets.samm.reader:samm_annotation",
    quality="merflow.datasets.quality:WITH_OBJECTIVE_CLASS",
    counts={
        ("", "micro"): Counts(
            rows=159,
            subjects=29,
            emotions=_EMOTIONS,
            objective=_OBJECTIVE,
            label_sets={
                "emotion3": {"negative": 92, "positive": 26, "surprise": 15},
                "emotion5_samm": of(_EMOTIONS, *_FIVE),
                "objective4": of(_OBJECTIVE, "I", "II", "III", "VII"),
                "objective5": of(_OBJECTIVE, "I", "II", "III", "IV", "V"),
            },
        )
    },
    label_sets={"emotion5_samm": _FIVE},
    megc2019=Megc2019(
        counts={"": three_classes(133, 28, negative=92, positive=26, surprise=15)},
        emotions=("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"),
    ),
    layouts={"samm": GeneratedLayout(layout="merflow.datasets.samm.generator:GREY")},
)
