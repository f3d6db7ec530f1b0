"""Measured costs that one can multiply by hand."""

from merflow.costs.table import UnitCost

ORIGIN = {"processor": "an abacus", "date": "2026-12-01", "merflow": "1.0"}


def cost(what, name, settings=None, *, start=2.0, each=1.0, size=1000.0, frames=0.0, pixels=(10, 10), on="here"):
    """Return a cost: a start of 2 s, and 1 s and 1000 bytes each."""
    return UnitCost(what, name, settings or {}, on, *pixels, start, each, size, frames, **ORIGIN)
