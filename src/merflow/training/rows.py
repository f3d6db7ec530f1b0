"""A description of the rows of examples in plain values. It is stored with the weights that were trained on them."""

from typing import Any

from merflow.artefacts import Examples

MULTI = "multi"
"""Fact of rows whose labels are told one by one; others do not have it."""


def what_rows_hold(examples: Examples) -> dict[str, Any]:
    """Return the facts by which a network's examples are told from those of another kind, unit or label set.

    Returns
    -------
    dict
        ``classes``, and `MULTI` where they are labels that are told one by one; ``input_shape``, ``dims`` and ``dtype``
        of a row; ``input``, the artefact and the settings that give its numbers their unit; ``edges`` of a graph.
    """
    return {
        "classes": list(examples.classes),
        **({MULTI: True} if examples.multi else {}),
        "input_shape": list(examples.x.shape[1:]),
        "dims": list(examples.dims),
        "dtype": str(examples.x.dtype),
        "input": dict(examples.input),
        "edges": [list(edge) for edge in examples.edges],
    }
