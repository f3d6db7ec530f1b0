"""Two clips of an artificial subject, measured: one without fault, and one that the faces stage left out."""

import pytest
from tests.picture_fixtures import CLIP

from merflow.datasets.clip import Clip
from merflow.datasets.declared import DATASETS
from merflow.quality.measuring import measure_dataset
from merflow.stages import STAGES


def clip_named(name, **changes):
    subject, video, onset = name.split("_")
    first = int(onset)
    return Clip(**{
        "dataset": "demo", "subject": subject, "video": video, "part": "A", "expression": "micro", "onset": first,
        "apex": first + 6, "offset": first + 8, "fps": 30.0, "aus": "12", "emotion": "happiness", "objective": "I",
        "color": "c", "depth": "d", "notes": "",
    } | changes)  # fmt: skip


@pytest.fixture(scope="session")
def clips():
    return [clip_named(CLIP, notes="midpoint <taken>"), clip_named("sp9.1_b_3", aus="4", objective="III")]


@pytest.fixture(scope="session")
def shards(results):
    return {(kind, "default"): [results[kind]] for kind in STAGES}


@pytest.fixture(scope="session")
def measured(clips, shards):
    lost = {"clip": "sp9.1_c_9", "subject": "sp9.1", "stage": "index", "reason": "no\tfolder", "source": "sheet.xlsx"}
    return measure_dataset("demo", DATASETS["casme3"].quality, clips, [lost], shards, deviations=5.0)
