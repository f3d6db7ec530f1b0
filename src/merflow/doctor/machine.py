"""What the machine has: processors, memory, a GPU, room on the disk, files that may be open."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

from merflow.doctor.findings import Finding

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

ROOM_GB = 5.0
"""Free disk below which the demo may not end: its results take 1 GB, and Snakemake and libraries write besides."""

MEMORY_GB = 4.0
"""A job of preprocessing takes up to 2 GB, one of training of points 2 to 4."""

OPEN_FILES = 1024

_NVIDIA = "nvidia-smi"
"""Command that comes with the driver of a card."""


def machine_findings(folder: Path) -> Iterator[Finding]:
    """Yield what is found of the machine.

    Parameters
    ----------
    folder : Path
        Where results would be written.
    """
    yield _processors()
    yield _memory()
    yield _gpu()
    for what, place in (("disk here", folder.resolve()), ("disk for temporary files", Path(gettempdir()))):
        yield _disk(what, place)
    yield _open_files()


def _processors() -> Finding:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("processors", f"{usable} to be used, of {os.cpu_count()}: snakemake --cores {usable}")


def _memory() -> Finding:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return Finding("memory", "not known on this system", "--")
    gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    if gb < MEMORY_GB:
        return Finding("memory", f"{gb:.1f} GB", "do", f"Have {MEMORY_GB:g} GB, or run one job at a time: --cores 1.")
    return Finding("memory", f"{gb:.1f} GB")


def _gpu() -> Finding:
    try:
        import torch
    except ModuleNotFoundError:
        return Finding("GPU", "not asked for, since PyTorch is not installed", "--")
    if not torch.cuda.is_available():
        if shutil.which(_NVIDIA):
            unused = f"{_NVIDIA} is here, but PyTorch {torch.__version__} can use no GPU"
            mend = f"Install PyTorch's build with CUDA (pytorch.org), or see what {_NVIDIA} says of the driver."
            return Finding("GPU", unused, "do", mend)
        needs = "Enough for all but ResNet18, the capsule network and ATM-GCN at the size of their papers."
        return Finding("GPU", "none, training runs on the processors", "--", needs)
    cards = [torch.cuda.get_device_properties(number) for number in range(torch.cuda.device_count())]
    return Finding("GPU", ", ".join(f"{one.name}, {one.total_memory / 2**30:.0f} GB" for one in cards))


def _disk(what: str, place: Path) -> Finding:
    free = shutil.disk_usage(place).free / 2**30
    found = f"{free:.1f} GB free in {place}"
    if free < ROOM_GB:
        return Finding(what, found, "do", f"Make room, or work elsewhere: {ROOM_GB:g} GB for the demo (docs/scale.md).")
    return Finding(what, found)


def _open_files() -> Finding:
    if resource is None:
        return Finding("open files", "no limit of this kind on this system", "--")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        return Finding("open files", f"at most {soft}", "do", f"Raise the limit: ulimit -n {4 * OPEN_FILES}.")
    return Finding("open files", "no limit" if soft == resource.RLIM_INFINITY else f"at most {soft}")
