"""Which results the summary reads, and what it is told of each."""

import pytest
from tests.plan.test_paper_tables import config_with

from merflow import plan


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def put(*pairs):
        for pair in pairs:
            folder = tmp_path / "results" / pair
            folder.mkdir(parents=True)
            for name in ("metrics.csv", "predictions.csv", "exclusions.csv"):
                (folder / name).write_text(pair)

    return put


def test_results_are_inputs_in_the_order_of_the_configuration(results):
    results("demo/ststnet", "demo/lite_point_gcn", "demo/majority", "demo_casme2/gts_gn")
    config = config_with()
    found = plan.found_results(config)
    names = [name for name in config.experiments if name in ("ststnet", "lite_point_gcn", "majority")]
    assert [experiment for dataset, experiment in found.made if dataset == "demo"] == names
    assert ("demo_casme2", "gts_gn") in found.made
    asked = plan.inputs_of_summary(found)
    assert len(asked) == 3 * 4
    assert "results/demo/ststnet/predictions.csv" in asked
    assert (found.kept, found.unknown) == ([], [])


def test_the_page_of_an_experiment_is_an_input_and_named_where_it_is_made(results, tmp_path):
    results("demo/ststnet", "demo/lite_point_gcn", "casme2/gts_gn")
    for pair in ("demo/ststnet", "casme2/gts_gn"):
        (tmp_path / "results" / pair / "metrics.html").touch()
    config = config_with()
    found = plan.found_results(config)
    pages = [path for path in plan.inputs_of_summary(found) if path.endswith(".html")]
    assert pages == ["results/demo/ststnet/metrics.html"], "without recordings nothing makes the other again"
    facts = plan.facts_of_summary(config, found)
    assert {own["experiment"]: own["has_page"] for own in facts} == {
        "ststnet": True,
        "lite_point_gcn": False,
        "gts_gn": True,
    }


def test_what_the_configuration_does_not_know_is_named_and_other_folders_are_no_results(results):
    results("demo/nothing_like_it", "gone/ststnet", "logs/demo", "demo/artefacts", "demo/ststnet")
    found = plan.found_results(config_with())
    assert found.made == [("demo", "ststnet")]
    assert found.unknown == [
        ("results/demo/nothing_like_it/metrics.csv", "config.yaml has no experiment nothing_like_it"),
        ("results/gone/ststnet/metrics.csv", "config.yaml has no dataset gone"),
    ]


def test_without_recordings_results_are_read_as_they_are_by_their_content(results, tmp_path):
    results("casme2/gts_gn")
    found = plan.found_results(config_with())
    assert (found.made, found.kept) == ([], [("casme2", "gts_gn")])
    assert plan.inputs_of_summary(found) == []
    before = plan.contents_of_kept(found)
    assert len(before) == 3
    (tmp_path / "results/casme2/gts_gn/metrics.csv").write_text("others")
    assert plan.contents_of_kept(found) != before
    with_recordings = plan.found_results(config_with(roots={"casme2": tmp_path}))
    assert with_recordings.made == [("casme2", "gts_gn")]


def test_facts_name_datasets_of_the_same_people(results):
    results("demo/ststnet", "demo_casme2/ststnet", "demo_samm/ststnet", "demo_composite/ststnet", "samm_lv/ststnet",
            "composite/ststnet", "casme2/ststnet")  # fmt: skip
    config = config_with()
    of = {own["dataset"]: own["same_people"] for own in plan.facts_of_summary(config, plan.found_results(config))}
    assert of["demo"] == ["demo_casme2", "demo_composite"], "rendered from one seed"
    assert of["demo_samm"] == ["demo_composite"], "a member of it"
    assert of["samm_lv"] == ["composite"], "SAMM's people, of whom the composite has clips"
    assert of["casme2"] == ["composite"]


def test_facts_have_the_question_and_the_cells_of_the_papers(results):
    results("casme2/gts_gn", "demo_casme2/gts_gn")
    config = config_with()
    of = {own["dataset"]: own for own in plan.facts_of_summary(config, plan.found_results(config))}
    assert of["casme2"]["question"]["labels"] != of["demo_casme2"]["question"]["labels"], "one differs there"
    assert set(of["casme2"]["question"]) == {"labels", "expressions", "protocol"}
    assert (of["casme2"]["embedded"], of["demo_casme2"]["embedded"]) == (False, True)
    assert (of["casme2"]["at_hand"], of["demo_casme2"]["at_hand"]) == (False, True)
    own = [row for row in of["casme2"]["published"] if row["source"] == "own"]
    assert {row["experiment"] for row in own} == {"gts_gn"}
    assert own
    assert of["demo_casme2"]["published"] == []


def test_the_twin_of_a_row_without_its_leak_is_no_cell_of_a_paper(results):
    leaky, honest = (f"lite_point_gcn-emotion7-macro_to_micro{end}" for end in ("", "-honest"))
    results(f"casme3_macro/{leaky}", f"casme3_macro/{honest}", "casme3_macro/lite_point_gcn-emotion7-kfold5")
    config = config_with()
    published = {
        own["experiment"]: {row["table"] for row in own["published"]}
        for own in plan.facts_of_summary(config, plan.found_results(config))
    }
    assert published == {leaky: {"VIII"}, honest: set(), "lite_point_gcn-emotion7-kfold5": {"VIII"}}
