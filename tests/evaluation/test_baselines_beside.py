import pandas as pd
import pytest

from merflow.errors import ArtefactError
from merflow.evaluation.baselines import with_baselines
from merflow.evaluation.metrics_table import write_metrics
from merflow.evaluation.predictions import write_predictions
from merflow.evaluation.rows import MetricRow, Scope
from merflow.files import seal_beside

HEADLINE = ("UF1", "UAR", "ACC")


def table(n, **changes):
    numbers = {"value": 0.5, "ci_low": 0.4, "ci_high": 0.6, "n": n, "protocol": "loso", "note": "pooled", **changes}
    pooled = [MetricRow(metric=name, scope=Scope.POOLED, **numbers) for name in HEADLINE]
    return [*pooled, MetricRow(metric="UF1", scope=Scope.SEED, name="0", **numbers)]


@pytest.mark.parametrize(("n", "marked"), [(96, False), (90, True)])
def test_headline_of_each_baseline_is_appended_and_other_clips_are_marked(tmp_path, n, marked):
    write_metrics(table(n), tmp_path / "metrics.csv")
    result = with_baselines(table(96), {"majority": tmp_path / "metrics.csv"})
    assert result[:4] == table(96)
    extra = [(row.metric, row.scope, row.name) for row in result[4:]]
    assert extra == [(name, Scope.BASELINE, "majority") for name in HEADLINE]
    assert all(row.note.startswith("on other clips") == marked for row in result[4:])


@pytest.mark.parametrize(
    ("clips", "remark"),
    [
        ({"c1", "c2", "c3"}, "pooled"),
        ({"c1", "c2", "c9"}, "on other clips than the experiment, though as many: 1 clip of its own"),
    ],
)
def test_as_many_clips_are_not_taken_for_the_same_ones(tmp_path, clips, remark):
    """Two methods may each lose one clip, another one: n is the same, and nothing told them apart."""
    rows = [("c1", "s1", "x"), ("c2", "s1", "y"), ("c3", "s2", "x")]
    predictions = pd.DataFrame([(clip, subject, 0, label, label) for clip, subject, label in rows],
                               columns=["clip", "subject", "seed", "label", "predicted"])  # fmt: skip
    scores = {f"score_{name}": (predictions["predicted"] == name) * 1.0 for name in "xy"}
    write_predictions(predictions.assign(**scores, fold=predictions["subject"]), tmp_path / "predictions.csv")
    write_metrics(table(3), tmp_path / "metrics.csv")
    result = with_baselines(table(3), {"majority": tmp_path / "metrics.csv"}, clips=clips)
    assert all(row.note.startswith(remark) for row in result[4:])


def test_a_baseline_of_one_subject_has_no_interval(tmp_path):
    """It could not be put beside anything while the interval was taken for damage."""
    write_metrics(table(96, ci_low=None, ci_high=None), tmp_path / "metrics.csv")
    result = with_baselines(table(96), {"majority": tmp_path / "metrics.csv"})
    assert [row.ci_low for row in result[4:]] == [None] * 3


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda data: data.splitlines(keepends=True)[0], "no headline"),
        (lambda data: data.replace(b"UAR", b"UAP"), "the headline UF1, ACC in place of UF1, UAR, ACC"),
        (lambda data: data.replace(b"UAR,pooled", b"UAR,seed"), "the headline UF1, ACC in place of UF1, UAR, ACC"),
    ],
)
def test_metrics_of_a_baseline_without_its_headline_are_refused(tmp_path, damage, found):
    path = tmp_path / "metrics.csv"
    write_metrics(table(96), path)
    path.write_bytes(damage(path.read_bytes()))
    seal_beside(path).unlink()
    with pytest.raises(ArtefactError, match=found) as caught:
        with_baselines(table(96), {"majority": path})
    assert str(caught.value).endswith(f"Make it anew: snakemake --cores all --force {path}")


def test_missing_metrics_of_a_baseline_are_told(tmp_path):
    with pytest.raises(ArtefactError, match="No such file or directory"):
        with_baselines(table(96), {"majority": tmp_path / "metrics.csv"})


def test_another_digit_in_the_metrics_of_a_baseline_is_told_by_their_seal(tmp_path):
    path = tmp_path / "metrics.csv"
    write_metrics(table(96), path)
    assert len(with_baselines(table(96), {"majority": path})) == 7
    path.write_text(path.read_text().replace("UAR,pooled,,0.5", "UAR,pooled,,0.6"))
    with pytest.raises(ArtefactError, match=r"SHA-256 stands in metrics\.csv\.sha256") as caught:
        with_baselines(table(96), {"majority": path})
    assert str(caught.value).endswith(f"else make it anew: snakemake --cores all --force {path}")
