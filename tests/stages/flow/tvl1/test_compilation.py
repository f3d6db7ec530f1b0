"""Machine code that is kept, cannot be kept, or is made by several jobs at once."""

import os
import subprocess
import sys

import numba
import pytest

from merflow.stages.flow.tvl1.compilation import compiled

SIGNATURE = "float64(float64)"

KERNEL = """
import logging
logging.basicConfig(level=logging.WARNING)
from merflow.stages.flow.tvl1.compilation import compiled


@compiled("f8(f8)", {"nogil": True})
def half(value):
    return value / 2.0


print(half(42.0))
"""
"""A module as that of TV-L1 is, whose machine code is made in a second: what is kept of it is kept in the same way."""


@pytest.fixture
def kernel(tmp_path):
    """The file of that module, in a folder of its own."""
    file = tmp_path / "module/half.py"
    file.parent.mkdir()
    file.write_text(KERNEL)
    return file


def start_job(kernel, **environment):
    """Start a process that calls the compiled function and prints what it gives."""
    return subprocess.Popen(
        [sys.executable, kernel],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def log_of(job):
    out, log = job.communicate(timeout=100)
    assert job.returncode == 0, log
    assert out == "21.0\n"
    return log


@pytest.mark.slow
def test_jobs_that_start_together_on_an_empty_cache_each_find_or_make_it(kernel, tmp_path):
    cache = tmp_path / "cache"
    there = {"NUMBA_CACHE_DIR": str(cache)}
    jobs = [start_job(kernel, **there) for _ in range(2)]
    assert [log_of(job) for job in jobs] == ["", ""]
    kept = kept_of(cache)
    assert sorted(kept) == [".nbc", ".nbi"]
    assert log_of(start_job(kernel, **there)) == ""
    assert kept_of(cache) == kept, "a third job compiled again"

    (index,) = cache.rglob("half.*.nbi")
    index.write_bytes(b"")  # as a machine that lost its power may leave it
    log = log_of(start_job(kernel, **there))
    assert "numba cannot use its cache of machine code for half (EOFError" in log


def kept_of(cache):
    """Return the time of change of each file of that function, by the end of its name."""
    return {path.suffix: path.stat().st_mtime_ns for path in cache.rglob("half.*") if path.is_file()}


@pytest.mark.slow
def test_without_a_folder_to_write_a_job_compiles_and_says_so(kernel):
    """Stands for a package that root has installed and a job without a home: no cache can be written anywhere."""
    blocked = kernel.parent / "__pycache__"
    blocked.write_text("a file where numba would make its folder")
    nowhere = str(blocked / "home")
    log = log_of(start_job(kernel, HOME=nowhere, XDG_CACHE_HOME=nowhere, PYTHONDONTWRITEBYTECODE="1"))
    assert "numba cannot use its cache of machine code for half (RuntimeError: cannot cache function" in log
    assert "set NUMBA_CACHE_DIR to an empty folder that can be written" in log


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
