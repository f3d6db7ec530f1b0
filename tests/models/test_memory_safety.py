"""No network may write past its buffers: a step of each shipped one, in a process whose heap is checked."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from merflow.config import read_config
from merflow.models.declared import network_named
from merflow.models.shortcut import PointwiseConvolution

pytestmark = pytest.mark.slow

CONFIG = read_config(Path(__file__).parents[2] / "config.yaml")
CHECKER = Path("/usr/lib") / f"{os.uname().machine}-linux-gnu" / "libc_malloc_debug.so.0"
# glibc ends the process at the first damaged block.
CHECKED = {"LD_PRELOAD": str(CHECKER), "MALLOC_CHECK_": "3", "OMP_NUM_THREADS": "1"}
INSTRUCTIONS = {"AVX2": "of a processor without AVX-512", "DEFAULT": "of this processor"}
"""Kernels that oneDNN takes (``ONEDNN_MAX_CPU_ISA``)."""
needs_checker = pytest.mark.skipif(not CHECKER.is_file(), reason="needs glibc's libc_malloc_debug")

STEPS = """
import ctypes, json, os, sys
import torch
from merflow.models.registry import build_model

def step(name, params, shape, apex_and_length):
    if name == "overrun":
        for value in (0, 85, 170, 255):  # the byte that glibc looks for behind a block is one of 256, by its address
            buffer = torch.zeros(8)
            ctypes.memset(buffer.data_ptr(), value, 256)
            del buffer  # which frees it
        return
    net = build_model(name, params, shape, 3, au_numbers=[1, 2, 4, 6, 7, 12], edges=[(0, 1), (1, 2)])
    grey_levels = name in ("resnet18", "capsule", "atm_gcn", "res3d", "au_graph", "ccdn", "googlenet")
    x = torch.randint(0, 256, (2, *shape), dtype=torch.uint8) if grey_levels else torch.randn(2, *shape)
    for _ in range(2):
        out = net(x, torch.tensor([[1, shape[0]]] * 2)) if apex_and_length else net(x)
        (out[0] if isinstance(out, tuple) else out).square().mean().backward()

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        step(*json.loads(line))
        sys.stdout.flush()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""A step in a process of its own for each line; what is common to all is imported once."""


def shape_of(artefact):
    """Return the shape of one example, of a sequence its first four frames."""
    kind, _, variant = artefact.partition("/")
    settings = CONFIG.plain[kind][variant]
    if kind == "regions":
        return (8, settings["points"], 6)
    if kind == "graphs":
        return (3, settings["nodes"], 4)
    if kind == "dynamic_images":
        above = CONFIG.variant(kind, variant)
        size = CONFIG.plain[above.upstream_kind][above.upstream]["size_px"]
        return (3 if above.upstream_kind == "projections" else 1, size, size, len(settings["domains"]))
    size = settings.get("size_px", 256)
    return (4, size, size, 3) if kind == "sequences" else (size, size, 3)


def shipped():
    """Return each network of the configuration in each of its sizes, and whether it is told the apex."""
    found = {}
    for name, experiment in CONFIG.experiments.items():
        if experiment.is_baseline:
            continue
        for dataset in sorted({*experiment.datasets, *experiment.overrides}):
            own = CONFIG.experiment(name, dataset)
            step = (own.model, own.model_params, shape_of(own.artefact), network_named(own.model).needs_apex_and_length)
            sizes = {key: own.model_params.get(key) for key in ("widths", "blocks", "stem_stride", "crop")}
            found.setdefault(json.dumps([step[0], step[2], sizes]), step)
    return list(found.values())


NARROW = [
    ("atm_gcn", {"blocks": 3, "widths": [a, b, b], "stem_stride": 2, "grid": 2, "heads": 1}, (4, 32, 32, 3), True)
    for a, b in [(3, 4), (4, 8), (5, 5), (6, 7), (7, 3), (8, 16), (12, 9), (15, 15)]
]
NARROW += [("capsule", {"width": width}, (32, 32, 3), False) for width in (2, 4, 6, 8, 12)]


@pytest.fixture(scope="module", params=INSTRUCTIONS, ids=lambda name: f"kernels {INSTRUCTIONS[name]}")
def checked(request, tmp_path_factory):
    """A function that takes a step where the heap is checked, and returns how it ended and what it said."""
    said = tmp_path_factory.mktemp("heap") / "stderr"
    kernels = {"ONEDNN_MAX_CPU_ISA": request.param}
    with (
        said.open("w") as stderr,
        subprocess.Popen([sys.executable, "-c", STEPS], env=os.environ | CHECKED | kernels, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr) as process,
    ):  # fmt: skip

        def take(step):
            before = said.stat().st_size
            process.stdin.write(json.dumps(step) + "\n")
            process.stdin.flush()
            ended = process.stdout.readline()
            return ended.strip(), said.read_text()[before:]

        yield take
        process.stdin.close()


@needs_checker
@pytest.mark.parametrize("step", [*shipped(), *NARROW], ids=lambda step: f"{step[0]}-{'x'.join(map(str, step[2]))}")
def test_a_step_leaves_the_heap_whole(step, checked):
    ended, said = checked(step)
    assert ended == "0", said


@needs_checker
def test_a_write_past_a_buffer_is_noticed(checked):
    ended, _ = checked(("overrun", {}, (1,), False))
    assert int(ended) == -signal.SIGABRT


@pytest.mark.parametrize("channels", [3, 4, 7, 8, 15, 16])
def test_a_pointwise_convolution_is_torchs(channels):
    mine, torchs = PointwiseConvolution(channels, 8, 2), torch.nn.Conv2d(channels, 8, 1, 2, bias=False)
    torchs.load_state_dict(mine.state_dict())
    x = torch.randn(3, channels, 9, 9)
    torch.testing.assert_close(mine(x.contiguous(memory_format=torch.channels_last)), torchs(x))
