"""The lines that end a run: the scores as metrics.csv has them, the clips that were used, what can be asked next."""

import csv
import dataclasses
import shutil
from pathlib import Path

import pytest

from merflow.datasets.clip_table import write_exclusions
from merflow.evaluation.metrics_table import write_metrics
from merflow.evaluation.outcome import MOST_EXPERIMENTS, outcome
from merflow.evaluation.rows import MetricRow, Scope, joined_note
from merflow.training.folds import protocol_note
from merflow.training.settings import ProtocolSettings

NET, BASELINE = Path("results/mine/my_net"), Path("results/mine/my_svm")
LEFT_OUT = {"clip": "s2_b_3", "subject": "s2", "stage": "faces", "reason": "no face", "source": "b"}


def row(metric, value, scope=Scope.POOLED, **more):
    return MetricRow(metric=metric, scope=scope, value=value, ci_low=value - 0.1, ci_high=value + 0.1, n=3,
                     protocol="loso", note="", **more)  # fmt: skip


@pytest.fixture
def scored(tmp_path, monkeypatch):
    """A network with a baseline: three clips of two subjects with two seeds each, and one clip left out twice."""
    monkeypatch.chdir(tmp_path)
    for folder in (NET, BASELINE):
        folder.mkdir(parents=True)
        write_exclusions([LEFT_OUT, LEFT_OUT | {"stage": "flow"}] if folder == NET else [], folder / "exclusions.csv")
        with (folder / "predictions.csv").open("w", newline="") as file:
            clips = (("s1_a_1", "s1"), ("s1_b_1", "s1"), ("s2_a_1", "s2"))
            csv.writer(file).writerows([("clip", "subject", "seed"), *((*clip, s) for clip in clips for s in (0, 1))])
    baseline = [row(name, 0.3, Scope.BASELINE, name="my_svm") for name in ("UF1", "UAR")]
    write_metrics([row("UF1", 0.5), row("UAR", 0.6), row("ACC", 0.7), *baseline], NET / "metrics.csv")
    write_metrics([row("UF1", 0.3), row("UAR", 0.3)], BASELINE / "metrics.csv")


def test_a_run_ends_with_the_scores_of_its_network_beside_its_baseline(scored):
    said = outcome([BASELINE / "metrics.csv", NET / "metrics.csv"], study=Path("my study"))
    assert said == [
        "mine, my_net: UF1 0.500 (95 % interval 0.400 to 0.600), UAR 0.600 (95 % interval 0.500 to 0.700); protocol "
        "loso",
        "  baseline my_svm: UF1 0.300 (95 % interval 0.200 to 0.400), UAR 0.300 (95 % interval 0.200 to 0.400)",
        "  used: 3 clips of 2 subjects, 1 left out (why: my study/results/mine/my_net/exclusions.csv)",
        "  all scores: my study/results/mine/my_net/metrics.csv",
        "Every score and picture: merflow show 'my study/results/mine/my_net'",
        "Which clips can be believed: merflow run 'my study' results/mine/qc/index.html",
        "A network for new recordings: merflow run 'my study' results/mine/my_net/final/model.pt",
    ]


@pytest.mark.parametrize(("keeps", "said"), [(False, ""), (True, " (macro clips of the test subject are in training)")])
def test_the_protocol_of_a_score_says_whether_the_tested_subjects_train(scored, keeps, said):
    protocol = ProtocolSettings(name="cross_domain", keep_test_subject_macro=keeps)
    own = dataclasses.replace(row("UF1", 0.5), protocol=protocol.name)
    note = joined_note(protocol_note(protocol), "1 fold pooled")
    write_metrics([dataclasses.replace(own, metric=name, note=note) for name in ("UF1", "UAR")], NET / "metrics.csv")
    assert outcome([NET / "metrics.csv"], study=Path())[0].endswith(f"; protocol cross_domain{said}")


def test_a_baseline_that_was_asked_for_alone_and_other_files_are_told(scored):
    model = "results/mine/my_net/final/model.pt"
    for path in (Path(model), Path("results/mine/clips.csv")):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    said = outcome([BASELINE / "metrics.csv", model], study=Path())
    assert said[0].startswith("mine, my_svm: UF1 0.300")
    assert said[-1] == f"Predict a recording: merflow predict {model} RECORDING"
    assert f"Made: {model}" in said
    assert outcome(["results/mine/clips.csv", "results/none/metrics.csv"], study=Path("a")) == [
        "Made: a/results/mine/clips.csv"
    ]


def test_of_many_experiments_the_others_are_counted_and_the_page_of_all_has_the_place_of_the_study(scored):
    folders = [Path(f"results/mine/net{number}") for number in range(MOST_EXPERIMENTS + 1)]
    for folder in folders:
        shutil.copytree(NET, folder)
    said = outcome([folder / "metrics.csv" for folder in folders], study=Path("my study"))
    assert "and 1 more experiment; all of them: my study/results/summary.html" in said
