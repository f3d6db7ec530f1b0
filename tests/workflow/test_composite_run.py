"""A composite of two embedded members, and a folder of ready flow images, from their sources to metrics."""

import pandas as pd
import pytest
from tests.datasets.flow_images.flow_images_fixture import write_folds
from tests.evaluation.scored_fixture import row_of

from merflow.artefacts import read_examples
from merflow.evaluation import read_metrics
from merflow.evaluation.rows import Scope

pytestmark = pytest.mark.workflow
METRICS = "results/mix/ststnet/metrics.csv"
MEMBERS = {"one": ("smic", "smic_cropped", 5), "two": ("casme3", "clips", 4)}


@pytest.fixture(scope="module")
def mixed(new_workflow, tmp_path_factory):
    """The composite, run to its metrics. Tests may look, not change."""
    run = new_workflow(tmp_path_factory.mktemp("mixed"))
    config = run.config
    for name, (reader, layout, seed) in MEMBERS.items():
        synthesis = {"layout": layout, "n_subjects": 2, "clips": 3, "seed": seed}
        config["datasets"][name] = {"reader": reader, "root": f"results/{name}/raw", "synthesis": synthesis}
    config["datasets"]["mix"] = {"reader": "composite", "members": list(MEMBERS)}
    crossed = {"name": "cross_dataset", "train": ["one"], "test": "two"}
    config["experiments"]["crossed"] = {"extends": "flow_image_svm", "protocol": crossed}
    run.write_config(config)
    run(METRICS)
    return run


def test_a_composite_has_the_clips_of_its_members_and_no_artefacts(mixed):
    examples = read_examples(mixed.folder / "results/mix/ststnet/examples.h5", dataset="mix")
    members = [set(pd.read_csv(mixed.folder / f"results/{name}/clips.csv", dtype=str)["clip"]) for name in MEMBERS]
    expected = {f"{name}.{clip}" for name, clips in zip(MEMBERS, members, strict=True) for clip in clips}
    left_out = set(pd.read_csv(mixed.folder / "results/mix/ststnet/exclusions.csv")["clip"])
    assert set(examples.clip.tolist()) == expected - left_out
    assert not (mixed.folder / "results/mix/artefacts").exists()
    for name in MEMBERS:
        assert len(list((mixed.folder / f"results/{name}/artefacts/flow_images/uvs28").glob("*.h5"))) == 2


def test_scores_stand_for_all_and_for_each_member(mixed):
    metrics = read_metrics(mixed.folder / METRICS)
    clips = [row_of(metrics, "UF1", Scope.MEMBER, name).n for name in MEMBERS]
    assert row_of(metrics, "UF1").n == sum(clips)
    folds = sorted(path.name for path in (mixed.folder / "results/mix/ststnet/folds").iterdir())
    assert folds == ["one.s01", "one.s02", "two.spNO.1", "two.spNO.2"]


def test_a_member_is_tested_by_a_model_of_the_other(mixed):
    mixed("results/mix/crossed/metrics.csv")
    folder = mixed.folder / "results/mix/crossed"
    assert [path.name for path in (folder / "folds").iterdir()] == ["two"]
    headline = row_of(read_metrics(folder / "metrics.csv"), "UF1")
    assert headline.n == row_of(read_metrics(mixed.folder / METRICS), "UF1", Scope.MEMBER, "two").n
    assert (headline.protocol, headline.note[:33]) == ("cross_dataset", "trained on one, tested on two; pe")
    assert mixed.check("results/mix/crossed")[1] == 0


def test_a_composite_is_compared_with_the_shards_of_its_members(mixed):
    own, status = mixed.check("results/mix/ststnet")
    assert status == 0, own
    told, status = mixed.check("results/mix/ststnet", "--freed")
    assert (told, status) == (own, 0)
    compared = int(own.split("Whole: ")[1].split()[0])
    shards = [path for name in MEMBERS for path in (mixed.folder / "results" / name / "artefacts").rglob("*.h5")]
    files = [path for path in (mixed.folder / "results/mix/ststnet").rglob("*") if path.is_file()]
    beside = [path for path in files if not path.name.startswith(".")]
    assert compared == len(shards) + len(beside) + 4  # the index, and what seals its tables


def test_a_member_of_its_own_reuses_what_the_composite_made(mixed):
    assert mixed.planned(METRICS) == {}
    planned = mixed.planned("results/one/flow_image_majority/metrics.csv")
    assert set(planned) == {"build_examples", "fit_baselines", "list_folds", "score_experiment"}


def test_the_quality_page_of_a_composite_leads_to_those_of_its_members(mixed):
    page = "results/mix/qc/index.html"
    mixed(page)
    assert mixed.planned(page) == {}
    tables = {name: pd.read_csv(mixed.folder / f"results/{name}/qc/clips.tsv", sep="\t") for name in (*MEMBERS, "mix")}
    for name in MEMBERS:
        own = tables["mix"][tables["mix"]["dataset"] == name]
        assert set(own["clip"]) == {f"{name}.{clip}" for clip in tables[name]["clip"]}
        assert own["brightness"].tolist() == tables[name]["brightness"].tolist()
        subjects = (mixed.folder / f"results/{name}/qc/subjects").glob("*.html")
        text = (mixed.folder / page).read_text()
        assert all(f"../../{name}/qc/subjects/{path.name}#" in text for path in subjects)
    assert mixed.planned("results/one/qc/index.html") == {}


def test_a_label_set_that_a_member_cannot_give_is_refused_before_any_work(mixed):
    refused = mixed("-n", "results/mix/landmark_svm-objective5/metrics.csv", check=False)
    assert refused.returncode != 0
    assert "but one has none of I, II, III, IV, V" in refused.output


def test_ready_flow_images_train_without_any_recording(new_workflow, tmp_path):
    run = new_workflow(tmp_path)
    write_folds(tmp_path / "folds", subjects=3, clips=9, seed=0)
    run.config["datasets"]["ready"] = {"reader": "flow_images", "root": str(tmp_path / "folds")}
    run.write_config(run.config)
    refused = run("-n", "results/ready/sequence_majority/metrics.csv", check=False)
    assert refused.returncode != 0
    assert "dataset ready: expected artefacts of kind flow_images" in refused.output
    target = "results/ready/ststnet/metrics.csv"
    run(target)
    assert row_of(read_metrics(tmp_path / target), "UF1").n == 9
    assert [path.name for path in (tmp_path / "results/ready/artefacts").iterdir()] == ["flow_images"]
    assert run.planned(target) == {}
    told, status = run.check()
    assert status == 0, told
