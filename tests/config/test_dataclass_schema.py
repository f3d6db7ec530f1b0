from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from merflow.config.dataclass_schema import keyword_schema, object_schema, parameter_descriptions


@dataclass(frozen=True)
class Inner:
    """Inner.

    Parameters
    ----------
    tau : float
        A step.
    """

    tau: float = 0.25


@dataclass(frozen=True)
class Outer:
    """Outer.

    Parameters
    ----------
    low, high : int
        Bounds,
        both inclusive.
    names : tuple of str
        Names.
    pair : tuple of float
        Two numbers.
    mode : {"a", "b"}
        A mode.
    limit : float or None
        A limit.
    extra : mapping
        Anything.
    inner : Inner
        The inner.

    Raises
    ------
    ValueError
        Never.
    """

    low: int
    high: int = 3
    names: tuple[str, ...] = ("x",)
    pair: tuple[float, float] = (0.0, 1.0)
    mode: Literal["a", "b"] = "a"
    limit: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    inner: Inner = field(default_factory=Inner)


def test_fields_become_properties_with_type_default_and_description():
    schema = object_schema(Outer)
    properties = schema["properties"]
    assert schema["required"] == ["low"]
    assert schema["additionalProperties"] is False
    assert properties["high"] == {"description": "Bounds, both inclusive.", "type": "integer", "default": 3}
    assert properties["names"]["default"] == ["x"]
    assert (properties["pair"]["minItems"], properties["pair"]["maxItems"]) == (2, 2)
    assert properties["mode"]["enum"] == ["a", "b"]
    assert properties["limit"]["anyOf"] == [{"type": "number"}, {"type": "null"}]
    assert properties["inner"]["default"] == {"tau": 0.25}
    assert properties["inner"]["properties"]["tau"]["type"] == "number"


def test_an_undescribed_field_is_refused():
    @dataclass
    class Bare:
        """Nothing described."""

        value: int = 1

    with pytest.raises(ValueError, match="value is not described"):
        object_schema(Bare)


def test_keyword_arguments_of_a_function_and_not_its_positional_ones():
    def network(shape: int, *, width: int = 4) -> None:
        """Make a network.

        Parameters
        ----------
        shape : int
            Not a setting.
        width : int
            Of a layer.
        """

    assert list(keyword_schema(network)["properties"]) == ["width"]


def test_descriptions_end_with_the_section():
    assert "ValueError" not in parameter_descriptions(Outer.__doc__)
