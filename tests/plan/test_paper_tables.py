"""Which experiment each cell of the papers' tables asks for, with the shipped configuration."""

from collections import Counter

import pytest
from tests.shipped import ROOT, shipped_raw

from merflow import plan
from merflow.config import load_config, read_schema
from merflow.config.published_cells import published_cells
from merflow.errors import ConfigError
from merflow.plan.paper_tables import claims

SCHEMA = read_schema(ROOT / "workflow/schemas/config.schema.yaml")
CONFIG = load_config(shipped_raw(), SCHEMA)


def config_with(**changes):
    """Return the shipped configuration with other roots of datasets, more experiments, and other graphs."""
    raw = shipped_raw()
    raw["graphs"] |= changes.get("graphs", {})
    for name, root in changes.get("roots", {}).items():
        raw["datasets"][name]["root"] = str(root)
    raw["experiments"] |= changes.get("experiments", {})
    return load_config(raw, SCHEMA)


def test_each_cell_of_the_authors_own_is_one_experiment():
    own = [cell for cell in published_cells() if cell.question.source == "own"]
    assert len([cell for cell in own if cell.paper == "lite_point_gcn" and cell.method == "Lite-Point-GCN"]) == 38
    assert {(cell.paper, cell.table, cell.row, cell.dataset, cell.task): claims(CONFIG, cell) for cell in own
            if len(claims(CONFIG, cell)) != 1} == {}  # fmt: skip


def test_no_two_experiments_are_one_cell():
    assert [cell for cell in published_cells() if len(claims(CONFIG, cell)) > 1] == []


@pytest.mark.parametrize(
    ("question", "row", "protocol"),
    [
        ("kfold5", "train MaE+ME test ME", {"k": 10}),
        ("kfold5", "train MaE+ME test ME", {"test_expression": ""}),  # tests on macro clips too
        ("macro_to_micro", "train MaE test ME", {"keep_test_subject_macro": False}),
    ],
)
def test_an_experiment_that_divides_the_clips_otherwise_than_the_paper_is_none_of_its_cells(question, row, protocol):
    cell = {"table": "lite_point_gcn:VIII", "row": f"Lite-Point-GCN | {row}"}
    mine = {"extends": f"lite_point_gcn-emotion7-{question}", "paper": [cell], "baselines": []}
    configs = [config_with(experiments={"mine": mine | own}) for own in ({}, {"protocol": protocol})]
    tables = [{cell.table for cell in published_cells() if "mine" in claims(config, cell)} for config in configs]
    assert tables == [{"VIII"}, set()]


def test_rows_without_recordings_say_which_root_to_set():
    rows = plan.table_rows(CONFIG, "gts_gn", "V")
    assert len(rows) == 16
    assert {row["missing"] for row in rows} == {
        "no recordings: set datasets.casme2.root", "no recordings: set datasets.samm.root"
    }  # fmt: skip
    assert plan.metrics_of_rows(rows) == []


def test_a_composite_names_each_member_without_recordings(tmp_path):
    rows = plan.table_rows(config_with(roots={"smic": tmp_path}), "atm_gcn", "II")
    (ours, *_) = [row for row in rows if row["experiment"]]
    assert ours["missing"] == "no recordings: set datasets.casme2.root, datasets.samm.root"
    assert {row["missing"] for row in rows if row["source"] == "cited"} == {"no experiment of merflow"}


def test_with_recordings_the_table_asks_for_the_metrics_of_each_experiment_once(tmp_path):
    config = config_with(roots={"casme2": tmp_path})
    rows = plan.table_rows(config, "gts_gn", "V")
    asked = plan.metrics_of_rows(rows)
    assert "results/casme2/gts_gn/metrics.csv" in asked
    assert len(asked) == len(set(asked)) == 4
    assert all(path.startswith("results/casme2/") for path in asked)


def test_on_another_dataset_the_published_columns_are_empty():
    rows = plan.stand_in_rows(CONFIG, "gts_gn", "V", "demo_casme2", unanswered=lambda name: "")
    assert len(rows) == 4 * 2, "each experiment once, ACC and F1"
    assert {row["value"] for row in rows} == {None}
    assert {row["on"] for row in rows} == {"demo_casme2"}
    assert {row["missing"] for row in rows} == {""}
    assert set(Counter(plan.metrics_of_rows(rows)).values()) == {1}


