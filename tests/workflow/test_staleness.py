"""Exactly what an edit makes stale is made again."""

import shutil

import pytest
from tests.workflow.conftest import METRICS, ROOT

pytestmark = pytest.mark.workflow


@pytest.fixture
def edited_package(tmp_path):
    """Copy the package so that a test can edit one of its modules; returns a function that does."""
    source = tmp_path / "src"
    shutil.copytree(ROOT / "src/merflow", source / "merflow", ignore=shutil.ignore_patterns("__pycache__"))

    def edit(module, text):
        path = source / "merflow" / module
        path.write_text(path.read_text() + text)
        return source

    return edit


def test_an_edit_of_the_regions_leaves_clouds_and_flow_alone(finished, edited_package):
    planned = finished.planned(METRICS, source=edited_package("geometry/sampling.py", "\nCHANGED = 1\n"))
    assert {"sample_regions", "build_examples"} <= set(planned)
    assert not {"build_clouds", "compute_flow", "extract_faces", "synthesise_dataset"} & set(planned)


def test_an_edit_of_the_model_trains_again_and_recomputes_no_artefact(finished, edited_package):
    planned = finished.planned(METRICS, source=edited_package("models/lite_point_gcn.py", "\nCHANGED = 1\n"))
    assert "train_fold" in planned
    assert not {"sample_regions", "build_examples", "compute_flow"} & set(planned)


@pytest.mark.parametrize("text", ["\n# a comment\n", '\n"""More text."""\n'])
def test_a_comment_or_docstring_makes_nothing_stale(finished, edited_package, text):
    assert finished.planned(METRICS, source=edited_package("motion/flow.py", text)) == {}


def test_a_setting_of_one_variant_makes_what_follows_it_stale(copied):
    copied.config["regions"]["sort1024"]["symmetric"] = True
    copied.write_config(copied.config)
    planned = copied.planned(METRICS)
    assert planned["sample_regions"] == 3
    assert "build_clouds" not in planned


@pytest.mark.parametrize("change", [{"compression": "zstd"}, {"device": "cpu"}])
def test_settings_of_execution_make_nothing_stale(copied, change):
    copied.config["execution"] |= change
    copied.write_config(copied.config)
    assert copied.planned(METRICS) == {}


def test_a_training_setting_leaves_the_examples_alone(copied):
    copied.config["experiments"]["lite_point_gcn"]["training"]["learning_rate"] = 0.01
    copied.write_config(copied.config)
    planned = copied.planned(METRICS)
    assert planned["train_fold"] == 3
    assert "build_examples" not in planned
