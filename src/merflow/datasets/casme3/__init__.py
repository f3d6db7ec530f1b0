"""CAS(ME)^3: colour and depth, parts A and C, micro- and macro-expressions."""

from merflow.datasets.counts import Counts, of
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

_THREE = {"negative": 457, "positive": 55, "surprise": 187}
_PART_C = {"negative": 99, "surprise": 30, "others": 20, "positive": 16}

_MICRO = Counts(
    rows=860,
    subjects=94,
    apex_is_onset=55,
    emotions={
        "disgust": 250,
        "surprise": 187,
        "others": 161,
        "fear": 86,
        "anger": 64,
        "sadness": 57,
        "happiness": 55,
    },
    objective={"VII": 373, "III": 234, "II": 151, "V": 47, "IV": 37, "I": 15, "VI": 3},
    label_sets={"emotion3": _THREE, "emotion4": {**_THREE, "others": 161}},
)

DATASET = Dataset(
    title="CAS(ME)^3",
    citation=(
        "J. Li et al., CAS(ME)3: A Third Generation Facial Spontaneous Micro-Expression Database With Depth "
        "Information and High Ecological Validity, IEEE Transactions on Pattern Analysis and Machine Intelligence "
        "45(3), 2023"
    ),
    licence="For research alone, under an agreement with the Institute of Psychology, Chinese Academy of Sciences.",
    about=About(
        people=247,
        picture="1280x720",
        face="",
        annotated=(
            "onset, apex, offset, action units, emotion, objective class (part A); onset, offset, action units, four "
            "classes (part C); depth"
        ),
        mended="6 frame numbers of part A",
        protocols="leave one subject out on 3, 4 and 7 classes of part A, macro to micro",
    ),
    settings="merflow.datasets.casme3.reader:Casme3Settings",
    read="merflow.datasets.casme3.reader:read_casme3",
    annotation="merflow.datasets.casme3.reader:casme3_annotation",
    default_camera=True,
    quality="merflow.datasets.quality:WITH_OBJECTIVE_CLASS",
    counts={
        ("A", "micro"): _MICRO,
        ("A", "macro"): Counts(rows=3346),
        ("C", "micro"): Counts(
            rows=165,
            subjects=30,
            emotions=_PART_C,
            label_sets={"emotion3": of(_PART_C, "negative", "positive", "surprise"), "emotion4": _PART_C},
        ),
    },
    layouts={
        "raw": GeneratedLayout(layout="merflow.datasets.casme3.generator:VIDEOS", macro=True),
        "clips": GeneratedLayout(layout="merflow.datasets.casme3.generator:CLIP_PACK", macro=True),
    },
)
