"""Compile a function when its module is imported, and keep the machine code where that is possible."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import numba

_log = logging.getLogger(__name__)


def compiled(signature: str, flags: Mapping[str, Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that compiles for one signature, with numba's cache where there is one.

    numba keeps machine code in ``NUMBA_CACHE_DIR``, else in ``__pycache__`` beside the module, else in the user's cache
    folder. It writes whole files and renames them, so jobs that start together on an empty cache each compile, and none
    reads half a file. Where no folder can be written, the disk is full or a kept file is damaged, the function is
    compiled in each process (seconds), and a warning says so.

    Parameters
    ----------
    signature : str
        Types of the result and the arguments. One signature: nothing is compiled during a call.
    flags : mapping
        Further arguments of ``numba.njit``.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            return numba.njit(signature, cache=True, **flags)(function)  # type: ignore[no-any-return]
        except Exception as error:  # what a damaged file raises has no one type; a true fault comes again below
            _log.warning(
                "numba cannot use its cache of machine code for %s (%s: %s), so this job compiles it, which takes some "
                "seconds. If every job says so, set NUMBA_CACHE_DIR to an empty folder that can be written.",
                function.__qualname__,
                type(error).__name__,
                error,
            )
            return numba.njit(signature, **flags)(function)  # type: ignore[no-any-return]

    return decorate
