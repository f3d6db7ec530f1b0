"""The parameters of a network as its source states them: a schema of ``model_params`` without loading the network.

Names, types and defaults are those of the keyword-only arguments of the constructor, descriptions those of the
docstring of the class. What cannot be read from the text is refused with the types that can.
"""

import ast
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn, Optional, Union

from merflow.config.dataclass_schema import parameter_descriptions, parameters_schema
from merflow.config.ranges import parameter_ranges
from merflow.errors import ConfigError
from merflow.models.declared import CONTEXT, network_named
from merflow.models.source import Definition, definition, lineage
from merflow.user_paths import UserPath

_PLAIN: Mapping[str, Any] = {
    **{"int": int, "float": float, "str": str, "bool": bool, "None": type(None), "Any": Any},
    "UserPath": UserPath,
}
_GENERIC: Mapping[str, Any] = {
    "Literal": Literal,
    "Mapping": Mapping,
    "Optional": Optional,
    "Sequence": Sequence,
    "Union": Union,
    "dict": Mapping,
    "list": Sequence,
    "tuple": tuple,
}
_TYPES = (
    "int, float, str, bool, UserPath, Literal[...], Sequence[...], tuple[...], Mapping[str, ...] or one of these | None"
)


def network_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of the parameters of a network.

    Parameters
    ----------
    name : str
        As :func:`merflow.models.declared.network_named` takes it.

    Raises
    ------
    ConfigError
        When there is no such network, a parameter is not described, or its type or default cannot be read.
    """
    module, _, attribute = network_named(name).source.partition(":")
    classes = lineage(module, attribute) or []
    owner, init = next(((one, found) for one in classes if (found := _constructor(one))), (None, None))
    if owner is None or init is None:
        return parameters_schema(attribute, {}, {}, {})
    arguments = [
        (argument, default)
        for argument, default in zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True)
        if argument.arg not in CONTEXT
    ]
    hints = {argument.arg: _hint(owner.module, argument.annotation, (name, argument.arg)) for argument, _ in arguments}
    defaults = {argument.arg: _default(owner.module, default, (name, argument.arg)) for argument, default in arguments}
    above, own = _document(owner), _document(classes[0])
    texts = parameter_descriptions(above) | parameter_descriptions(own)
    ranges = parameter_ranges(above) | parameter_ranges(own)
    try:
        return parameters_schema(attribute, texts, hints, defaults, ranges=ranges)
    except ValueError as error:
        raise ConfigError(
            f"{name}: expected each keyword-only argument of the constructor to have a type of {_TYPES} and an entry "
            f"under Parameters in the docstring of the class, but {error}."
        ) from error


def _constructor(found: Definition) -> ast.FunctionDef | None:
    body = found.node.body if isinstance(found.node, ast.ClassDef) else []
    return next((one for one in body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None)


def _document(found: Definition) -> str:
    return (ast.get_docstring(found.node) if isinstance(found.node, ast.ClassDef) else None) or ""


def _default(module: str, node: ast.expr | None, place: tuple[str, str]) -> Any:
    """Return a default as YAML holds it: a plain value, or a name that stands for one in the module."""
    if node is None:
        return dataclasses.MISSING
    try:
        value = ast.literal_eval(node if not isinstance(node, ast.Name) else _value(module, node.id)[1])
    except ValueError:
        _refuse(place, f"a default that is a plain value, found {ast.unparse(node)}")
    return list(value) if isinstance(value, tuple) else value


def _hint(module: str, node: ast.expr | None, place: tuple[str, str]) -> Any:
    """Return the type that an annotation stands for."""
    if isinstance(node, ast.Constant) and node.value is None:
        return type(None)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _hint(module, ast.parse(node.value, mode="eval").body, place)
    if isinstance(node, ast.Name | ast.Attribute) and _last(node) in _PLAIN:
        return _PLAIN[_last(node)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return Union[_hint(module, node.left, place), _hint(module, node.right, place)]  # noqa: UP007
    if isinstance(node, ast.Subscript) and _last(node.value) in _GENERIC:
        return _GENERIC[_last(node.value)][_arguments(module, node, place)]
    if isinstance(node, ast.Name):
        try:
            return _hint(*_value(module, node.id), place)
        except ValueError:
            pass
    _refuse(place, f"a type of {_TYPES}, found {ast.unparse(node) if node else 'none'}")


def _arguments(module: str, node: ast.Subscript, place: tuple[str, str]) -> tuple[Any, ...]:
    """Return what stands in the brackets of a generic type."""
    inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if _last(node.value) == "Literal":
        return tuple(ast.literal_eval(one) for one in inside)
    return tuple(
        ... if isinstance(one, ast.Constant) and one.value is ... else _hint(module, one, place) for one in inside
    )


def _value(module: str, name: str) -> tuple[str, ast.expr]:
    """Return the module and the expression of a name's value.

    Raises
    ------
    ValueError
        When the name stands for no value that can be read.
    """
    found = definition(module, name)
    if found is None or not isinstance(found.node, ast.Assign | ast.AnnAssign) or found.node.value is None:
        raise ValueError(name)
    return found.module, found.node.value


def _last(node: ast.expr) -> str:
    """Return the last word of a dotted name: ``Literal`` of ``typing.Literal``; empty for anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _refuse(place: tuple[str, str], expected: str) -> NoReturn:
    name, argument = place
    raise ConfigError(f"{name}: expected of the keyword-only argument {argument} {expected}. Change it in the class.")
