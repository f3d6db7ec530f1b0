"""What the workflow runs to score an experiment asks for the seeds, the model and the subjects of its settings."""

import importlib

import pytest
from tests.evaluation.test_whole_folds import CLASSES, SEEDS, write_fold
from tests.workflow.conftest import ROOT

from merflow.datasets.clip_table import write_exclusions
from merflow.errors import ArtefactError
from merflow.evaluation import read_metrics
from merflow.evaluation.scoring import Scoring
from merflow.training.fold_lists import FOLD_LISTS, row_of
from merflow.training.fold_record import RECORD, write_record
from merflow.training.settings import ProtocolSettings

TRAINED = {"model_params": {"hidden": 32}}


@pytest.fixture
def score(tmp_path, monkeypatch):
    """Score three folds as the rule does; keyword arguments replace its settings."""
    monkeypatch.syspath_prepend(str(ROOT / "workflow/scripts"))
    script = importlib.import_module("score_experiment")
    folds = tmp_path / "folds"
    folds.mkdir()
    paths = [write_fold(folds, subject, start=i) for i, subject in enumerate(("s1", "s2", "s3"))]
    listed = tmp_path / "folds.csv"
    write_exclusions([], tmp_path / "exclusions.csv")
    out = {name: tmp_path / name for name in ("metrics", "predictions", "settings")} | {"confusion": tmp_path / "c.png"}

    def run(
        *, seeds=SEEDS, model="lite_point_gcn", protocol="loso", recorded=True, labels="emotion3", now=None, **splits
    ):
        for path in paths if recorded else ():
            history = path.with_name("history.csv")
            history.write_text("seed\n")
            write_record(path.parent, made_of={"settings": TRAINED}, seeds=seeds, files=[path, history])
        if recorded:
            FOLD_LISTS.write(listed, [row_of(path.parent) for path in paths])
        protocol = ProtocolSettings(protocol, **splits)
        asked = Scoring(model=model, labels=labels, protocol=protocol, seeds=tuple(seeds), bootstrap=50)
        script.main(
            listed, tmp_path / "exclusions.csv", {}, out,
            asked=asked, resolved={"experiment": now or TRAINED}, composite=False, title="",
        )  # fmt: skip
        return out

    return run, paths


def test_whole_folds_are_scored(score):
    run, _ = score
    out = run()
    assert "mean over 2 seeds" in out["metrics"].read_text()
    assert all(path.is_file() for path in out.values())


def test_every_number_says_what_was_trained_on_what_was_tested_and_which_classes_are_not_common(score):
    run, paths = score
    lost = [{"clip": f"{name}.1_a", "subject": "", "stage": "index", "reason": "r", "source": ""} for name in "ac"]
    lost.append(lost[-1] | {"clip": "c.2_a"})
    write_exclusions(lost, paths[0].parents[2] / "exclusions.csv")
    metrics = read_metrics(run(protocol="cross_dataset", train=("a", "b"), test="c", labels="emotion4")["metrics"])
    assert {row.protocol for row in metrics} == {"cross_dataset"}
    expected = "trained on a and b, tested on c; people of two datasets are taken for different people; of emotion4 not"
    assert all(expected in row.note for row in metrics)
    left_out = "every dataset shows others: left out; clips left out: 1 of a, 0 of b, 2 of c"
    assert all(left_out in row.note for row in metrics)
    metrics = read_metrics(run(protocol="holdout")["metrics"])
    drawn = "one split, trained on all other subjects than one in 5, drawn with seed 0; tested: s1, s2, s3"
    assert all(row.note.startswith(drawn) and "every dataset" not in row.note for row in metrics)


def test_seeds_are_those_of_the_settings(score):
    run, _ = score
    with pytest.raises(ArtefactError, match="the seeds 0, 1, 2 of the experiment's settings, but found the seeds 0, 1"):
        run(seeds=(0, 1, 2))


def test_folds_of_other_settings_are_not_scored(score):
    """Results that were copied without ``.snakemake``: Snakemake does not know what their folds were made with."""
    run, paths = score
    found = r"s1: expected a fold that was trained with the settings of the experiment, but found one of others "
    with pytest.raises(ArtefactError, match=found + r"\(model_params: hidden: 32 then, 16 now\)") as error:
        run(now={"model_params": {"hidden": 16}, "labels": "emotion3"})
    assert f"Delete {paths[0].parents[1]} and give the same command again." in str(error.value)
    run(now={**TRAINED, "labels": "emotion3"})


def test_a_row_that_was_changed_by_hand_is_told_by_the_record_of_its_fold(score):
    """The table is as good as any other: the class with the largest score is predicted, and it is the right one."""
    run, paths = score
    run()
    paths[1].write_text(paths[0].read_text().replace("s1", "s2"))
    with pytest.raises(ArtefactError, match=r"s2: expected a fold as a job has trained it, but predictions.csv was"):
        run(recorded=False)
    (paths[1].parent / RECORD).unlink()
    with pytest.raises(ArtefactError, match=r"but no made_of.json that is whole. Make it anew: .*/s2/predictions.csv"):
        run(recorded=False)


@pytest.mark.parametrize(("model", "refused"), [("lite_point_gcn", True), ("flow_svm", False)])
def test_scores_are_those_of_the_model(score, model, refused):
    run, paths = score
    lines = paths[0].read_text().splitlines()
    predicted = lines[1].split(",")[4]
    lines[1] = ",".join([*lines[1].split(",")[:5], *("9" if name == predicted else "-1" for name in CLASSES)])
    paths[0].write_text("\n".join(lines) + "\n")
    if not refused:
        run(model=model)
        return
    with pytest.raises(ArtefactError, match="scores from 0 to 1 whose sum is 1"):
        run(model=model)


@pytest.mark.parametrize(("protocol", "refused"), [("loso", True), ("cross_domain", True), ("kfold_subject", False)])
def test_subjects_are_those_of_the_protocol(score, protocol, refused):
    run, paths = score
    paths[0].write_text(paths[0].read_text().replace(",s1,", ",s9,"))
    if not refused:
        run(protocol=protocol)
        return
    with pytest.raises(ArtefactError, match="expected clips of 's1' alone"):
        run(protocol=protocol)


def test_curves_are_drawn_of_whole_folds_alone(score, tmp_path):
    """A digit of a loss is as good as another: the record of the fold tells."""
    run, paths = score
    run()
    script = importlib.import_module("draw_curves")
    paths[1].with_name("history.csv").write_text("seed\n\n")
    with pytest.raises(
        ArtefactError, match=r"s2: expected a fold as a job has trained it, but history.csv was changed"
    ):
        script.main(tmp_path / "folds.csv", tmp_path / "training.png", title="")
