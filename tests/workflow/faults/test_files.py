"""Files that are damaged, exchanged, changed or find no room: what the user sees, types, and has afterwards."""

import os
import shutil
import subprocess

import pandas as pd
import pytest
from tests.workflow.conftest import METRICS, digest

pytestmark = pytest.mark.workflow
ARTEFACTS = "results/tiny/artefacts"
REGIONS = f"{ARTEFACTS}/regions/sort1024"
CLOUDS = f"{ARTEFACTS}/clouds/denoised"
COMMAND = "merflow run . --force "


def failure(workflow, *arguments):
    """Return what a run that must fail prints."""
    done = workflow(*arguments, check=False)
    assert done.returncode != 0
    return done.output


def typed(output):
    """Return the file of the command that a message tells the user to type."""
    (path,) = {part.split()[0].rstrip(".") for part in output.split(COMMAND)[1:]}
    return path


@pytest.fixture
def small_disk(copied):
    """Put the regions on a disk of their own that has no room for the first subject's; return what makes room."""
    folder = copied.folder / REGIONS
    size = sum(path.stat().st_size for path in folder.glob("*.h5"))
    moved = folder.with_name("moved")
    folder.rename(moved)
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size - 500_000}", "tmpfs", folder], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk must be mounted for this test, but: {mounted.stderr.strip()}")
    for path in sorted(moved.glob("*.h5"))[1:]:
        shutil.copy2(path, folder)
    shutil.rmtree(moved)
    yield lambda: subprocess.run(["mount", "-o", f"remount,size={2 * size}", folder], check=True)
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_full(copied, small_disk, finished):
    shard = f"{REGIONS}/spNO.1.h5"
    output = failure(copied, shard)
    assert f"{shard}: expected room to write it, but found: No space left on device (" in output
    assert "Make room, then give the same command again." in output
    assert "Segmentation fault" not in output
    assert {path.name for path in (copied.folder / REGIONS).glob("*.h5")} == {"spNO.2.h5", "spNO.3.h5"}
    small_disk()
    copied(shard, f"{REGIONS}/shards.csv")
    assert digest(copied.folder) == digest(finished.folder)


def flip_a_bit(path, position):
    """Change one bit as a failing disk does: the times of the file stay."""
    status, data = path.stat(), bytearray(path.read_bytes())
    data[position] ^= 4
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_flipped_bit_is_found_when_the_shard_is_next_read(copied, finished):
    shard = f"{CLOUDS}/spNO.1.h5"
    flip_a_bit(copied.folder / shard, 1_000_000)
    regions = f"{REGIONS}/spNO.1.h5"
    output = failure(copied, "--force", regions)
    assert f"{shard}: its content does not match its checksum" in output
    assert typed(output) == shard
    copied("--force", typed(output), regions)
    assert digest(copied.folder) == digest(finished.folder)


def test_a_flipped_bit_in_the_examples(copied, finished):
    examples = "results/tiny/majority/examples.h5"
    flip_a_bit(copied.folder / examples, 3000)
    predictions = "results/tiny/majority/folds/spNO.1/predictions.csv"
    output = failure(copied, "--force", predictions)
    assert typed(output) == examples
    copied("--force", typed(output))
    copied("results/tiny/majority/metrics.csv")
    assert digest(copied.folder) == digest(finished.folder)


@pytest.mark.parametrize(
    ("place", "other", "reader", "message"),
    [
        (
            f"{CLOUDS}/spNO.1.h5",
            f"{CLOUDS}/spNO.2.h5",
            f"{REGIONS}/spNO.1.h5",
            "expected subject 'spNO.1', but found 'spNO.2'",
        ),
        (
            f"{REGIONS}/spNO.1.h5",
            f"{REGIONS}/spNO.3.h5",
            "results/tiny/lite_point_gcn/examples.h5",
            "expected subject 'spNO.1', but found 'spNO.3'",
        ),
        (
            "results/tiny/majority/examples.h5",
            "results/tiny/flow_svm/examples.h5",
            "results/tiny/majority/metrics.csv",
            "expected experiment 'majority', but found 'flow_svm'",
        ),
    ],
)
def test_a_file_of_another_in_its_place(copied, finished, place, other, reader, message):
    """Snakemake does not make it again by itself; who reads it refuses it."""
    shutil.copy(copied.folder / other, copied.folder / place)
    output = failure(copied, *(["--force"] if reader.endswith(".h5") else []), reader)
    assert f"{place}: {message}" in output
    assert typed(output) == place
    copied("--force", typed(output))
    copied(reader)
    assert digest(copied.folder) == digest(finished.folder)


@pytest.fixture
def recorded(copied):
    """The tiny dataset as one that was recorded: the workflow looks at every frame of it."""
    copied.config["datasets"]["tiny"] |= {"synthesis": None}
    copied.write_config(copied.config)
    copied("--touch", METRICS)
    assert copied.planned(METRICS) == {}
    return copied


def test_a_frame_that_changes_makes_stale_what_was_made_of_it(recorded, finished):
    clips = pd.read_csv(recorded.folder / "results/tiny/clips.csv")
    clip = clips[clips["subject"] == "spNO.2"].iloc[0]
    color = recorded.folder / "results/tiny/raw" / clip["color"]
    frame, other = color / f"{clip['apex']}.jpg", color / f"{clip['apex'] - 1}.jpg"
    recorded_bytes = frame.read_bytes()
    status = frame.stat()
    os.utime(frame)
    assert recorded.planned(METRICS).get("extract_faces") == 1  # of the frames only name, size and time are looked at
    os.utime(frame, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert recorded.planned(METRICS) == {}
    shutil.copy(other, frame)
    os.utime(frame, ns=(0, status.st_mtime_ns - 10**12))  # older than what was made of the frame before it
    planned = recorded.planned(METRICS)
    stages = ("extract_faces", "compute_flow", "compute_depth_flow", "build_clouds", "sample_regions")
    assert {stage: planned.get(stage) for stage in stages} == dict.fromkeys(stages, 1)
    assert "index_dataset" not in planned
    flow = f"{ARTEFACTS}/flow/tvl1/spNO.2.h5"
    recorded(flow)
    changed, before = (digest(run.folder / ARTEFACTS, ("*.h5",)) for run in (recorded, finished))
    assert {name for name in before if changed[name] != before[name]} == {
        "faces/aligned256/spNO.2.h5",
        "flow/tvl1/spNO.2.h5",
    }
    frame.write_bytes(recorded_bytes)
    recorded(flow)
    assert digest(recorded.folder, ("*.h5",)) == digest(finished.folder, ("*.h5",))
