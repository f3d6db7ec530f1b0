"""What planning takes at the size of CAS(ME)^3: exactly which jobs, how many listings and parses, what memory."""

import json
import math
import sys
from pathlib import Path

import pytest
from benchmarks.full_size import SUBJECTS, write_full_size
from tests.shipped import shipped_raw
from tests.workflow.conftest import ROOT, Workflow

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc"),
]

EXPERIMENTS = ("lite_point_gcn", "gts_gn", "atm_gcn")
BASELINES = ("majority", "flow_svm", "landmark_majority", "landmark_svm", "sequence_majority")
MAX_MEMORY_MB = 500

SPY = """
import atexit, json, os, sys
from collections import Counter

listed, parsed = Counter(), Counter()


def hook(event, arguments):
    if event in ("os.scandir", "os.listdir") and arguments:
        listed[str(arguments[0])] += 1
    if event == "compile" and arguments[1] == "<unknown>" and isinstance(arguments[0], bytes | str):
        parsed[arguments[0] if isinstance(arguments[0], str) else arguments[0].decode()] += 1


def report():
    with open("/proc/self/status") as status:  # ru_maxrss would begin with the memory of pytest, which forked
        memory_kb = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    with open(os.environ["SPY"], "w") as file:
        json.dump({"listed": listed, "parsed": parsed, "memory_mb": memory_kb / 1024}, file)


sys.addaudithook(hook)
atexit.register(report)
"""
"""A module that Python imports as it starts: counts listings of folders and parsed texts, and tells the memory."""


def full_size_config(recordings):
    """Return the shipped configuration with CAS(ME)^3 at hand, both kinds of expressions in every experiment."""
    config = shipped_raw()
    config["datasets"]["casme3"] |= {"root": str(recordings), "expressions": ["micro", "macro"]}
    for experiment in config["experiments"].values():
        if "extends" not in experiment:
            experiment["expressions"] = ["micro", "macro"]
    return config


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Jobs of three networks at full size by rule, and what the spy saw of the dry run."""
    folder, spy = tmp_path_factory.mktemp("full_size"), tmp_path_factory.mktemp("spy")
    write_full_size(folder / "recordings", folder / "results/casme3")
    (spy / "sitecustomize.py").write_text(SPY)
    run = Workflow(folder, full_size_config(folder / "recordings"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPY", str(spy / "seen.json"))
        jobs = run.planned(*(f"results/casme3/{name}/metrics.csv" for name in EXPERIMENTS), source=spy, cold=True)
    return jobs, json.loads((spy / "seen.json").read_text()), folder / "recordings"


def test_one_job_for_four_subjects_and_a_variant_and_one_a_fold(planned):
    jobs, _, _ = planned
    n_experiments = len(EXPERIMENTS) + len(BASELINES)
    variants = {
        "extract_faces": 3, "compute_flow": 1, "compute_depth_flow": 1, "build_clouds": 1, "sample_regions": 1,
        "magnify_frames": 1, "build_graphs": 1, "resample_sequences": 1,
    }  # fmt: skip
    assert {rule: jobs.get(rule) for rule in variants} == {
        rule: n * math.ceil(SUBJECTS / 4) for rule, n in variants.items()
    }
    assert jobs["build_examples"] == jobs["list_folds"] == jobs["score_experiment"] == n_experiments
    assert "index_dataset" not in jobs


def test_no_folder_of_frames_is_listed(planned):
    _, seen, recordings = planned
    assert seen["listed"]  # the spy was there
    below = [folder for folder in seen["listed"] if Path(folder).is_relative_to(recordings) and folder.count("spNO")]
    assert below == []


def test_each_module_is_parsed_once_and_a_network_once_more_for_what_it_declares(planned):
    _, seen, _ = planned
    modules = {path.read_text(encoding="utf-8") for path in (ROOT / "src/merflow").rglob("*.py")}
    parsed = {text: times for text, times in seen["parsed"].items() if text in modules}
    assert len(parsed) > 50
    assert {times for text, times in parsed.items() if "(Network):" not in text} == {1}
    assert max(parsed.values()) <= 2


def test_memory(planned):
    _, seen, _ = planned
    assert 50 < seen["memory_mb"] < MAX_MEMORY_MB
