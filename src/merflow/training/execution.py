"""Execution of a fold: device, threads, memory, reproducible kernels. It decides no result."""

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from merflow.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a fold is trained. No setting of a result depends on it.

    Parameters
    ----------
    device : {"auto", "cpu", "cuda"}
        ``auto`` is a GPU when there is one.
    threads : int
        Of the arithmetic on a CPU.
    stack : int
        Networks that are trained side by side, folds and seeds together: 1 for one by one, 0 for as many as fit into
        the memory of a GPU, and one by one on a CPU.
    """

    device: str = "auto"
    threads: int = 1
    stack: int = 0

    def device_of_torch(self) -> torch.device:
        """Return the device to train on; raises as :func:`choose_device`."""
        return choose_device(self.device)

    def side_by_side(self) -> int:
        """Return how many networks are trained side by side at most; 0 for none: the loop trains one by one.

        On a GPU a stack of one is a stack too, so that the number changes no result: it draws dropout as a CPU does,
        and the loop does not.
        """
        if self.device_of_torch().type == "cuda":
            return self.stack or MOST_SIDE_BY_SIDE
        return self.stack if self.stack > 1 else 0


MOST_SIDE_BY_SIDE = 1024
"""Networks, where the memory of a GPU alone would set no bound."""

ANY_MACHINE = Machine()

DEVICES = ("auto", "cpu", "cuda")
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 2**30
_OLD_LIMIT = 2**25  # older versions of glibc refuse more

KEPT_EXAMPLES_BYTES = 2**31
"""Of examples that stay in their file, so much stays in memory once it is read: 891 clips of 16 frames of 224 px."""


def choose_device(device: str) -> torch.device:
    """Return the device to train on: ``auto`` is a GPU when there is one.

    Raises
    ------
    ConfigError
        On an unknown name, or when ``cuda`` is asked for and there is none.
    """
    if device not in DEVICES:
        raise ConfigError(f"unknown device {device!r}. Allowed: {', '.join(DEVICES)}.")
    if device == "cuda" and not torch.cuda.is_available():
        raise ConfigError(
            "device: expected a CUDA GPU, but this torch "
            f"({torch.__version__}) sees none. Set device: auto or cpu, or install a CUDA build of torch."
        )
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(device)


@contextmanager
def reproducible(device: torch.device, *, threads: int = 1) -> Iterator[None]:
    """Run with deterministic kernels and a fixed number of threads; put the settings back afterwards.

    On a GPU convolutions are computed with all bits of float32: torch's default rounds their factors to 10 bits (TF32).

    On a CPU the same seed then gives the same bytes on the same machine for the same number of threads: sums are
    split by threads, and other processors choose other kernels. On a GPU the same holds for one GPU model and version.

    Parameters
    ----------
    device : torch.device
        On a CPU nothing but the threads has to be set: the kernels that the models use are deterministic there, and
        asking torch for them would import its compiler, 1.2 s a fold.
    threads : int
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        if device.type == "cuda":
            with _deterministic_kernels():
                yield
        else:
            yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _deterministic_kernels() -> Iterator[None]:
    before = torch.are_deterministic_algorithms_enabled()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # asked for by deterministic cuBLAS
    torch.use_deterministic_algorithms(True)
    rounds, torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.allow_tf32, False  # convolutions of 10 bits
    fills = torch.utils.deterministic.fill_uninitialized_memory  # type: ignore[attr-defined]
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # a pass over each tensor
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
        torch.backends.cudnn.allow_tf32 = rounds
        torch.utils.deterministic.fill_uninitialized_memory = fills  # type: ignore[attr-defined]


def keep_freed_memory() -> bool:
    """Tell glibc to keep freed blocks instead of handing each large one back to the kernel.

    A training step frees and asks again for the same few hundred MB; fresh pages from the kernel cost as much time as
    the arithmetic on them. Returns whether the C library took it: elsewhere than on glibc nothing is done.

    Kept blocks of many sizes leave gaps between them. Steps of ATM-GCN at its paper's size, 16 clips each, peak at
    3.5 GB, and at 2.4 where blocks above 16 MB are handed back, for half as much time again.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    taken = any(mallopt(_M_MMAP_THRESHOLD, size) for size in (_KEPT_BYTES, _OLD_LIMIT))
    return bool(taken and mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES))


def give_freed_memory_back() -> bool:
    """Hand what glibc has kept back to the kernel, so that gaps do not add up over epochs; false where it cannot."""
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).malloc_trim(0))
