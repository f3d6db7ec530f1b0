"""SMIC: one camera at 100 frames a second (HS), two at 25 (VIS, NIR); cropped faces, pictures or long clips."""

from merflow.datasets.counts import Counts, three_classes
from merflow.datasets.declaration import About, Dataset, GeneratedLayout, Megc2019

_HS = {"negative": 70, "positive": 51, "surprise": 43}
_AT_25_FPS = Counts(rows=71)

DATASET = Dataset(
    title="SMIC",
    citation=("X. Li et al., A Spontaneous Micro-expression Database: Inducement, Collection and Baseline, FG 2013"),
    licence="For research alone, under a licence agreement with the University of Oulu.",
    about=About(
        people=20,
        picture="640x480",
        face="190x230",
        annotated="onset, offset, 3 classes",
        mended="",
        protocols="leave one subject out on 3 classes of HS; MEGC 2019",
        rate="100 (HS), 25 (VIS, NIR)",
    ),
    settings="merflow.datasets.smic.reader:SmicSettings",
    read="merflow.datasets.smic.reader:read_smic",
    annotation="merflow.datasets.smic.reader:smic_annotation",
    counts={
        ("HS", "micro"): Counts(rows=164, subjects=16, emotions=_HS, label_sets={"emotion3": _HS}),
        ("VIS", "micro"): _AT_25_FPS,
        ("NIR", "micro"): _AT_25_FPS,
    },
    megc2019=Megc2019(counts={"HS": three_classes(164, 16, negative=70, positive=51, surprise=43)}),
    layouts={
        "smic_cropped": GeneratedLayout(layout="merflow.datasets.smic.generator:CROPPED", others=False),
        "smic_raw": GeneratedLayout(layout="merflow.datasets.smic.generator:RAW", others=False),
        "smic_e": GeneratedLayout(layout="merflow.datasets.smic.generator:LONG", others=False),
    },
)
