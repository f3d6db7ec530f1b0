"""tools/gpu_check.sh, on the CPU and with small networks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tools.gpu_check import __main__ as gpu_check
from tools.gpu_check.cases import CLIPS, SEEDS, SUBJECTS, Case, Data, cases, tiny

from merflow.config import read_config
from merflow.models.registry import model_params
from merflow.settings import to_plain
from merflow.training.settings import schedule_length
from merflow.training.stacking.probe import CannotStackError

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.experiment)
def test_what_is_measured_is_what_is_shipped(case: Case):
    shipped = read_config(ROOT / "config.yaml").experiment(case.experiment, case.dataset).method
    assert case.method.model == shipped.model
    params = to_plain(model_params(case.method.model))
    assert case.method.of_any_seed() | {"model_params": params} == shipped.of_any_seed()
    assert case.method.seeds == shipped.seeds


def test_most_of_282_trainings_are_one_stack():
    case = next(case for case in cases() if case.method.model == "ststnet")
    members = Data.of(case).members(case.method)
    assert (case.clips, case.subjects) == (CLIPS, SUBJECTS)
    assert SUBJECTS * SEEDS / 2 < len(members) <= SUBJECTS * SEEDS
    assert len({schedule_length(len(member.fitted.rows), case.method.training) for member in members}) == 1


@pytest.mark.slow
def test_the_script_prints_a_table():
    done = subprocess.run(
        ["tools/gpu_check.sh", "--device", "cpu", "--tiny", "--network", "gts_gn"],
        cwd=ROOT, env=os.environ | {"PYTHON": sys.executable}, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines() if line.startswith("| gts_gn |")]
    side_by_side = [f"{number} side by side" for number in (12, 6, 1)]
    assert [row[1] for row in rows] == ["one by one", *side_by_side, f"{side_by_side[0]}, bfloat16"]
    assert all(float(row[2]) > 0 and int(row[3]) > 0 and float(row[6]) > 0 for row in rows)
    assert rows[1][-1] == "0 of 48"
    assert float(rows[1][-2]) < 1e-5 < float(rows[4][-2]), "bfloat16 rounds to 8 bits"


@pytest.mark.slow
def test_a_network_that_cannot_be_stacked_has_one_row(capsys, monkeypatch):
    def refused(*_):
        raise CannotStackError("for a reason")

    monkeypatch.setattr(gpu_check, "networks_that_fit", refused)
    case = next(tiny(case) for case in cases() if case.method.model == "gts_gn")
    ((row, fine),) = gpu_check._measured(case, torch.device("cpu"), 0.0)
    assert (row[0], row[1], row[-2:], fine) == ("gts_gn", "one by one", ("0.0e+00", "0 of 48"), True)
    assert "gts_gn is trained one by one: for a reason" in capsys.readouterr().out


@pytest.mark.slow
def test_without_a_gpu_it_says_so():
    environment = os.environ | {"PYTHON": sys.executable, "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        ["tools/gpu_check.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 2
    assert "expected a CUDA GPU" in done.stdout


BARE = """
import sys
for name in ("hdf5plugin", "yaml", "jsonschema", "snakemake", "cv2", "scipy", "numba", "matplotlib", "PIL", "dlib"):
    sys.modules[name] = None  # an import fails
import torch
from tools.gpu_check import __main__ as gpu_check
from tools.gpu_check.cases import cases, tiny
for case in cases()[:1]:
    print(next(gpu_check._measured(tiny(case), torch.device("cpu"), 0.0)))
"""


@pytest.mark.slow
def test_it_needs_no_other_package():
    done = subprocess.run(
        [sys.executable, "-c", BARE], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "'one by one'" in done.stdout
