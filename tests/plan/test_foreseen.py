"""What merflow plan and a dry run tell each other: jobs and warnings one way, indexes the other."""

import logging

import pytest
from tests.plan_fixture import clip

from merflow.plan import foreseen


@pytest.fixture
def shared(tmp_path, monkeypatch):
    monkeypatch.setenv(foreseen.VARIABLE, str(tmp_path))
    return tmp_path


@pytest.fixture
def logger(shared):
    found = logging.Logger("of a dry run", logging.DEBUG)
    foreseen.tell_jobs(found)
    return found


def tell(logger, rule, wildcards, output):
    extra = {"event": "job_info", "rule_name": rule, "wildcards": wildcards, "output": output, "reason": "Forced"}
    logger.info("", extra=extra)


def test_jobs_and_warnings_are_told(logger, shared):
    tell(logger, "extract_faces", {"dataset": "demo"}, ["results/demo/x"])
    tell(logger, "all", {}, [])
    logger.info("", extra={"event": "shellcmd"})
    logger.info("no event at all")
    logger.warning("3 finished folds would be trained anew")
    logger.warning("3 finished folds would be trained anew")
    assert foreseen.jobs_told(shared) == [foreseen.PlannedJob("extract_faces", {"dataset": "demo"}, "Forced")]
    assert foreseen.jobs_told(shared)[0].dataset == "demo"
    assert foreseen.warnings_told(shared) == ["3 finished folds would be trained anew"]


def test_a_second_dry_run_begins_anew(logger, shared):
    tell(logger, "write_summary", {}, ["results/summary.csv"])
    assert foreseen.jobs_told(shared)
    foreseen.tell_jobs(logging.Logger("of the next dry run"))
    assert foreseen.jobs_told(shared) == []


def test_an_index_is_found_by_its_dataset_alone(shared):
    path = foreseen.foresee_index(shared, "mine", (clip("a"),))
    assert foreseen.foreseen_index("mine") == str(path)
    assert foreseen.foreseen_index("other") == ""


def test_without_a_plan_nothing_is_told_or_foreseen(monkeypatch):
    monkeypatch.delenv(foreseen.VARIABLE, raising=False)
    logger = logging.Logger("of a run")
    foreseen.tell_jobs(logger)
    assert logger.handlers == []
    assert foreseen.foreseen_index("mine") == ""
