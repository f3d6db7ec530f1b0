from dataclasses import replace

import numpy as np
import pytest

from merflow.artefacts import ShardWriter
from merflow.datasets.clip import Clip
from merflow.datasets.labels import LABEL_SETS
from merflow.errors import DatasetError
from merflow.visualization.clips.choice import first_clip

CLIP = Clip("d", "s1", "a", "", "micro", 1, 3, 5, 30.0, "12", "happiness", "I", "c", "", "")
EMPTY = {"params": {}, "code": "", "inputs": {}}


def shard(folder, subject, clips):
    path = folder / f"{subject}.h5"
    with ShardWriter(path, kind="flow", variant="v", dataset="d", subject=subject, **EMPTY) as writer:
        for clip in clips:
            zero = np.zeros((2, 8, 8), np.float32)
            writer.add(clip, {"flow": zero, "expression_flow": zero, "head_motion": np.zeros((2, 3))})
    return path


def choose(paths, clips, expressions=("micro",)):
    return first_clip(paths, clips, kind="flow", label_set=LABEL_SETS["emotion3"], expressions=expressions)


def test_the_first_clip_that_is_in_and_was_not_left_out(tmp_path):
    others, macro, left_out, good = (
        replace(CLIP, subject=subject, onset=onset, emotion=emotion, expression=expression)
        for subject, onset, emotion, expression in [
            ("s1", 1, "others", "micro"), ("s1", 2, "happiness", "macro"), ("s1", 3, "happiness", "micro"),
            ("s2", 4, "surprise", "micro"),
        ]
    )  # fmt: skip
    paths = [shard(tmp_path, "s1", [others.id, macro.id]), shard(tmp_path, "s2", [good.id])]
    clips = [others, macro, left_out, good]
    assert choose(paths, clips) == (paths[1], good.id)
    assert choose(paths, clips, ("macro",)) == (paths[0], macro.id)


def test_no_clip_at_all_is_said(tmp_path):
    with pytest.raises(DatasetError, match="a label of emotion3 and a flow artefact"):
        choose([shard(tmp_path, "s1", [])], [CLIP])
