"""The layouts that there are, by name; what a layout is stands in ``layout``."""

from collections.abc import Mapping
from typing import Any

from merflow.names import named


def declared_layouts() -> Mapping[str, Any]:
    """Return the layouts that datasets declare (:class:`merflow.datasets.declaration.GeneratedLayout`), by name.

    The generator lies below the datasets and imports none of them: it finds their declarations by name.
    """
    found: Mapping[str, Any] = named("merflow.datasets.declared:LAYOUTS")
    return found
