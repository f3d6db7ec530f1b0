"""What planned jobs cost, on measurements and clips that one can multiply by hand."""

import math

import pytest
from tests.costs.costs_fixture import cost
from tests.plan_fixture import clip

from merflow.costs.jobs import Estimator, passes
from merflow.costs.known import Known
from merflow.costs.lookup import Costs, settings_of_examples, shard_settings, training_settings
from merflow.costs.parts import parts_of, total
from merflow.datasets.clip_table import write_clips
from merflow.plan.foreseen import PlannedJob

SUBJECTS, EMOTIONS = ("a", "b", "c"), ("happiness", "surprise", "anger", "happiness")
"""Three subjects with four clips each, in three classes; leaving one out, eight are trained on."""


@pytest.fixture
def estimator(config, tmp_path):
    """Return what estimates jobs on the dataset demo, each job with a start of 2 s, and 1 s and 1000 bytes a clip."""
    clips = [
        clip(subject, 10 * number, dataset="demo", emotion=emotion)
        for subject in SUBJECTS
        for number, emotion in enumerate(EMOTIONS, start=1)
    ]
    write_clips(clips, tmp_path / "clips.csv")
    network = config.experiment("ststnet", "demo")
    costs = [
        cost("rendering", "raw"),
        cost("shards", "faces/aligned256", shard_settings(config, "faces", "aligned256")),
        cost("shards", "sequences/seq8_64", shard_settings(config, "sequences", "seq8_64"), frames=2.5),
        cost("examples", "ststnet", settings_of_examples(network)),
        cost("training", "ststnet", training_settings(network)),
        cost("job", "fit_baselines", {"models": ["flow_svm"]}, start=0.0, each=5.0, size=0.0),
        cost("job", "score_experiment", start=0.5, each=0.0, size=0.0),
    ]
    return Estimator(config, Costs(costs), {"demo": Known(config, "demo", tmp_path / "clips.csv")})


def job(rule, **wildcards):
    return PlannedJob(rule, {"dataset": "demo", **wildcards})


def cost_of(estimator, rule, **wildcards):
    found = estimator.cost(job(rule, **wildcards))
    return found.seconds, found.size


def test_shards_of_a_batch_and_of_a_subject(estimator):
    assert cost_of(estimator, "extract_faces", variant="aligned256", batch="1-3") == (2 + 12, 12_000)
    assert cost_of(estimator, "extract_faces", variant="aligned256", batch="2") == (2 + 4, 4000)
    assert cost_of(estimator, "extract_faces_of_subject", variant="aligned256", subject="b") == (2 + 4, 4000)


def test_a_sequence_costs_as_the_frames_that_it_is_read_from(estimator):
    """Five frames from onset to offset, all of them read, where 2.5 were measured."""
    assert cost_of(estimator, "resample_sequences", variant="seq8_64", batch="1-3") == (2 + 12 * 2, 12_000)


def test_a_clip_without_an_offset_costs_a_sequence_as_measured(config, tmp_path):
    clips = [clip("a", dataset="demo"), clip("a", 50, offset=-1, dataset="demo")]
    write_clips(clips, tmp_path / "clips.csv")
    known = Known(config, "demo", tmp_path / "clips.csv")
    assert known.frames(config.variant("sequences", "seq8_64").settings, clips, otherwise=7.5) == 5 + 7.5


def test_examples_are_those_of_clips_with_a_label(estimator):
    assert cost_of(estimator, "build_examples", experiment="ststnet") == (2 + 12, 12_000)


def test_a_training_is_folds_seeds_epochs_and_clips(estimator):
    """Eight clips are one step an epoch, and 400 steps are asked for: 400 epochs of 8 clips, three seeds."""
    seconds, size = cost_of(estimator, "train_folds", experiment="ststnet", batch="1-2")
    assert seconds == 2 + 2 * 3 * 400 * 8
    assert size == 2 * 3 * 1000


def test_a_final_training_has_every_clip(estimator):
    seconds, _ = cost_of(estimator, "train_final", experiment="ststnet")
    assert seconds == 2 + 3 * 400 * 12


def test_baselines_and_other_rules(estimator):
    assert cost_of(estimator, "fit_baselines", experiment="flow_image_svm", batch="1-3") == (15, 0)
    assert cost_of(estimator, "score_experiment", experiment="ststnet") == (0.5, 0)
    assert cost_of(estimator, "list_folds", experiment="ststnet") == (0, 0)
    assert cost_of(estimator, "list_shards", kind="faces", variant="aligned256") == (0, 0)


def test_what_stands_for_another_says_so(estimator):
    names = {"batch": "1-3"}
    own, other = (
        estimator.cost(job("fit_baselines", experiment=name, **names)).found for name in ("flow_svm", "majority")
    )
    assert (own.basis, own.differs) == ("measured", "")
    assert (other.basis, other.differs) == ("similar", "majority in the time of other baselines")


def test_what_was_not_measured_is_not_guessed(estimator):
    assert cost_of(estimator, "sample_regions", variant="sort1024", batch="1-3") == (None, None)
    assert cost_of(estimator, "write_summary") == (None, None)
    seconds, size = cost_of(estimator, "train_folds", experiment="lite_point_gcn", batch="1")
    assert size is None
    assert seconds == pytest.approx(
        2.5 + 3 * math.prod(passes(8, estimator.experiment(job("", experiment="lite_point_gcn")))) * 4.5e-3
    )


def test_parts_stand_in_the_order_of_the_data_and_sum_up(estimator):
    jobs = [
        job("list_folds", experiment="ststnet"),
        job("train_fold", experiment="ststnet", fold="a"),
        job("score_experiment", experiment="ststnet"),
        job("train_folds", experiment="ststnet", batch="1-2"),
        job("train_folds", experiment="ststnet", batch="3"),
        job("list_shards", kind="faces", variant="aligned256"),
        job("extract_faces", variant="aligned256", batch="1-3"),
        job("write_summary"),
    ]
    parts = parts_of(jobs, estimator)
    assert [(part.title, part.jobs) for part in parts] == [
        ("faces/aligned256", 2), ("train ststnet", 3), ("scores and pictures", 3),
    ]  # fmt: skip
    assert parts[1].trained == "4 folds x 3 seeds x 400 epochs x 8 clips"
    assert parts[1].longest_s == 2 + 2 * 3 * 400 * 8
    assert +parts[2].unknown_s == {"write_summary": 1}
    whole = total(parts)
    assert (whole.jobs, whole.seconds) == (8, 14 + 6 + 4 * 3 * 400 * 8 + 0.5)
    assert whole.basis is None


def test_of_a_dataset_that_is_not_rendered_the_rendering_alone_is_known(config):
    estimator = Estimator(config, Costs([cost("rendering", config.datasets["demo"].synthesis.layout)]), {})
    parts = parts_of(
        [job("synthesise_dataset"), job("build_examples", experiment="ststnet")], estimator, unknown=["demo"]
    )
    assert [(part.seconds, part.unknown_s.total()) for part in parts] == [(2 + 96, 0), (0, 1)]
