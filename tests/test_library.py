"""The library's face: what ``import merflow`` loads and offers, and that editors are told the same."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.artefacts.test_examples_file import examples

import merflow
from merflow.artefacts import ShardWriter, write_examples
from merflow.names import named
from merflow.paths import experiment, shard

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
    own = {"merflow", "merflow.version"}
    assert own <= loaded
    assert {name for name in loaded - own if name.split(".")[0] not in sys.stdlib_module_names} == set()


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


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder with what the page about the library reads: flow of a subject, flow images and graphs of two."""
    monkeypatch.chdir(tmp_path)
    rng, provenance = np.random.default_rng(0), {"params": {}, "code": "", "inputs": {}}
    flow = rng.normal(size=(2, 16, 16)).astype(np.float32)
    path = Path(shard("demo", "flow", "tvl1", "spNO.1"))
    with ShardWriter(path, kind="flow", variant="tvl1", dataset="demo", subject="spNO.1", **provenance) as written:
        written.add("spNO.1_a_45", {"flow": flow, "expression_flow": flow, "head_motion": np.zeros((2, 3))})
    four = {name: np.array(list(values)) for name, values in (("subject", "aabb"), ("clip", "pqrs"))}
    four |= {"label": np.array([0, 1, 0, 1]), "expression": np.array(["micro"] * 4)}
    pictures = {"x": rng.random((4, 8, 8, 3), np.float32), "dims": ("clip", "image_y", "image_x", "uvs")}
    nodes = {"x": rng.random((4, 3, 4, 4), np.float32), "dims": ("clip", "frame", "node", "xyda"), "edges": ((0, 1),)}
    for name, given in (("ststnet", pictures), ("gts_gn", nodes)):
        path = Path(experiment("demo", name, "examples.h5"))
        write_examples(examples(**given, **four), path, dataset="demo", experiment=name, **provenance)


def test_what_the_page_says_runs_as_it_stands(results, capsys):
    page = (FACE.parents[2] / "docs/library.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 5
    scope = {}
    for block in blocks:
        exec(compile(block, "docs/library.md", "exec"), scope)
    assert len(scope["predicted"]) == len(scope["graphs"]) == 4
    out = capsys.readouterr().out
    assert "Shard(flow of spNO.1 in demo, 1 clips" in out
    assert "Examples(4 clips of 2 subjects" in out
    assert "aligned px" in out
