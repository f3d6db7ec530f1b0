"""The format's page names every field and attribute that the writer enforces."""

from pathlib import Path

import numpy as np
import pytest

from merflow.artefacts import KINDS

PAGE = (Path(__file__).parents[2] / "docs/file-format.md").read_text()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_page_lists_every_field_and_attribute(kind):
    for name, field in KINDS[kind].fields.items():
        assert f"| {kind} | `{name}` | {', '.join(field.dims)} | {field.dtype} | {field.units}" in PAGE
    for name in KINDS[kind].attrs:
        assert f"| {kind} | `{name}` |" in PAGE


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_fields_are_described_and_only_floats_may_miss(kind):
    for field in KINDS[kind].fields.values():
        assert field.units
        assert field.description
        assert not field.missing or np.dtype(field.dtype).kind == "f"