def test_a_stand_in_says_which_settings_are_not_those_of_the_row():
    """ATM-GCN on the demo is a small network on small pictures: its number says nothing of the printed size."""
    (row, *_) = plan.stand_in_rows(CONFIG, "atm_gcn", "II", "demo", unanswered=lambda name: "")
    assert row["note"].startswith("not the settings of the row on composite (in brackets): artefact sequences/seq8_64 ")
    assert "model_params.widths [16, 32] ([32, 64, 128, 256])" in row["note"]
    assert "training.min_epochs 30 (50)" in row["note"]
    (row, *_) = plan.stand_in_rows(CONFIG, "lite_point_gcn", "II", "demo", unanswered=lambda name: "no clip")
    assert row["note"] == "", "no number, so no settings of it"
    same = plan.stand_in_rows(CONFIG, "gts_gn", "V", "demo_casme2", unanswered=lambda name: "")
    assert {row["note"] for row in same} == {""}


def test_a_question_that_a_dataset_cannot_answer_is_a_row_that_says_why():
    def unanswered(name):
        return "no clip of others" if name.endswith("emotion4") else ""

    rows = plan.stand_in_rows(CONFIG, "lite_point_gcn", "II", "demo", unanswered=unanswered)
    why = {row["experiment"]: row["missing"] for row in rows}
    answered = dict.fromkeys(("ststnet", "lite_point_gcn", "lite_point_gcn-emotion7"), "")
    assert why == answered | {"lite_point_gcn-emotion4": "no clip of others"}
    assert "results/demo/lite_point_gcn-emotion4/metrics.csv" not in plan.metrics_of_rows(rows)


def test_a_row_of_a_changed_shipped_experiment_says_in_what(tmp_path):
    """GTS-GN without its loss inherits the training of GTS-GN; all of them read the graphs."""
    config = config_with(
        roots={"casme2": tmp_path},
        experiments={"gts_gn": {"extends": "gts_gn", "training": {"min_steps": 7}, "seeds": [0]}},
        graphs={"tracked14": {"magnified": "flow_warp3", "copies": 1}},
    )
    rows = [row for row in plan.table_rows(config, "gts_gn", "V") if row["on"] == "casme2"]
    told = {row["experiment"]: row["note"].partition("; ")[0] for row in rows}
    assert told["gts_gn"] == "not as shipped: seeds, training.min_steps, graphs.tracked14.copies"
    assert told["gts_gn-no_aau"] == told["gts_gn"]
    (row, *_) = plan.stand_in_rows(config, "gts_gn", "V", "demo_casme2", unanswered=lambda name: "")
    assert "training.min_steps" in row["note"]
    shipped = plan.table_rows(config_with(roots={"casme2": tmp_path}), "gts_gn", "V")
    assert not any("as shipped" in row["note"] for row in shipped)


def test_a_row_whose_shipped_experiment_was_replaced_says_so():
    mine = {"model": "gts_gn", "artefact": "graphs/tracked14", "labels": "objective6", "datasets": ["casme2"]}
    rows = plan.table_rows(config_with(experiments={"gts_gn": mine}), "gts_gn", "V")
    missing = {(row["on"], row["row"]): row["missing"] for row in rows}
    says = "config.yaml makes another experiment of {}, which is this row"
    assert missing["casme2", "GTS-GN | LAM; AAU"] == says.format("gts_gn")
    assert missing["samm", "GTS-GN | LAM; no AAU"] == says.format("gts_gn-no_aau")


def test_a_study_without_the_datasets_of_a_paper_is_told_so():
    mine = load_config({"datasets": {"mine": {"reader": "casme3", "root": "/"}}}, SCHEMA)
    own = {row["missing"] for row in plan.table_rows(mine, "gts_gn", "V") if row["source"] == "own"}
    assert own == {"config.yaml has no dataset casme2", "config.yaml has no dataset samm"}
    told = r"results/mine/tables/gts_gn/V: .* no dataset casme2; config\.yaml has no dataset samm\. Copy the blocks"
    with pytest.raises(ConfigError, match=told):
        plan.stand_in_rows(mine, "gts_gn", "V", "mine", unanswered=lambda name: "")


