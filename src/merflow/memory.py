"""Report too little memory. Libraries report it as a damaged or missing file, or end without a message."""

import errno
import re

from merflow.errors import MerflowError

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

MIN_ADDRESS_SPACE = 2**30
"""Bytes that a process must be allowed. PyTorch's libraries alone take 650 MB, OpenCV's 560 MB; with less they end by
ImportError, MemoryError, a message of OpenBLAS, an abort or a segmentation fault."""

MORE_MEMORY = (
    "Raise the limit (ulimit -v unlimited), run fewer jobs side by side (--cores), on a cluster ask for more (mem_mb), "
    "then give the same command again."
)

_LACKS = re.compile(
    r"failed to map segment|allocate memory|memory allocation failed|insufficient memory|out of memory|bad_alloc",
    re.IGNORECASE,
)
"""What the loader of libraries, PyTorch, HDF5, OpenCV, CUDA and C++ say."""


def check_address_space() -> None:
    """Refuse a limit of this process's memory that is too low to load the libraries, before they are loaded.

    Raises
    ------
    MerflowError
        Names the limit, what is needed and how to raise it.
    """
    limit = _limit()
    if limit is not None and limit < MIN_ADDRESS_SPACE:
        raise MerflowError(
            f"expected at least {_mb(MIN_ADDRESS_SPACE)} of memory (address space) for a process, since the libraries "
            f"alone take up to 650 MB, but this one may have {_mb(limit)} (ulimit -v). {MORE_MEMORY}"
        )


def lacks_memory(error: BaseException) -> bool:
    """Return whether an error says that there was no memory, whatever kind of error a library makes of it."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return not isinstance(error, MerflowError) and _LACKS.search(str(error)) is not None


def told_of_memory(error: BaseException) -> str:
    """Return what to tell of an error that `lacks_memory`: what was asked for, what is allowed, and the next move."""
    said = (str(error) or type(error).__name__).splitlines()[0]
    limit = _limit()
    allowed = "as much as the machine has" if limit is None else f"{_mb(limit)} of address space (ulimit -v)"
    return f"expected memory, but there is none left: {said}. This process may have {allowed}. {MORE_MEMORY}"


def check_room(size: int) -> None:
    """Raise MemoryError where `size` bytes cannot be had: for a library that has failed and does not say by what."""
    bytearray(size)


def _limit() -> int | None:
    """Return how many bytes of address space this process may have; None = no limit of its own."""
    if resource is None:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def _mb(size: int) -> str:
    return f"{size // 2**20} MB"
