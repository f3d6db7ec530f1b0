"""MMEW: colour at 90 frames a second, seven emotions, the folders named by them."""

from merflow.datasets.counts import Counts, of
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

_SIX = ("anger", "disgust", "fear", "happiness", "sadness", "surprise")
_FOUR = ("disgust", "happiness", "others", "surprise")
_EMOTIONS = {
    "surprise": 89,
    "disgust": 72,
    "others": 66,
    "happiness": 36,
    "fear": 16,
    "sadness": 13,
    "anger": 8,
}

DATASET = Dataset(
    title="MMEW",
    citation=(
        "X. Ben et al., Video-Based Facial Micro-Expression Analysis: A Survey of Datasets, Features and Algorithms, "
        "IEEE Transactions on Pattern Analysis and Machine Intelligence 44(9), 2022"
    ),
    licence="On a signed licence agreement, from the authors at Shandong University (dpailab.com/database.html).",
    about=About(
        people=36,
        picture="1920x1080",
        face="400x400",
        given="231x231",
        annotated="onset, apex, offset, action units, emotion",
        mended="offsets behind the last frame",
        protocols="leave one subject out on 3, 4 and 6 emotions",
    ),
    settings="merflow.datasets.mmew.reader:MmewSettings",
    read="merflow.datasets.mmew.reader:read_mmew",
    annotation="merflow.datasets.mmew.reader:mmew_annotation",
    counts={
        ("", "micro"): Counts(
            rows=300,
            subjects=36,
            emotions=_EMOTIONS,
            label_sets={"emotion6_mmew": of(_EMOTIONS, *_SIX), "emotion4_mmew": of(_EMOTIONS, *_FOUR)},
        )
    },
    label_sets={"emotion4_mmew": _FOUR, "emotion6_mmew": _SIX},
    layouts={"mmew": GeneratedLayout(layout="merflow.datasets.mmew.generator:CROPPED")},
)