def test_an_experiment_of_the_user_that_is_the_same_row_has_a_row_of_its_own():
    mine = {"extends": "gts_gn", "datasets": ["casme2"], "paper": [{"table": "gts_gn:V", "row": "GTS-GN | LAM; AAU"}]}
    rows = plan.table_rows(config_with(experiments={"mine": mine}), "gts_gn", "V")
    assert len(rows) == 16 + 2
    assert {row["experiment"] for row in rows if row["row"] == "GTS-GN | LAM; AAU"} == {"gts_gn", "mine"}


def test_an_experiment_with_other_labels_is_not_the_cell():
    mine = {"extends": "gts_gn", "datasets": ["casme2"], "labels": "objective5", "baselines": [],
            "paper": [{"table": "gts_gn:V", "row": "GTS-GN | LAM; AAU"}]}  # fmt: skip
    rows = plan.table_rows(config_with(experiments={"mine": mine}), "gts_gn", "V")
    assert "mine" not in {row["experiment"] for row in rows}


@pytest.mark.parametrize(
    ("table", "leaky", "without", "protocol"),
    [
        ("VIII", "emotion7-macro_to_micro", "emotion7-macro_to_micro-honest", "cross_domain"),
        ("VIII", "objective7-macro_to_micro", "objective7-macro_to_micro-honest", "cross_domain"),
        ("IV-E", "emotion7-random5_leaky", "emotion7-kfold5", "kfold_subject"),
    ],
)
def test_below_a_row_with_a_leak_stands_the_same_question_without(table, leaky, without, protocol):
    rows = plan.table_rows(CONFIG, "lite_point_gcn", table)
    names = [row["experiment"].removeprefix("lite_point_gcn-") for row in rows]
    places = [place for place, name in enumerate(names) if name == leaky]
    assert len(places) == 2, "UF1 and UAR"
    for place in places:
        printed, own = rows[place], rows[place + 1]
        assert (names[place + 1], own["protocol"], own["value"]) == (without, protocol, None)
        assert (own["row"], own["metric"], own["labels"]) == (printed["row"], printed["metric"], printed["labels"])
        assert "the tested subjects are in training" in printed["note"] or "stand in training" in printed["note"]
        assert "without the leak" in own["note"]


def test_a_row_without_leak_keeps_its_note_on_a_dataset_of_its_own():
    rows = plan.stand_in_rows(CONFIG, "lite_point_gcn", "IV-E", "demo_macro", unanswered=lambda name: "")
    assert ["without the leak" in row["note"] for row in rows] == [False, True, False, True]
    assert [row["protocol"] for row in rows] == ["kfold_random_leaky", "kfold_subject"] * 2


@pytest.mark.parametrize(
    ("table", "leaky", "note"),
    [
        ("IV-E", ["lite_point_gcn-emotion7-random5_leaky"], "LEAK: clips of a test subject are in training"),
        (
            "VIII",
            ["lite_point_gcn-emotion7-macro_to_micro", "lite_point_gcn-objective7-macro_to_micro"],
            "macro clips of the test subject are in training",
        ),
    ],
)
def test_a_row_whose_training_saw_the_tested_subjects_says_so_on_a_dataset_of_its_own_too(table, leaky, note):
    rows = plan.stand_in_rows(CONFIG, "lite_point_gcn", table, "demo_macro", unanswered=lambda name: "")
    marked = {row["experiment"] for row in rows if row["note"].startswith(note)}
    assert marked == {*leaky}


@pytest.mark.parametrize("leaks", [False, True])
def test_an_experiment_that_leaks_is_no_row_without_a_leak_whatever_it_says(leaks):
    cell = {"table": "lite_point_gcn:VIII", "row": "Lite-Point-GCN | train MaE test ME", "without_leak": True}
    own = {"protocol": {"keep_test_subject_macro": leaks}, "baselines": []}
    mine = {
        "extends": "lite_point_gcn-emotion7-macro_to_micro-honest", "paper": [cell],
        "overrides": {"casme3_macro": own, "demo_macro": own},
    }  # fmt: skip
    rows = plan.table_rows(config_with(experiments={"mine": mine}), "lite_point_gcn", "VIII")
    assert ("mine" in {row["experiment"] for row in rows}) is not leaks


