"""Too little memory is told as such, before libraries die of it and never as damage of a file."""

import resource
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from merflow.errors import ArtefactError
from merflow.memory import MIN_ADDRESS_SPACE, check_address_space, lacks_memory

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
JOB = """
import sys
from types import SimpleNamespace
snakemake = SimpleNamespace(log=[sys.argv[1]])
sys.path.insert(0, {scripts!r})
import _job
import torch
"""


def limited(arguments, *, megabytes):
    """Run Python with so much address space."""

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, resource.RLIM_INFINITY))

    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, timeout=120, cwd=ROOT)


@pytest.mark.parametrize("megabytes", [300, 512, 1000])
def test_a_job_says_how_much_it_may_have_and_how_much_it_needs(tmp_path, megabytes):
    log = tmp_path / "logs/job.log"
    script = JOB.format(scripts=str(ROOT / "workflow/scripts"))
    done = limited(["-c", script, log], megabytes=megabytes)
    assert done.returncode == 1
    said = f"expected at least 1024 MB of memory (address space) .* this one may have {megabytes} MB (ulimit -v)"
    assert all(part in done.stderr for part in said.split(" .* "))
    assert "Traceback" not in done.stderr
    assert f"{megabytes} MB" in log.read_text()


def test_every_script_asks_before_it_imports_what_is_large():
    for path in sorted((ROOT / "workflow/scripts").glob("[!_]*.py")):
        imports = [line for line in path.read_text().splitlines() if line.startswith(("import ", "from "))]
        later = imports[imports.index(next(line for line in imports if line.startswith("import _job "))) :]
        earlier = {line.split()[1].split(".")[0] for line in imports if line not in later}
        assert earlier <= sys.stdlib_module_names | {"yaml"}, path.name


def test_a_command_says_it_too():
    done = limited(["-m", "merflow.cli", "show", "results/demo/lite_point_gcn"], megabytes=512)
    assert done.returncode == 2
    assert done.stderr.startswith("merflow: expected at least 1024 MB of memory")
    assert "Traceback" not in done.stderr


def test_what_is_needed_is_enough_for_the_libraries(tmp_path):
    check_address_space()
    done = limited(["-c", "import torch, cv2, dlib, h5py, numpy"], megabytes=MIN_ADDRESS_SPACE // 2**20 + 64)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        OSError(12, "Cannot allocate memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"),
        OSError("Can't synchronously read data (memory allocation failed for raw data chunk)"),
        cv2.error("OpenCV(4.14.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 90000000 bytes"),
    ],
)
def test_what_libraries_say_of_it_is_known(error):
    assert lacks_memory(error)


@pytest.mark.parametrize("error", [ValueError("x"), OSError(5, "Input/output error"), ArtefactError("out of memory")])
def test_other_errors_are_not_taken_for_it(error):
    assert not lacks_memory(error)


READ = """
import resource, sys
from pathlib import Path
import cv2, numpy, simplejpeg
from merflow.artefacts.hdf5 import open_to_read, pass_on
from merflow.artefacts.shard import Shard
from merflow.datasets.reading.frames import read_picture
path = Path(sys.argv[1])
read_picture(Path(sys.argv[2]))
used = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmSize"))
read = 0
for room in range(0, 200, 8):
    resource.setrlimit(resource.RLIMIT_AS, (used + room * 2**20, resource.RLIM_INFINITY))
    try:
        read_picture(path)
        read += 1
    except MemoryError:
        continue
    except cv2.error as error:
        assert "Insufficient memory" in str(error)
print(read)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("suffix", [".webp", ".png", ".jpg"])
def test_no_clip_is_left_out_for_want_of_memory(tmp_path, suffix):
    noise = np.random.default_rng(0).integers(0, 255, (1500, 2000, 3), dtype=np.uint8)
    small, large = tmp_path / f"small{suffix}", tmp_path / f"large{suffix}"
    cv2.imwrite(str(large), noise)
    cv2.imwrite(str(small), noise[:8, :8])
    done = subprocess.run([sys.executable, "-c", READ, large, small], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert 0 < int(done.stdout) < 25
