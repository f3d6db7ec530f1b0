"""Rights of the user that the tests run as: root may read everything, and so would meet no refusal."""

import ctypes
import os
import sys
from contextlib import contextmanager

import pytest

_VERSION = 0x20080522
_READ_EVERYTHING = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, of capabilities(7)."""


@contextmanager
def as_a_normal_user():
    """Meet the permissions of files as any user does: of root, the capabilities to pass them over are put aside."""
    if os.geteuid() != 0:
        yield
        return
    if not sys.platform.startswith("linux"):
        pytest.skip("root reads everything here")
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted and inheritable, of 32 capabilities each, twice
    _call("capget", sets)
    before = sets[0]
    sets[0] = before & ~_READ_EVERYTHING
    _call("capset", sets)
    try:
        yield
    finally:
        sets[0] = before
        _call("capset", sets)


def _call(name, sets):
    header = (ctypes.c_uint32 * 2)(_VERSION, 0)
    if getattr(ctypes.CDLL(None, use_errno=True), name)(header, sets):
        raise OSError(ctypes.get_errno(), name)
