"""Folds on fewer subjects: nested draws, test clips that stay those of the fold, and what a majority then says."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.plan_fixture import experiment

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.errors import ConfigError, DatasetError
from merflow.plan import check_curve
from merflow.training.curve_settings import CurveSettings
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.learning_curve import curve_sizes, drawn_order, examples_of_subjects, train_points
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings

SUBJECTS = tuple("abcdef")


@pytest.fixture(scope="module")
def examples():
    """Six subjects with five clips each, whose most frequent class differs, and a copy of every other clip."""
    rng = np.random.default_rng(3)
    subject = np.repeat(SUBJECTS, 5)
    copy_of = np.arange(0, 30, 2)
    return Examples(
        rng.normal(size=(30, 4)).astype(np.float32), rng.integers(0, 3, 30), subject,
        np.array([f"{name}_{i}" for i, name in enumerate(subject)]), np.full(30, "micro"), ("x", "y", "z"), "emotion3",
        ("clip", "value"), copies=rng.normal(size=(15, 4)).astype(np.float32), copy_of=copy_of,
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(examples, tmp_path_factory):
    path = tmp_path_factory.mktemp("curve") / "examples.h5"
    write_examples(examples, path, dataset="d", experiment="e", params={}, code="", inputs={})
    return path


def points_of(path, draw):
    return list(train_points(path, Method("majority", seeds=(7, 8)), draw=draw, points=3, machine=Machine("cpu")))


def test_sizes_by_hand():
    assert curve_sizes(8, points=4) == [2, 3, 4, 5]
    assert curve_sizes(26, points=3) == [2, 5, 11]
    assert curve_sizes(4, points=4) == [2]
    assert curve_sizes(3, points=4) == []


def test_draws_are_orders_of_all_subjects_that_do_not_depend_on_how_clips_lie():
    orders = [drawn_order(subjects, draw=draw) for draw in range(3) for subjects in ("fedcba", "aabbccddeeff")]
    assert [order == other for order, other in zip(orders[::2], orders[1::2], strict=True)] == [True] * 3
    assert {frozenset(order) for order in orders} == {frozenset(SUBJECTS)}
    assert len(set(map(tuple, orders))) == 3


def test_examples_of_subjects_keep_their_rows_and_copies(examples):
    part = examples_of_subjects(examples, ["e", "b"])
    assert sorted(set(part.subject)) == ["b", "e"]
    for row, clip in enumerate(part.clip):
        (whole,) = np.flatnonzero(examples.clip == clip)
        np.testing.assert_array_equal(part.x[row], examples.x[whole])
        assert (part.label[row], part.digest[row]) == (examples.label[whole], examples.digest[whole])
    copies = dict(zip(examples.clip[examples.copy_of], examples.copies, strict=True))
    assert len(part.copies) == sum(clip[0] in "be" for clip in copies)
    for clip, copy in zip(part.clip[part.copy_of], part.copies, strict=True):
        np.testing.assert_array_equal(copy, copies[clip])


def test_a_majority_says_what_most_clips_of_the_drawn_subjects_are(examples, path):
    """Counted here: of the first subjects of the order that are not the tested one."""
    for draw in (0, 1):
        order = drawn_order(SUBJECTS, draw=draw)
        for point in points_of(path, draw):
            table = point.predictions
            assert sorted(table["clip"]) == sorted(examples.clip), "each clip is tested once, whatever is drawn"
            assert set(table["seed"]) == {7 + draw}, "a draw has one seed, in turns"
            for fold, own in table.groupby("fold"):
                taken = [name for name in order if name != fold][: point.subjects]
                counted = Counter(examples.label[np.isin(examples.subject, taken)].tolist())
                assert set(own["subject"]) == {fold}
                assert counted[examples.classes.index(own["predicted"].iloc[0])] == max(counted.values())
            assert point.clips == 5 * point.subjects


def test_with_all_subjects_a_network_is_that_of_the_fold(examples, tmp_path):
    """Taking rows out of the examples changes nothing else: same weights, same scores."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 28, 28, 3)).astype(np.float32)
    nothing = np.zeros(0, dtype=np.str_)
    images = replace(
        examples, x=x, dims=("clip", "row", "column", "channel"), copies=x[:2], copy_of=np.array([5, 9]),
        digest=nothing, copy_digest=nothing,
    )  # fmt: skip
    method = Method("ststnet", training=TrainingSettings(min_epochs=1, min_steps=1), seeds=(0,))
    for name, part in (("whole", images), ("part", examples_of_subjects(images, list(SUBJECTS)))):
        run_fold(part, "c", tmp_path / name, method, machine=Machine("cpu"))
    whole, part = (pd.read_csv(tmp_path / name / "predictions.csv") for name in ("whole", "part"))
    pd.testing.assert_frame_equal(whole, part)


def test_a_point_that_a_fold_has_too_few_classes_for_has_no_number_and_says_why(examples, tmp_path):
    label = np.where(examples.subject == "a", 1, 0)
    one_class = replace(examples, label=label)
    path = tmp_path / "examples.h5"
    write_examples(one_class, path, dataset="d", experiment="e", params={}, code="", inputs={})
    first = points_of(path, 0)[0]
    assert first.predictions is None
    assert first.reason.startswith("too few classes in fold ")
    assert read_examples(path).classes == examples.classes


def test_too_few_subjects_other_protocols_and_settings_are_refused(examples, tmp_path):
    path = tmp_path / "examples.h5"
    few = examples_of_subjects(examples, ["a", "b", "c"])
    write_examples(few, path, dataset="d", experiment="e", params={}, code="", inputs={})
    with pytest.raises(DatasetError, match="expected 4 or more subjects for a learning curve, but found 3"):
        points_of(path, 0)
    with pytest.raises(ConfigError, match=r"expected protocol loso, .* but found kfold_subject"):
        check_curve("d", "x", experiment({**_SETTINGS, "protocol": {"name": "kfold_subject"}}))
    with pytest.raises(ConfigError, match="test_expression: micro, by which clips train that are not tested"):
        check_curve("d", "x", experiment({**_SETTINGS, "protocol": {"name": "loso", "test_expression": "micro"}}))
    check_curve("d", "x", experiment(_SETTINGS))
    with pytest.raises(ConfigError, match=r"learning_curve\.draws: expected 2 or more"):
        CurveSettings(draws=1)


_SETTINGS = {"artefact": "flow_images/uvs28", "model": "ststnet"}
