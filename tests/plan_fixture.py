"""Clips and settings that planning is tested on."""

from dataclasses import replace

from merflow.config import Experiment
from merflow.datasets.clip import Clip
from merflow.settings import from_plain

LOSO = {"name": "loso", "k": 5, "test_expression": "", "keep_test_subject_macro": False}
SETTINGS = {
    "artefact": "flow_images/uvs28", "protocol": LOSO, "labels": "emotion3", "expressions": ["micro"],
    "model": "ststnet", "training": {"early_stopping": 0, "inner_folds": 5}, "seeds": [0],
}  # fmt: skip


def experiment(settings=SETTINGS):
    """Return an experiment of plain settings."""
    return from_plain(Experiment, settings)


def clip(subject, onset=10, **changes):
    base = Clip(
        dataset="d", subject=subject, video="a", part="A", expression="micro", onset=onset, apex=onset + 2,
        offset=onset + 4, fps=30.0, aus="12", emotion="happiness", objective="I", color=f"{subject}/a/color",
        depth=f"{subject}/a/depth", notes="",
    )  # fmt: skip
    return replace(base, **changes)


def of_mix(member, subject, **changes):
    return clip(f"{member}.{subject}", part=member, **changes)
