"""Subjects share jobs by their positions in the index, and every way to make shards is declared once."""

import pytest
from tests.plan_fixture import clip

from merflow import plan
from merflow.config import Config
from merflow.datasets.clip_table import write_clips
from merflow.errors import ConfigError
from merflow.stages import STAGES


@pytest.fixture
def clips_csv(tmp_path):
    path = tmp_path / "clips.csv"
    write_clips([clip(f"s{number}") for number in range(1, 8)], path)
    return path


@pytest.mark.parametrize(
    ("subjects_per_job", "batches"),
    [(0, ["1-4", "5-7"]), (1, [str(n) for n in range(1, 8)]), (3, ["1-3", "4-6", "7"]), (100, ["1-7"])],
)
def test_each_subject_is_in_one_batch(clips_csv, subjects_per_job, batches):
    config = Config({"execution": {"subjects_per_job": subjects_per_job}})
    subjects = [f"s{number}" for number in range(1, 8)]
    of_each = [plan.batch_of_subject(config, clips_csv, subject) for subject in subjects]
    assert list(dict.fromkeys(of_each)) == batches
    found = [subject for batch in batches for subject in plan.subjects_of_batch(clips_csv, batch)]
    assert found == subjects


@pytest.mark.parametrize(
    ("subjects", "in_a_job", "jobs"), [(1, 4, 1), (94, 4, 24), (256, 4, 64), (257, 5, 52), (940, 15, 63)]
)
def test_many_subjects_are_divided_into_a_bounded_number_of_jobs(subjects, in_a_job, jobs):
    assert plan.subjects_in_a_job(0, subjects=subjects) == in_a_job
    assert -(-subjects // in_a_job) == jobs
    assert plan.subjects_in_a_job(7, subjects=subjects) == 7, "a number that is set is taken"


@pytest.mark.parametrize("batch", ["0", "8", "3-2", "1.1"])
def test_a_batch_of_other_subjects_is_refused(clips_csv, batch):
    with pytest.raises(ConfigError, match=r"expected the first and last position of subjects from 1 to 7.*shards\.csv"):
        plan.subjects_of_batch(clips_csv, batch)


def test_every_way_to_make_shards_has_a_rule_of_its_own():
    rules = [making.rule for _, _, making in plan.makings()]
    assert (
        len(rules) == len(set(rules)) == len(STAGES) + 3
    )  # flow images, projections and dynamic images are made in two ways
