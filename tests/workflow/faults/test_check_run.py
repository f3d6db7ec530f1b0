"""Whatever is deleted or damaged is found, and made again by what is typed; what is whole is not trained again."""

import re
import shlex
import shutil
import subprocess

import pytest
from tests.workflow.conftest import METRICS, digest

pytestmark = pytest.mark.workflow
EXPERIMENT = "results/tiny/lite_point_gcn"


def type_what_it_says(workflow, told):
    """Run the commands of a report as they stand there."""
    for line in told.splitlines():
        words = shlex.split(line) if line.startswith("  ") else []
        if words[:3] == ["merflow", "run", "."]:  # no Snakefile lies in the folder
            workflow(*words[3:])
        elif words:
            subprocess.run(words, cwd=workflow.folder, check=True)


def trained(workflow):
    """Return (fold, seeds) of everything that was really trained."""
    logs = (path.read_text() for path in (workflow.folder / "results/logs/train_folds").rglob("*.log"))
    return sorted(re.findall(r"fold (\S+): training on \S+, seeds (.+)", "".join(logs)))


def remove(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


@pytest.mark.parametrize("run", ["finished", "finished_landmarks", "finished_sequences"])
def test_a_finished_run_is_whole(run, request):
    told, status = request.getfixturevalue(run).check()
    assert status == 0, told
    assert told.startswith("Whole: ")


DAMAGE = [
    (remove, "folds/spNO.2"),
    (flip, "folds/spNO.1/weights/seed1.pt"),
    (remove, "examples.h5"),
    (remove, "pictures"),
    (flip, "training.png"),
    (remove, "confusion.png"),
    (remove, "../artefacts/clouds/denoised/spNO.3.h5"),
    (flip, "../artefacts/faces/aligned256/spNO.1.h5"),
    (flip, "../majority/examples.h5"),
    (flip, "../flow_svm/folds/spNO.3/predictions.csv"),
]


def test_everything_that_is_told_is_mended_by_what_is_told(copied):
    before = digest(copied.folder)
    shutil.rmtree(copied.folder / "results/logs/train_folds")
    (copied.folder / EXPERIMENT / ".predictions.0123abcd.partial.csv").write_text("half")
    for do, path in DAMAGE:
        do(copied.folder / EXPERIMENT / path)
    told, status = copied.check()
    assert status == 1
    for _, path in DAMAGE:
        assert f"{EXPERIMENT}/{path}".replace("lite_point_gcn/../", "") in told
    type_what_it_says(copied, told)
    told, status = copied.check()
    assert status == 0, told
    assert told.startswith("Whole: ")
    assert digest(copied.folder) == before
    assert trained(copied) == [("spNO.1", "1"), ("spNO.2", "0, 1")]
    assert copied.planned(METRICS) == {}


def test_snakemake_makes_nothing_again_that_was_deleted_for_room(copied):
    for path in ("../artefacts", "examples.h5", *(f"folds/{name}/weights" for name in ("spNO.1", "spNO.2", "spNO.3"))):
        remove(copied.folder / EXPERIMENT / path)
    assert copied.planned(METRICS) == {}
    copied.config["experiments"]["lite_point_gcn"]["bootstrap"] = 100
    copied.write_config(copied.config)
    assert copied.planned(METRICS) == {"score_experiment": 1}
    copied(METRICS)
    told, status = copied.check("--freed", EXPERIMENT)
    assert status == 0, told
    assert "spNO.1/weights/seed0.pt: not there; made again when something needs it" in told
    assert copied.check(EXPERIMENT)[1] == 1


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("folds/spNO.2", {"train_folds": 1, "list_folds": 1, "draw_curves": 1, "score_experiment": 1}),
        ("pictures", {"draw_pictures": 1, "score_experiment": 1}),
        ("pictures/flow.png", {"draw_pictures": 1, "score_experiment": 1}),
        ("confusion.png", {"score_experiment": 1}),
        ("../majority/folds/spNO.1", {"list_folds": 1, "fit_baselines": 1, "score_experiment": 2}),
    ],
)
def test_snakemake_notices_by_itself_what_the_metrics_stand_for(copied, path, made):
    remove(copied.folder / EXPERIMENT / path)
    planned = copied.planned(METRICS)
    assert {rule: planned.get(rule) for rule in made} == made


def test_the_same_command_makes_again_what_was_deleted_and_then_has_nothing_to_do(copied):
    before = digest(copied.folder)
    shutil.rmtree(copied.folder / "results/logs/train_folds")
    for path in ("folds/spNO.2", "pictures", "confusion.png"):
        remove(copied.folder / EXPERIMENT / path)
    copied(METRICS)
    assert digest(copied.folder) == before
    assert trained(copied) == [("spNO.2", "0, 1")]
    assert copied.planned(METRICS) == {}
