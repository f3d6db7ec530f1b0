"""SAMM Long Videos: micro- and macro-movements in long videos, grey at 200 frames a second, action units alone."""

from merflow.datasets.counts import Counts
from merflow.datasets.declaration import About, Dataset, GeneratedLayout

DATASET = Dataset(
    title="SAMM Long Videos",
    citation=(
        "C. H. Yap, C. Kendrick, M. H. Yap, SAMM Long Videos: A Spontaneous Facial Micro- and Macro-Expressions "
        "Dataset, FG 2020"
    ),
    licence="For research alone, under a licence agreement with Manchester Metropolitan University.",
    about=About(
        people=32,
        picture="2040x1088",
        face="400x400",
        annotated="onset, apex, offset, action units; long videos; emotion of micro-movements from SAMM",
        mended="2 offsets, missing onsets",
        protocols="spotting (MEGC 2020, 2021)",
    ),
    settings="merflow.datasets.samm_lv.reader:SammLvSettings",
    read="merflow.datasets.samm_lv.reader:read_samm_lv",
    annotation="merflow.datasets.samm_lv.reader:samm_lv_annotation",
    people_of="samm",
    quality="merflow.datasets.quality:WITH_OBJECTIVE_CLASS",
    counts={("", "micro"): Counts(rows=159), ("", "macro"): Counts(rows=343)},
    layouts={"samm_lv": GeneratedLayout(layout="merflow.datasets.samm_lv.generator:LONG", macro=True)},
)
