"""Folds on fewer subjects: nested draws, test clips that stay those of the fold, and what a majority then says."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from tests.plan_fixture import experiment

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.errors import ConfigError, DatasetError
from merflow.evaluation.learning_curve import rows_of_point
from merflow.plan import check_curve
from merflow.training.curve_settings import CurveSettings
from merflow.training.execution import Machine
from merflow.training.fold_clips import fitted_rows, folds_of_examples
from merflow.training.learning_curve import curve_sizes, drawn_order, of_first_subjects, train_points
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings

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
    assert curve_sizes(7, points=4) == [2, 3, 4, 5]
    assert curve_sizes(25, points=3) == [2, 5, 11]
    assert curve_sizes(3, points=4) == [2]
    assert curve_sizes(2, points=4) == curve_sizes(0, points=4) == []


def test_draws_are_orders_of_all_subjects_that_do_not_depend_on_how_clips_lie():
    orders = [drawn_order(subjects, draw=draw) for draw in range(3) for subjects in ("fedcba", "aabbccddeeff")]
    assert [order == other for order, other in zip(orders[::2], orders[1::2], strict=True)] == [True] * 3
    assert {frozenset(order) for order in orders} == {frozenset(SUBJECTS)}
    assert len(set(map(tuple, orders))) == 3


def test_a_fold_of_its_first_subjects_keeps_its_test_and_trains_on_no_other(examples):
    (fold,) = [fold for fold in folds_of_examples(examples, ProtocolSettings()) if fold.name == "c"]
    part = of_first_subjects(fold, examples, ["e", "c", "b", "a", "d", "f"], 2)
    assert sorted(set(examples.subject[part.train])) == ["b", "e"]
    assert len(part.train) == 10
    assert part.test.tolist() == fold.test.tolist()
    assert of_first_subjects(fold, examples, SUBJECTS).train.tolist() == fold.train.tolist()
    rows = fitted_rows(examples, part).rows  # the copies of these clips train with them, and no others
    copies = [examples.subject[examples.copy_of[row - len(examples.x)]] for row in rows if row >= len(examples.x)]
    assert sorted(set(copies)) == ["b", "e"]


def test_a_majority_says_what_most_clips_of_the_drawn_subjects_are(examples, path):
    """Counted here: of the first subjects of the order that are not the tested one."""
    for draw in (0, 1):
        order = drawn_order(SUBJECTS, draw=draw)
        *drawn, itself = points_of(path, draw)
        assert (itself.subjects, itself.clips, itself.predictions, itself.reason) == (5, 25.0, None, "")
        assert [point.subjects for point in drawn] == [2, 3, 4]
        for point in drawn:
            table = point.predictions
            assert sorted(table["clip"]) == sorted(examples.clip), "each clip is tested once, whatever is drawn"
            assert set(table["seed"]) == {7 + draw}, "a draw has one seed, in turns"
            for fold, own in table.groupby("fold"):
                taken = [name for name in order if name != fold][: point.subjects]
                counted = Counter(examples.label[np.isin(examples.subject, taken)].tolist())
                assert set(own["subject"]) == {fold}
                assert counted[examples.classes.index(own["predicted"].iloc[0])] == max(counted.values())
            assert point.clips == 5 * point.subjects


@pytest.mark.parametrize("multi", [False, True])
def test_a_point_is_scored_whatever_its_labels_and_words_are(examples, tmp_path, multi):
    """Labels that are told one by one, and words that pandas takes for missing values."""
    path, words = tmp_path / "examples.h5", ("None", "NA", "null")
    label = np.eye(3, dtype=np.uint8)[examples.label] if multi else examples.label
    write_examples(
        replace(examples, label=label, classes=words), path, dataset="d", experiment="e", params={}, code="", inputs={}
    )
    points = train_points(path, Method("majority"), draw=0, points=3, machine=Machine("cpu"))
    for point in [one for one in points if one.predictions is not None]:
        rows = rows_of_point(point.predictions, subjects=point.subjects, draw=0, clips=point.clips)
        scores = {row["metric"]: row["value"] for row in rows}
        column = "truth" if multi else "label"
        told = point.predictions["predicted"] == point.predictions[column]
        assert scores["accuracy" if multi else "ACC"] == pytest.approx(told.mean())
        assert {row["n"] for row in rows} == {len(examples.label)}


FOLDS = {"a": "1", "b": "1", "c": "2", "d": "2", "e": "2", "f": "2"}


@pytest.mark.parametrize(
    ("protocol", "tested", "sizes"),
    [
        ({"name": "kfold_subject", "k": 3}, [2, 2, 2], [2, 3]),
        ({"name": "given_folds"}, [2, 4], []),  # fold 2 leaves two people to train on
        ({"name": "holdout", "subjects": ["a", "f"]}, [2], [2, 3]),
        ({"name": "holdout", "fold": "1"}, [2], [2, 3]),
    ],
)
def test_the_folds_of_other_protocols_keep_their_tests(examples, tmp_path, protocol, tested, sizes):
    path, settings = tmp_path / "examples.h5", ProtocolSettings(**protocol)
    given = replace(examples, fold=np.array([FOLDS[name] for name in examples.subject]))
    write_examples(given, path, dataset="d", experiment="e", params={}, code="", inputs={})
    method = Method("majority", protocol=settings)
    if not sizes:
        with pytest.raises(DatasetError, match=r"expected 3 or more training subjects in each fold .* but found 2"):
            list(train_points(path, method, draw=0, points=2))
        return
    *drawn, itself = train_points(path, method, draw=0, points=2)
    folds = {fold.name: fold for fold in folds_of_examples(given, settings)}
    assert sorted(len(set(given.subject[fold.test])) for fold in folds.values()) == tested
    assert (itself.subjects, itself.clips) == (4, 20)
    assert [point.subjects for point in drawn] == sizes
    for point in drawn:
        assert point.clips == 5 * point.subjects
        for name, own in point.predictions.groupby("fold"):
            assert sorted(own["clip"]) == sorted(given.clip[folds[name].test])


def test_people_of_the_other_datasets_alone_are_counted_across_datasets(examples, tmp_path):
    member = dict(zip(SUBJECTS, ("one", "one", "one", "one", "two", "two"), strict=True))
    names = np.array([f"{member[name]}.{name}" for name in examples.subject])
    path = tmp_path / "examples.h5"
    write_examples(replace(examples, subject=names), path, dataset="d", experiment="e", params={}, code="", inputs={})
    crossed = ProtocolSettings(name="cross_dataset", train=("one",), test="two")
    *drawn, itself = train_points(path, Method("majority", protocol=crossed), draw=0, points=2)
    assert [point.subjects for point in (*drawn, itself)] == [2, 3, 4]
    assert all(set(point.predictions["subject"]) == {"two.e", "two.f"} for point in drawn)


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
    rows = np.flatnonzero(np.isin(examples.subject, ["a", "b", "c"]))
    columns = {
        name: getattr(examples, name)[rows] for name in ("x", "label", "subject", "clip", "expression", "digest")
    }
    few = replace(
        examples, **columns, copies=examples.copies[:0], copy_of=examples.copy_of[:0],
        copy_digest=examples.copy_digest[:0], aus=np.zeros((15, 0)), aus_known=np.zeros(15, dtype=bool),
        fold=np.full(15, ""), apex_and_length=examples.apex_and_length[rows],
    )  # fmt: skip
    write_examples(few, path, dataset="d", experiment="e", params={}, code="", inputs={})
    with pytest.raises(DatasetError, match=r"expected 3 or more training subjects in each fold .* but found 2"):
        points_of(path, 0)
    crossed = {"name": "cross_domain"}
    for protocol in ({"name": "kfold_random_leaky"}, crossed | {"keep_test_subject_macro": True}):
        with pytest.raises(ConfigError, match=f"test subjects never train, .* but found {protocol['name']}"):
            check_curve("d", "x", experiment({**_SETTINGS, "expressions": ["micro", "macro"], "protocol": protocol}))
    for protocol in ({"name": "loso", "test_expression": "micro"}, {"name": "kfold_subject"}, crossed):
        check_curve("d", "x", experiment({**_SETTINGS, "expressions": ["micro", "macro"], "protocol": protocol}))
    with pytest.raises(ConfigError, match=r"learning_curve\.draws: expected 2 or more"):
        CurveSettings(draws=1)


_SETTINGS = {"artefact": "flow_images/uvs28", "model": "ststnet"}
