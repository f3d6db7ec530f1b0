"""Jobs and Snakemakes that are killed, stopped or started twice: the same command goes on to the same bytes."""

import shutil
import signal
import sys

import pytest
from tests.workflow.conftest import METRICS, digest
from tests.workflow.faulty_jobs import FaultyJobs, Held

from merflow.synthesis.demo import generate_demo
from merflow.synthesis.settings import SynthesisSettings

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="jobs are caught by their files under /proc"),
]
REGIONS = "results/tiny/artefacts/regions/sort1024/spNO.1.h5"
CHAIN = ("faces/aligned256", "flow/tvl1", "depth_flow/denoised", "clouds/denoised", "regions/sort1024")
FRAMES = ("*.jpg", "*.png", "*.npz", "*.xlsx", "*.csv")


def partials(folder):
    return [path.name for path in folder.rglob("*.partial*")]


@pytest.fixture
def faulty(tmp_path):
    return FaultyJobs(tmp_path / "faulty")


@pytest.fixture
def held(copied, faulty):
    """Return a Snakemake that makes one shard anew, its job held with the whole file under a temporary name."""
    copied.before = digest(copied.folder)
    (copied.folder / REGIONS).unlink()
    snakemake = Held(copied, faulty, REGIONS, rule="regions")
    yield snakemake
    snakemake.close()


def test_the_recordings_and_their_index_survive_kills(workflow, faulty, tmp_path):
    """Killed: a process of the pool that renders, then the job with its pool left alone, then the index three times."""
    synthesis = workflow.config["datasets"]["tiny"]["synthesis"] | {"n_subjects": 2, "clips": 1}
    workflow.config["datasets"]["tiny"]["synthesis"] = synthesis
    workflow.write_config(workflow.config)
    faulty.order("synthesise_dataset", "worker", "pool")
    faulty.order("index_dataset", "half", "before", "after")
    clips = "results/tiny/clips.csv"
    workflow("--retries", "3", clips, source=faulty.site)
    assert faulty.left() == []
    undisturbed = tmp_path / "undisturbed"
    generate_demo(undisturbed, SynthesisSettings(**synthesis))
    expected = digest(undisturbed, FRAMES)
    assert len(expected) > 12
    assert digest(workflow.folder / "results/tiny/raw", FRAMES) == expected
    index = (workflow.folder / clips).read_bytes()
    workflow("--forcerun", "index_dataset", "--", clips)
    assert (workflow.folder / clips).read_bytes() == index
    assert partials(workflow.folder) == []


def test_every_other_stage_survives_kills_and_touches_no_finished_work(copied, faulty):
    before = digest(copied.folder)
    artefacts = copied.folder / "results/tiny/artefacts"
    others = {path: path.stat() for path in artefacts.rglob("*.h5") if path.stem != "spNO.1"}
    assert len(others) == 2 * len(CHAIN)
    for rule in (*(variant.split("/")[0] for variant in CHAIN), "draw_pictures"):
        faulty.order(rule, "half", "before")
    for rule in ("build_examples", "train_folds", "score_experiment", "draw_curves"):
        faulty.order(rule, "half", "before", "after")
    for variant in CHAIN:
        (artefacts / variant / "spNO.1.h5").unlink()
    copied("--retries", "3", "--forcerun", "build_examples", "draw_pictures", "--", METRICS, source=faulty.site)
    assert faulty.left() == []
    assert digest(copied.folder) == before
    assert partials(copied.folder) == []
    assert {path: path.stat().st_mtime_ns for path in others} == {p: s.st_mtime_ns for p, s in others.items()}


def test_a_killed_fold_is_all_that_the_same_command_makes_again(copied, faulty):
    """Killed with its first file written: weights that have no predictions yet."""
    before = digest(copied.folder)
    folds = copied.folder / "results/tiny/lite_point_gcn/folds"
    others = {path: path.stat().st_mtime_ns for path in folds.rglob("*.csv") if path.parent.name != "spNO.2"}
    assert len(others) == 4
    shutil.rmtree(folds / "spNO.2")
    predictions = "results/tiny/lite_point_gcn/folds/spNO.2/predictions.csv"
    faulty.order("train_folds", "after")
    killed = copied(predictions, source=faulty.site, check=False)
    assert killed.returncode != 0
    assert faulty.left() == []
    copied(predictions)
    assert digest(copied.folder) == before
    assert {path: path.stat().st_mtime_ns for path in others} == others


def test_snakemake_killed_with_its_jobs(copied, held):
    held.signal_all(signal.SIGKILL)
    held.wait_for_job()
    assert partials(copied.folder)
    refused = copied(REGIONS, check=False)
    assert refused.returncode != 0
    assert "--unlock" in refused.output
    copied("--unlock", REGIONS)
    copied(REGIONS)
    assert digest(copied.folder) == copied.before
    assert partials(copied.folder) == []


def test_snakemake_killed_and_its_job_ends_after_the_one_that_replaces_it(copied, held):
    held.process.kill()
    held.wait()
    copied("--unlock", REGIONS)
    copied(REGIONS)
    made = (copied.folder / REGIONS).stat()
    held.let_go()
    held.wait_for_job()
    assert (copied.folder / REGIONS).stat() == made
    assert digest(copied.folder) == copied.before
    assert partials(copied.folder) == []


def test_a_second_snakemake_is_refused_at_once_and_the_first_ends_well(copied, held):
    second = copied(REGIONS, check=False)
    assert second.returncode != 0
    assert "Directory cannot be locked" in second.output
    assert "no other Snakemake process" in second.output
    held.let_go()
    assert held.wait() == 0, held.output
    assert digest(copied.folder) == copied.before


def test_a_second_snakemake_through_another_link_to_the_results_is_refused_at_once(
    copied, held, new_workflow, tmp_path
):
    other = new_workflow(tmp_path / "other")
    (other.folder / "results").symlink_to(copied.folder / "results")
    second = other("--force", REGIONS, check=False)
    assert second.returncode != 0
    assert "Directory cannot be locked" in second.output
    assert f"another Snakemake, which was started in {copied.folder}" in second.output
    held.let_go()
    assert held.wait() == 0, held.output
    assert digest(copied.folder) == copied.before


def test_a_forgotten_job_says_that_another_one_began(copied, held):
    held.process.kill()
    held.wait()
    shutil.rmtree(copied.folder / ".snakemake/locks")
    copied(REGIONS)
    held.let_go()
    held.wait_for_job()
    log = copied.folder / "results/logs/sample_regions_of_subject/tiny/sort1024/spNO.1.log"
    assert "another job began to write the same file" in held.output + log.read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_goes_on_with_the_same_command(copied, held, number):
    """Ctrl-C ends the jobs; SIGTERM lets those that run end."""
    if number == signal.SIGINT:
        held.signal_all(number)
    else:
        held.process.send_signal(number)
        held.let_go()
    held.wait()
    held.wait_for_job()
    copied(REGIONS)
    assert digest(copied.folder) == copied.before
    assert partials(copied.folder) == []
