"""The library's face: what ``import merflow`` loads and offers, and that editors are told the same."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import merflow
from merflow.names import named

FACE = Path(merflow.__file__)
OFFERED = [name for name in merflow.__all__ if name != "__version__"]

LOADED = """
import sys
before = set(sys.modules)
import merflow
print(*sorted(set(sys.modules) - before))
"""


def hinted():
    """Return name -> ``module:attribute`` as the imports for type checkers have it."""
    (block,) = [node for node in ast.parse(FACE.read_text()).body if isinstance(node, ast.If)]
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    return {alias.asname or alias.name: f"{node.module}:{alias.name}" for node in block.body for alias in node.names}


def test_importing_merflow_loads_nothing_but_itself():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "merflow" in loaded
    assert {name for name in loaded - {"merflow"} if name.split(".")[0] not in sys.stdlib_module_names} == set()


def test_what_is_offered_is_listed_and_hinted():
    assert set(OFFERED) <= set(dir(merflow))
    assert hinted() == merflow._OFFERED
    assert set(OFFERED) == set(merflow._OFFERED)


@pytest.mark.parametrize("name", OFFERED)
def test_each_name_is_there_and_says_what_it_does(name):
    offered = getattr(merflow, name)
    assert offered is named(hinted()[name])
    assert offered.__doc__.split("\n")[0].endswith(".")


def test_another_name_is_refused_as_python_refuses_it():
    with pytest.raises(AttributeError, match="module 'merflow' has no attribute 'open_shards'"):
        merflow.open_shards  # noqa: B018
