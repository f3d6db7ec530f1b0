from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from merflow.checks import check_setting
from merflow.errors import ConfigError
from merflow.settings import from_plain, to_plain


@dataclass(frozen=True)
class Inner:
    tau: float = 0.25
    steps: int = 1


@dataclass(frozen=True)
class Outer:
    low: int
    root: Path = Path("x")
    names: tuple[str, ...] = ("x",)
    pair: tuple[float, float] = (0.0, 1.0)
    mode: Literal["a", "b"] = "a"
    limit: float | None = None
    deep: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    inner: Inner = field(default_factory=Inner)
    several: tuple[Inner, ...] = ()

    def __post_init__(self):
        check_setting(self.low >= 0, "low", expected="0 or more", found=self.low)


PLAIN = {
    "low": 1, "root": "a/b", "names": ["p", "q"], "pair": [0, 2.5], "mode": "b", "limit": None, "deep": True,
    "extra": {"any": [1, {"thing": None}]}, "inner": {"tau": 1, "steps": 3}, "several": [{"tau": 0.5, "steps": 1}],
}  # fmt: skip
BUILT = Outer(
    1, Path("a/b"), ("p", "q"), (0, 2.5), "b", None, True, {"any": [1, {"thing": None}]}, Inner(1, 3), (Inner(0.5),)
)


def test_plain_values_become_objects_and_plain_again():
    assert from_plain(Outer, PLAIN) == BUILT
    assert to_plain(BUILT) == PLAIN
    assert from_plain(Outer, {"low": 1, "inner": {"tau": 0.1}}) == Outer(1, inner=Inner(0.1))


def test_whole_numbers_are_not_written_as_others():
    assert type(from_plain(Outer, PLAIN).inner.tau) is int
    assert type(to_plain(BUILT)["pair"][0]) is int


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"lwo": 1}, r"d\.x: Outer has no setting 'lwo'\. Did you mean 'low'\? Known: low, root, names"),
        ({"inner": {"taw": 1}}, r"d\.x\.inner: Inner has no setting 'taw'\. Did you mean 'tau'"),
        ({"low": -1}, "low: expected 0 or more, but found -1"),
        ({"low": 1.5}, r"d\.x\.low: expected .*int.*, found 1\.5"),
        ({"low": True}, r"d\.x\.low: expected .*int.*, found True"),
        ({"root": ""}, r"d\.x\.root: expected a path, found ''"),
        ({"names": "p"}, r"d\.x\.names: expected a list, found 'p'"),
        ({"pair": [1.0]}, r"d\.x\.pair: expected a list of 2, found \[1\.0\]"),
        ({"pair": ["a", 1]}, r"d\.x\.pair: expected .*float.*, found 'a'"),
        ({"mode": 3}, r"d\.x\.mode: expected a word, found 3"),
        ({"limit": "a"}, r"d\.x\.limit: expected .*float.*, found 'a'"),
        ({"deep": 1}, r"d\.x\.deep: expected .*bool.*, found 1"),
        ({"extra": [1]}, r"d\.x\.extra: expected a block of settings, found \[1\]"),
        ({"inner": 3}, r"d\.x\.inner: expected a block of settings, found 3"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(changed, message):
    with pytest.raises(ConfigError, match=message):
        from_plain(Outer, PLAIN | changed, where="d.x")


def test_what_is_no_block_is_refused():
    with pytest.raises(ConfigError, match=r"experiment: expected a block of settings of Outer, found '\[1\]'"):
        from_plain(Outer, [1], where="experiment")


def test_a_setting_without_default_must_be_given():
    with pytest.raises(ConfigError, match="reader: Outer needs the setting 'low', found none"):
        from_plain(Outer, {}, where="reader")
