import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from merflow.artefacts import ShardWriter
from merflow.datasets.clip import Clip
from merflow.datasets.labels import LABEL_SETS
from merflow.errors import ConfigError, DatasetError
from merflow.stages.examples import features_of
from merflow.stages.flow.examples import flow_grid
from merflow.stages.regions.network_input import network_input
from merflow.training.examples import build_examples

EMOTION3 = LABEL_SETS["emotion3"]


def clip(subject, onset, emotion="happiness", expression="micro", aus="12"):
    return Clip(
        "demo", subject, "a", "A", expression, onset, onset + 5, onset + 9, 30.0, aus, emotion, "I", "c", "d", ""
    )


def flow_shard(path, subject, clips, excluded=()):
    empty = {"params": {}, "code": "", "inputs": {}}
    with ShardWriter(path, kind="flow", variant="tvl1", dataset="demo", subject=subject, **empty) as shard:
        for number, name in enumerate(clips):
            flow = np.full((2, 16, 16), number + 1, dtype=np.float32)
            flow[1] *= -1
            shard.add(name, {"flow": flow * 0, "expression_flow": flow, "head_motion": np.zeros((2, 3))})
        for name in excluded:
            shard.exclude(name, stage="flow", reason="no overlap", source="x.jpg")
    return path


def test_flow_grid_is_the_mean_of_each_cell():
    flow = np.random.default_rng(0).normal(size=(2, 16, 24)).astype(np.float32)
    grid = flow_grid(flow)
    assert grid.shape == (128,)
    np.testing.assert_allclose(grid[0], flow[0, :2, :3].mean(), rtol=1e-5)
    np.testing.assert_allclose(grid[64 + 8 * 7 + 7], flow[1, 14:, 21:].mean(), rtol=1e-5)
    with pytest.raises(ValueError, match="multiples of 8"):
        flow_grid(flow[:, :15])


def test_a_clip_of_which_not_every_unit_was_coded_is_masked_in_the_au_loss(tmp_path):
    clips = [clip("s1", 2, aus="4+45"), replace(clip("s1", 3, aus="4"), coded_units="4 12")]
    shards = [flow_shard(tmp_path / "s1.h5", "s1", [one.id for one in clips])]
    built, _ = build_examples(shards, clips, label_set=EMOTION3, features=features_of("flow"), earlier_exclusions=[])
    assert built.au_numbers == (4, 45)
    assert built.aus.tolist() == [[1, 1], [0, 0]]
    assert built.aus_known.tolist() == [True, False]


def test_examples_follow_the_index_and_every_missing_clip_has_its_reason(tmp_path):
    clips = [
        clip("s2", 1, "surprise"), clip("s1", 2, "others"), clip("s1", 3, "anger"), clip("s1", 4), clip("s1", 5),
        clip("s2", 6), clip("s2", 7, ""), clip("s2", 8, expression="macro"),
    ]  # fmt: skip
    shards = [
        flow_shard(tmp_path / "s1.h5", "s1", ["s1_a_2", "s1_a_3"], ["s1_a_4"]),
        flow_shard(tmp_path / "s2.h5", "s2", ["s2_a_1", "s2_a_8"]),
    ]
    earlier = [
        {"clip": "s1_a_5", "subject": "s1", "stage": "faces", "reason": "no face", "source": "1.jpg"},
        {"clip": "s3_a_9", "subject": "s3", "stage": "index", "reason": "no folder", "source": ""},
    ]
    examples, exclusions = build_examples(
        shards, clips, label_set=EMOTION3, features=features_of("flow"), earlier_exclusions=earlier
    )
    assert examples.clip.tolist() == ["s2_a_1", "s1_a_3"]
    assert examples.subject.tolist() == ["s2", "s1"]
    assert [examples.classes[i] for i in examples.label] == ["surprise", "negative"]
    assert examples.dims == ("clip", "feature")
    np.testing.assert_array_equal(examples.x[1], [2.0] * 64 + [-2.0] * 64)
    assert {row["clip"]: (row["stage"], row["reason"]) for row in exclusions} == {
        "s1_a_2": ("examples", "label 'others' is not in emotion3"),
        "s1_a_4": ("flow", "no overlap"),
        "s1_a_5": ("faces", "no face"),
        "s3_a_9": ("index", "no folder"),
        "s2_a_6": ("examples", "no flow artefact: an earlier stage left the clip out"),
        "s2_a_7": ("examples", "no emotion label"),
    }
    assert all(set(row) == {"clip", "subject", "stage", "reason", "source"} for row in exclusions)
    assert examples.left_out.clip.tolist() == ["s1_a_4", "s1_a_5", "s2_a_6"]  # labelled ones of the index
    assert [examples.classes[i] for i in examples.left_out.label] == ["positive"] * 3


