"""Machine code that is kept, cannot be kept, or is made by several jobs at once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

import merflow
from merflow.stages.flow.tvl1.compilation import compiled

SOURCES = Path(merflow.__file__).parent
SIGNATURE = "float64(float64)"

JOB = """
import hashlib, logging
import numpy as np
logging.basicConfig(level=logging.WARNING)
from merflow.stages.flow.tvl1.method import tvl1_flow
from merflow.stages.flow.tvl1.settings import TvL1Settings
pair = np.random.default_rng(0).random((2, 40, 40), dtype=np.float32)
print(hashlib.sha256(tvl1_flow(*pair, TvL1Settings()).tobytes()).hexdigest())
"""


def start_job(**environment):
    """Start a process that computes one flow and prints its hash."""
    return subprocess.Popen(
        [sys.executable, "-c", JOB],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result_of(job):
    out, log = job.communicate(timeout=250)
    assert job.returncode == 0, log
    return out, log


@pytest.mark.slow
def test_jobs_that_start_together_on_an_empty_cache_have_one_result(tmp_path):
    jobs = [start_job(NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(2)]
    found = [result_of(job) for job in jobs]
    assert [log for _, log in found] == ["", ""]
    kept = sorted(path.suffix for path in tmp_path.rglob("*") if path.is_file())
    assert kept == [".nbc", ".nbi"]
    assert {out for out, _ in found} == {result_of(start_job(NUMBA_CACHE_DIR=str(tmp_path)))[0]}
    assert sorted(path.suffix for path in tmp_path.rglob("*") if path.is_file()) == kept

    (index,) = tmp_path.rglob("*.nbi")
    index.write_bytes(b"")  # as a machine that lost its power may leave it
    out, log = result_of(start_job(NUMBA_CACHE_DIR=str(tmp_path)))
    assert out == found[0][0]
    assert "numba cannot use its cache of machine code for solve (EOFError" in log


@pytest.mark.slow
def test_without_a_folder_to_write_a_job_compiles_and_says_so(tmp_path):
    """Stands for a package that root has installed and a job without a home: no cache can be written anywhere."""
    package = tmp_path / "merflow"
    shutil.copytree(SOURCES, package, ignore=shutil.ignore_patterns("__pycache__", "assets"))
    blocked = package / "stages/flow/tvl1/__pycache__"
    blocked.write_text("a file where numba would make its folder")
    nowhere = blocked / "home"
    environment = {"PYTHONPATH": str(tmp_path), "HOME": str(nowhere), "XDG_CACHE_HOME": str(nowhere)}
    out, log = result_of(start_job(**environment, PYTHONDONTWRITEBYTECODE="1"))
    assert "numba cannot use its cache of machine code for solve (RuntimeError: cannot cache function" in log
    assert "set NUMBA_CACHE_DIR to an empty folder that can be written" in log
    assert out == result_of(start_job())[0]


def double(value):
    return 2 * value


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        RuntimeError("cannot cache function 'double': no locator available for file 'x.py'"),
    ],
    ids=["disk full", "no folder"],
)
def test_a_cache_that_fails_is_left_out(monkeypatch, caplog, error):
    real = numba.njit

    def njit(signature, *, cache=False, **flags):
        if not cache:
            return real(signature, **flags)

        def fail(function):
            raise error

        return fail

    monkeypatch.setattr(numba, "njit", njit)
    assert compiled(SIGNATURE, {})(double)(21.0) == 42.0
    assert str(error) in caplog.text


def test_another_fault_of_the_compiler_is_told(monkeypatch):
    def njit(*_args, **_flags):
        raise RuntimeError("LLVM: out of memory")

    monkeypatch.setattr(numba, "njit", njit)
    with pytest.raises(RuntimeError, match="out of memory"):
        compiled(SIGNATURE, {})(double)
