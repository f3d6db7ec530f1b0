"""CAS(ME)^2: micro- and macro-expressions of the same people in long videos, colour at 30 frames a second."""

from merflow.datasets.counts import Counts
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

_MICRO = {"negative": 21, "others": 19, "surprise": 9, "positive": 8}

DATASET = Dataset(
    title="CAS(ME)^2",
    citation=(
        "F. Qu et al., CAS(ME)2: A Database for Spontaneous Macro-Expression and Micro-Expression Spotting and "
        "Recognition, IEEE Transactions on Affective Computing 9(4), 2018"
    ),
    licence="On a signed licence agreement with the Institute of Psychology, Chinese Academy of Sciences.",
    about=About(
        people=22,
        picture="640x480",
        face="",
        annotated="onset, apex, offset, action units, 4 classes, self-report; long videos",
        mended="missing offsets, a video in the folder of another subject",
        protocols="spotting (MEGC 2020, 2021); 3 and 4 classes",
    ),
    settings="merflow.datasets.casme_sq.reader:CasmeSqSettings",
    read="merflow.datasets.casme_sq.reader:read_casme_sq",
    annotation="merflow.datasets.casme_sq.reader:casme_sq_annotation",
    counts={
        ("", "micro"): Counts(
            rows=57,
            emotions=_MICRO,
            label_sets={
                "emotion3": {name: _MICRO[name] for name in ("negative", "positive", "surprise")},
                "emotion4": _MICRO,
            },
        ),
        ("", "macro"): Counts(rows=300),
    },
    layouts={"casme_sq": GeneratedLayout(layout="merflow.datasets.casme_sq.generator:SELECTED", macro=True)},
)
