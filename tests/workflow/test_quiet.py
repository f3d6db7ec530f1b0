"""`--quiet all`: nothing on the screen of a run that goes well, and never a failure without a word."""

import sys

import pytest
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.workflow.faulty_jobs import FaultyJobs

pytestmark = pytest.mark.workflow
CLIPS = "results/small/clips.csv"


@pytest.fixture
def small(workflow, tmp_path):
    """A workflow on a small dataset whose index is made in a second; called with targets, it returns its stderr."""
    root = tmp_path / "recordings"
    casme2.write_coding(root, [casme2.Row(1), casme2.Row(2)])
    for subject in ("sub01", "sub02"):
        casme2.add_clip(root, subject, "EP02_01f", range(46, 87))
    workflow.config["datasets"]["small"] = {"reader": "casme2", "root": str(root)}
    workflow.write_config(workflow.config)

    def run(*targets, fails, source=None):
        done = workflow("--quiet", "all", "--", *targets, check=False, source=source)
        assert (done.returncode != 0) == fails, done.output
        assert done.stdout == ""
        return done.stderr

    run.workflow, run.root = workflow, root
    return run


def test_a_run_that_goes_well_says_nothing(small):
    said = small(CLIPS, fails=False).splitlines()
    assert [line for line in said if not line.startswith("Using workflow specific profile ")] == []  # Snakemake's own


def test_a_mistake_in_the_configuration_is_said(small):
    small.workflow.config["datasets"]["small"]["roots"] = "x"
    small.workflow.write_config(small.workflow.config)
    assert "unknown key 'datasets.small.roots'" in small(CLIPS, fails=True)


def test_a_mistake_in_the_target_is_said(small):
    assert "unknown dataset 'smal'. Did you mean 'small'?" in small("results/smal/clips.csv", fails=True)
    assert "No rule to produce results/small/none.txt" in small("results/small/none.txt", fails=True)
    assert "Did you mean 'metrics.csv'?" in small("results/small/ststnet/metric.csv", fails=True)


def test_what_a_plan_refuses_is_said(small):
    refused = small("results/small/ststnet/metrics.csv", fails=True)
    assert "expected micro clips of at least two classes of emotion3" in refused


def test_a_job_that_fails_says_why_once_and_which_it_was(small):
    (small.root / casme2.CODING_NAME).write_bytes(b"no sheet")
    said = small(CLIPS, fails=True)
    assert said.count(f"{casme2.CODING_NAME}: expected") == 1
    assert "results/logs/index_dataset/small.log" in said
    assert "Traceback" not in said
    assert said.count("Error in rule index_dataset") == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="jobs are caught by their files under /proc")
def test_a_job_that_is_killed_is_named(small, tmp_path):
    faulty = FaultyJobs(tmp_path / "faulty")
    faulty.order("index_dataset", "before")
    assert "Error in rule index_dataset" in small(CLIPS, fails=True, source=faulty.site)


def test_a_dry_run_says_everything_once(small):
    done = small.workflow("--quiet", "all", "-n", "--", "results/small/none.txt", check=False)
    assert done.output.count("No rule to produce") == 1


def test_the_line_of_progress_is_there_when_it_is_asked_for(small):
    done = small.workflow("--quiet", "all", "--", CLIPS, MERFLOW_PROGRESS="1")
    lines = [line for line in done.stderr.splitlines() if line.startswith("merflow:")]
    assert len(lines) == 2
    assert lines[0].startswith("merflow: 0 jobs done; now: Index small; how many follow")
    assert lines[1].startswith("merflow: 1 job in ")


def test_an_error_stands_beside_the_line_of_progress(small):
    (small.root / casme2.CODING_NAME).write_bytes(b"no sheet")
    done = small.workflow("--quiet", "all", "--", CLIPS, check=False, MERFLOW_PROGRESS="1")
    assert done.stderr.count("Error in rule index_dataset") == 1
    assert "1 job in" not in done.stderr  # nothing ended well
