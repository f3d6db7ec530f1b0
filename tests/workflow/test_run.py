"""The tiny dataset from recordings to metrics, as a user would run it."""

import pandas as pd
import pytest
import yaml
from tests.evaluation.scored_fixture import row_of
from tests.workflow.conftest import digest
from tests.workflow.warm_python import WarmPython

from merflow.artefacts import open_shard, read_examples
from merflow.evaluation import read_metrics
from merflow.evaluation.rows import Scope

pytestmark = pytest.mark.workflow
METRICS = "results/tiny/lite_point_gcn/metrics.csv"


def test_the_exact_set_of_files(finished):
    base = finished.folder / "results/tiny"
    subjects = [f"spNO.{number}" for number in (1, 2, 3)]
    expected, lists = {"clips.csv", "exclusions.csv"}, set()
    for kind, variant in [
        ("faces", "aligned256"), ("flow", "tvl1"), ("depth_flow", "denoised"), ("clouds", "denoised"),
        ("regions", "sort1024"),
    ]:  # fmt: skip
        expected |= {f"artefacts/{kind}/{variant}/{subject}.h5" for subject in subjects}
        lists |= {f"artefacts/{kind}/{variant}/{name}.csv" for name in ("shards", "batches/1-3")}
    for experiment, seeds in (("lite_point_gcn", (0, 1)), ("majority", (0,)), ("flow_svm", (0,))):
        names = ("examples.h5", "exclusions.csv", "predictions.csv", "metrics.csv", "confusion.png", "settings.yaml")
        expected |= {f"{experiment}/{name}" for name in names}
        jobs = ("1", "2", "3") if experiment == "lite_point_gcn" else ("1-3",)  # a baseline is one job
        lists |= {f"{experiment}/folds.csv", *(f"{experiment}/batches/{job}.csv" for job in jobs)}
        for subject in subjects:
            fold = f"{experiment}/folds/{subject}"
            expected |= {f"{fold}/predictions.csv", f"{fold}/history.csv", f"{fold}/made_of.json"}
            expected |= {f"{fold}/weights/seed{seed}.pt" for seed in seeds}
    files = [path for path in base.rglob("*") if path.is_file() and path.name != ".snakemake_timestamp"]
    found = {str(path.relative_to(base)) for path in files if "raw" not in path.parts}
    stages = {"faces", "flow", "depth_flow", "clouds", "regions"}
    expected |= {f"lite_point_gcn/pictures/{stage}.png" for stage in stages} | {"lite_point_gcn/training.png"}
    overviews = {name for name in found if name.startswith("lite_point_gcn/pictures/clips/")}
    assert len(overviews) == 3
    sealed = {name for name in expected if name.endswith(".csv") and "/folds/" not in name}
    assert found - overviews == expected | lists | {f"{name}.sha256" for name in sealed}


def test_metrics_say_how_they_were_obtained(finished):
    metrics = read_metrics(finished.folder / METRICS)
    assert list(pd.read_csv(finished.folder / METRICS).columns) == [
        "metric", "scope", "name", "value", "ci_low", "ci_high", "n", "protocol", "note",
    ]  # fmt: skip
    uf1 = row_of(metrics, "UF1")
    assert 0 <= uf1.ci_low <= uf1.value <= uf1.ci_high <= 1
    assert uf1.n == 12
    assert uf1.protocol == "loso"
    assert "3 folds" in uf1.note
    assert "2 seeds" in uf1.note
    assert "0 clips left out" in uf1.note
    assert {row.name for row in metrics if row.scope is Scope.BASELINE} == {"majority", "flow_svm"}


def test_every_clip_is_predicted_once_a_seed_by_a_model_that_never_saw_its_subject(finished):
    predictions = pd.read_csv(finished.folder / "results/tiny/lite_point_gcn/predictions.csv")
    assert len(predictions) == 12 * 2
    assert not predictions.duplicated(["clip", "seed"]).any()
    assert (predictions["fold"] == predictions["subject"]).all()


