"""4DME: grey at 60 frames a second, several emotions and action units a clip."""

from merflow.datasets.counts import Counts
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

_MICRO = Counts(
    rows=267,
    emotions={
        "positive": 34,
        "negative": 127,
        "surprise": 30,
        "repression": 6,
        "others": 31,
        "surprise+repression": 3,
        "positive+surprise": 13,
        "negative+surprise": 8,
        "positive+repression": 8,
        "negative+repression": 7,
    },
    units={1: 46, 2: 54, 4: 117, 5: 8, 6: 30, 7: 93, 9: 1, 10: 2, 12: 82, 14: 4, 15: 6, 17: 11, 20: 2, 24: 9, 25: 7}
    | {39: 4, 43: 1, 45: 34, 63: 2, 64: 1},
)
"""Table 3 of the paper. It prints 82 for AU 15 too, the number of AU 12 beside it: the released sheet has 6."""

_MACRO = Counts(
    rows=123,
    emotions={
        "positive": 15,
        "negative": 41,
        "surprise": 24,
        "repression": 4,
        "others": 18,
        "surprise+repression": 1,
        "positive+surprise": 5,
        "negative+surprise": 5,
        "positive+repression": 4,
        "negative+repression": 6,
    },
    units={
        1: 33,
        2: 37,
        4: 47,
        5: 7,
        6: 13,
        7: 38,
        9: 1,
        10: 3,
        12: 41,
        14: 7,
        15: 4,
        17: 1,
        20: 1,
        24: 7,
        43: 1,
        45: 29,
    },
)

DATASET = Dataset(
    title="4DME",
    citation=(
        "X. Li et al., 4DME: A Spontaneous 4D Micro-Expression Dataset With Multimodalities, IEEE Transactions on "
        "Affective Computing, 2022"
    ),
    licence=(
        "For research alone, on request from the Center for Machine Vision and Signal Analysis (CMVS), University of "
        "Oulu."
    ),
    about=About(
        people=41,
        picture="640x480 (grey)",
        face="",
        annotated="onset, apex, offset, action units, up to two of 5 emotions, five folds; meshes, depth",
        mended="two rows with each other's action units",
        protocols="five given folds on 8 action units and 5 emotions",
    ),
    settings="merflow.datasets.fourdme.settings:FourdmeSettings",
    read="merflow.datasets.fourdme.reader:read_fourdme",
    annotation="merflow.datasets.fourdme.reader:fourdme_annotation",
    counts={("", "micro"): _MICRO, ("", "macro"): _MACRO},
    layouts={
        "fourdme": GeneratedLayout(layout="merflow.datasets.fourdme.generator:CLIPS", others=False),
        "fourdme_4d": GeneratedLayout(layout="merflow.datasets.fourdme.generator_4d:CLIPS_4D", others=False),
        "fourdme_long": GeneratedLayout(layout="merflow.datasets.fourdme.generator:LONG", others=False),
        "fourdme_cropped": GeneratedLayout(layout="merflow.datasets.fourdme.generator:CROPPED", others=False),
    },
)