def test_clips_whose_units_are_open_are_masked_and_never_shown_as_none(tmp_path):
    aus = ["A12", "?", "4A/B+7", "", "12 or 14", "ref(7B)+43", "4+M57"]
    clips = [clip("s1", onset, aus=text) for onset, text in enumerate(aus)]
    shards = [flow_shard(tmp_path / "s1.h5", "s1", [one.id for one in clips])]
    examples, _ = build_examples(shards, clips, label_set=EMOTION3, features=features_of("flow"))
    assert examples.au_numbers == (4, 7, 12, 43)
    assert examples.aus_known.tolist() == [True, False, True, False, False, True, False]
    assert [np.array(examples.au_numbers)[row > 0].tolist() for row in examples.aus] == [
        [12], [], [4, 7], [], [], [43], [],
    ]  # fmt: skip


def test_without_action_units_nothing_is_known(tmp_path):
    clips = [clip("s1", 1, aus=""), clip("s1", 2, aus="?")]
    shards = [flow_shard(tmp_path / "s1.h5", "s1", ["s1_a_1", "s1_a_2"])]
    examples, _ = build_examples(shards, clips, label_set=EMOTION3, features=features_of("flow"))
    assert (examples.aus.shape, examples.au_numbers, examples.aus_known.tolist()) == ((2, 0), (), [False, False])


def test_macro_clips_come_when_asked_for(tmp_path):
    clips = [clip("s2", 1), clip("s2", 8, expression="macro")]
    shards = [flow_shard(tmp_path / "s2.h5", "s2", ["s2_a_1", "s2_a_8"])]
    arguments = {"label_set": EMOTION3, "features": features_of("flow")}
    both, _ = build_examples(shards, clips, **arguments, expressions=("micro", "macro"))
    assert both.expression.tolist() == ["micro", "macro"]


def test_points_are_what_the_geometry_says(tmp_path):
    rng = np.random.default_rng(0)
    points, normalised, xy = (rng.normal(size=(8, 4, n)).astype(np.float32) for n in (6, 3, 2))
    empty = {"params": {}, "code": "", "inputs": {}}
    with ShardWriter(
        tmp_path / "r.h5", kind="regions", variant="v", dataset="demo", subject="s1", **empty
    ) as shard:  # fmt: skip
        fields = {"points": points, "normalised": normalised, "aligned_xy": xy, "divisor": np.ones((2, 2))}
        shard.add("s1_a_1", {**fields, "index": np.zeros((8, 4), int), "count": np.full(8, 4)}, {"aligned_size": 128})
    for coordinates in ("aligned", "metres"):
        features = features_of("regions", coordinates=coordinates)
        examples, _ = build_examples([tmp_path / "r.h5"], [clip("s1", 1)], label_set=EMOTION3, features=features)
        expected = network_input(points, normalised, xy, coordinates=coordinates, aligned_size=128)
        np.testing.assert_array_equal(examples.x[0], expected)
        assert examples.dims[-1] == "xyzuvz"
    features = features_of("regions", motion="flow")
    flow_alone, _ = build_examples([tmp_path / "r.h5"], [clip("s1", 1)], label_set=EMOTION3, features=features)
    assert flow_alone.dims[-1] == "xyzuv"
    np.testing.assert_array_equal(flow_alone.x[0], network_input(points, normalised, xy, aligned_size=128)[..., :5])


def test_nothing_left_is_an_error_with_the_first_reason(tmp_path):
    shards = [flow_shard(tmp_path / "s1.h5", "s1", ["s1_a_2"])]
    with pytest.raises(DatasetError, match=r"1 were left out\. The first was left out because: label 'others'"):
        build_examples(shards, [clip("s1", 2, "others")], label_set=EMOTION3, features=features_of("flow"))


def test_kinds_that_no_model_reads_are_refused():
    with pytest.raises(ConfigError, match="Expected one of: flow, regions, flow_images, magnified"):
        features_of("faces")


MANY_SUBJECTS = """
import resource, sys
from pathlib import Path
from tests.training.test_examples import EMOTION3, build_examples, clip, features_of
shards = sorted(Path(sys.argv[1]).glob("*.h5"))
clips = [clip(path.stem, 1) for path in shards]
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
examples, exclusions = build_examples(shards, clips, label_set=EMOTION3, features=features_of("flow"))
assert examples.subject.tolist() == [path.stem for path in shards] and not exclusions
"""


def test_more_subjects_than_files_may_be_open(tmp_path):
    for number in range(60):
        flow_shard(tmp_path / f"s{number}.h5", f"s{number}", [f"s{number}_a_1"])
    command = [sys.executable, "-c", MANY_SUBJECTS, str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