def test_the_resolved_settings_lie_beside_the_numbers(finished):
    settings = yaml.safe_load((finished.folder / "results/tiny/lite_point_gcn/settings.yaml").read_text())
    assert settings["experiment"]["training"]["min_epochs"] == 2
    assert settings["experiment"]["training"]["learning_rate"] == 1e-3
    assert settings["artefacts"]["flow/tvl1"]["tvl1"]["tau"] == 0.25


def test_artefacts_carry_their_provenance(finished):
    base = finished.folder / "results/tiny"
    for kind in ("faces", "flow", "depth_flow", "clouds", "regions"):
        (path,) = base.glob(f"artefacts/{kind}/*/spNO.2.h5")
        with open_shard(path, kind=kind, dataset="tiny", subject="spNO.2") as shard:
            assert len(shard.clips) == 4
            attrs = shard.root_attrs()
            assert attrs["params"] != "{}"
            assert attrs["inputs"] != "{}"
            assert len(attrs["code"]) == 16
            assert ("landmark_model" in attrs["inputs"]) == (kind == "faces")
    examples = read_examples(base / "lite_point_gcn/examples.h5", dataset="tiny", experiment="lite_point_gcn")
    assert examples.x.shape == (12, 8, 64, 6)


def test_a_second_run_has_nothing_to_do(finished):
    assert finished.planned(METRICS) == {}


def test_two_runs_give_the_same_bytes(copied):
    before = digest(copied.folder)
    fold = "results/tiny/lite_point_gcn/folds/spNO.1/predictions.csv"
    shards = [
        f"results/tiny/artefacts/{kind}/spNO.1.h5"
        for kind in ("faces/aligned256", "flow/tvl1", "depth_flow/denoised", "clouds/denoised", "regions/sort1024")
    ]
    for path in shards:
        (copied.folder / path).unlink()
    again = (*shards, "results/tiny/lite_point_gcn/examples.h5", fold, METRICS)
    jobs = WarmPython(hash_seed="1")  # another order of texts in sets
    try:
        copied("--force", *again, python=jobs.executable)
    finally:
        jobs.close()
    assert digest(copied.folder) == before


def test_a_shard_can_be_asked_for_before_its_recordings_are_rendered(workflow):
    """The index, a checkpoint, is not there: no resource of the job may look into it."""
    planned = workflow.planned("results/tiny/artefacts/flow/tvl1/spNO.1.h5")
    assert planned == {
        "synthesise_dataset": 1, "index_dataset": 1, "extract_faces_of_subject": 1, "compute_flow_of_subject": 1
    }  # fmt: skip


def test_logs_and_benchmarks_of_every_job(finished):
    logs = {path.parent.name for path in (finished.folder / "results/logs").rglob("*.log")}
    assert logs
    table = pd.read_csv(finished.folder / "results/benchmarks/extract_faces/tiny/aligned256/1-3.tsv", sep="\t")
    assert table["s"].iloc[0] > 0


def test_accuracy_of_the_tiny_dataset_keeps_its_limits(copied):
    copied("results/tiny/accuracy.csv")
    table = pd.read_csv(copied.folder / "results/tiny/accuracy.csv", keep_default_na=False).set_index("quantity")
    limited = table[table["limit"] != ""]
    assert len(limited) == 8
    assert (limited["holds"] == "true").all(), limited
    errors = table["mean"].astype(float)
    assert errors["expression flow"] < errors["true expression"] < errors["expression flow, keypoints"]
    assert errors["dz rms"] < errors["dz rms, raw"]


def test_report_holds_metrics_pictures_exclusions_and_their_captions(copied):
    copied("--report", "report.html", METRICS)
    page = (copied.folder / "report.html").read_text()
    for text in ("confusion matrix", "clips left out", "through every stage", "What to do", "score_experiment"):
        assert text in page
    clips = pd.read_csv(copied.folder / "results/tiny/clips.csv")["clip"]
    assert any(f"{clip}.png" in page for clip in clips)