def test_an_unknown_table_is_told_with_the_nearest():
    with pytest.raises(ConfigError, match=r"no table gts_gn/VV.*Known: lite_point_gcn/II"):
        plan.table_rows(CONFIG, "gts_gn", "VV")


def test_tables_of_all_papers():
    assert {paper for paper, _ in plan.paper_tables()} == {"lite_point_gcn", "gts_gn", "atm_gcn", "fourdme"}
    assert len(plan.paper_tables()) == 24


def test_tables_of_a_paper_are_in_its_order_and_numbers_of_its_text_last():
    numbers = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "5", "6", "7", "8"]
    numbers += ["IV-D", "IV-E", "V-B"]  # sections
    tables = plan.paper_tables()
    papers = list(dict.fromkeys(paper for paper, _ in tables))
    assert list(tables) == sorted(tables, key=lambda table: (papers.index(table[0]), numbers.index(table[1])))


def test_classical_rows_of_another_paper_are_experiments_where_merflow_has_the_descriptor():
    asked = {(row["row"], row["on"]): row["experiment"] for row in plan.table_rows(CONFIG, "gts_gn", "X")}
    for dataset in ("casme2", "samm"):
        assert asked["LBP-TOP", dataset] == "lbp_top_svm-objective5"
        assert asked["HOOF", dataset] == "hoof_svm-objective5"
        assert asked["HOG3D", dataset] == ""


def test_an_experiment_of_labels_is_a_row_for_each_label_and_for_their_mean():
    rows = [row for row in plan.table_rows(CONFIG, "fourdme", "5") if row["experiment"] == "lbp_top_svm-4dme-au8"]
    assert len(rows) == 18
    labels = ["AU1", "AU2", "AU4", "AU6", "AU7", "AU12", "AU17", "AU45", ""]
    assert [(row["label"], row["our_metric"]) for row in rows] == [
        (label, metric) for metric in ("f1_macro", "accuracy") for label in labels
    ]
    assert rows[0]["row"] == "LBP-TOP | AU1"
    four_d = [cell for cell in published_cells() if (cell.paper, cell.table) == ("fourdme", "8")]
    assert {cell.claimed for cell in four_d} == {f"CCDN | view={view}" for view in ("left", "right", "front", "multi")}
    assert {cell.label for cell in four_d} == {"", "positive", "negative", "surprise", "repression", "others"}
    mine = {"extends": "lbp_top_svm-4dme-au8", "paper": [{"table": "fourdme:5", "row": "LBP-TOP | AU1"}]}
    with pytest.raises(ConfigError, match=r"table fourdme:5 has no row 'LBP-TOP \| AU1'"):
        config_with(experiments={"mine": mine})


@pytest.mark.parametrize(
    ("table", "cells", "clips", "demo"),
    [
        ("5", 3 * 18, 267, "demo_4dme"),
        ("6", 4 * 12, 267, "demo_4dme"),
        ("7", 4 * 18, 236, "demo_4dme_4d"),
        ("8", 4 * 12, 236, "demo_4dme_4d"),
    ],
)
def test_tables_of_4dme_are_computed_whole_and_compare_the_mean_of_present_and_absent(table, cells, clips, demo):
    rows = plan.table_rows(CONFIG, "fourdme", table)
    assert len(rows) == cells
    assert all(row["experiment"] for row in rows)
    assert {(row["metric"], row["our_metric"]) for row in rows} == {("F1", "f1_macro"), ("ACC", "accuracy")}
    assert {row["clips"] for row in rows} == {clips}
    on_demo = plan.stand_in_rows(CONFIG, "fourdme", table, demo, unanswered=lambda name: "")
    assert len(plan.metrics_of_rows(on_demo)) == len({row["experiment"] for row in rows})
