"""What others have made is data: nothing in the project runs it. What a linter can refuse, ruff does."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from yaml.constructor import FullConstructor, SafeConstructor

from merflow.untrusted.yaml_file import SAFE_LOADER

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "workflow", "tools", "benchmarks")
PYTHON = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
SNAKEMAKE = [ROOT / "Snakefile", *sorted((ROOT / "workflow").rglob("*.smk"))]

LINTED = """
eval('1')
import pickle
import pandas as pd, yaml, cv2, torch, subprocess, importlib, tarfile, h5py, openpyxl, xml.etree.ElementTree
pickle.loads(b'')
torch.load('a.pt')
yaml.load(text)
yaml.load(text, Loader=yaml.FullLoader)
subprocess.run('ls', shell=True)
import os; os.system('ls')
archive.extractall('.')
from xml import etree
from tarfile import open as unpack
from openpyxl.reader.excel import ExcelReader
pd.ExcelFile(path)
cv2.imread('a.png')
importlib.import_module(name)
"""
"""What ruff refuses, line by line (S and TID251 in pyproject.toml)."""


def findings(source, path):
    """Return the lines in which ruff refuses something for the sake of trust, as of a file of the project."""
    command = [sys.executable, "-m", "ruff", "check", "--select", "S,TID251", "--output-format", "json"]
    done = subprocess.run(
        [*command, "--stdin-filename", path, "-"], input=source, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    return {found["location"]["row"] for found in json.loads(done.stdout)}


def test_the_linter_refuses_what_runs_or_unpacks_a_file():
    lines = LINTED.strip().split("\n")
    assert findings("\n".join(lines), "src/merflow/other.py") == set(range(1, len(lines) + 1))


def test_each_library_that_reads_files_has_its_place():
    assert findings("import h5py\n", "src/merflow/artefacts/other.py") == set()
    assert findings("import cv2\ncv2.imdecode(a, b)\n", "src/merflow/datasets/reading/frames.py") == set()
    assert findings("import cv2\ncv2.imdecode(a, b)\n", "src/merflow/datasets/reading/folders.py") == {2}


SAFE_LOADERS = {"yaml.SafeLoader", "yaml.CSafeLoader", "SAFE_LOADER", "_OnceLoader"}
NEEDS = {"np.load": ("allow_pickle", False), "torch.load": ("weights_only", True)}
NEVER = {"allow_pickle": True, "weights_only": False}


def dotted(node):
    """Return ``np.lib.load`` of a name or an attribute; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    before = dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{before}.{node.attr}" if before else ""


def unsafe_call(node):
    """Return what makes a call unsafe that no linter knows; empty = nothing does."""
    name = dotted(node.func)
    given = {one.arg: one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)}
    loaders = [dotted(one.value) for one in node.keywords if one.arg == "Loader"]
    if name == "yaml.load" and (len(loaders) != 1 or loaders[0] not in SAFE_LOADERS):
        return "yaml.load of more than plain values"
    if name in NEEDS and given.get(NEEDS[name][0]) is not NEEDS[name][1]:
        return f"{name} without {NEEDS[name][0]}={NEEDS[name][1]}"
    for key, value in NEVER.items():
        if given.get(key) is value:
            return f"{key}={value}"
    last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    text = bool(node.args) and isinstance(node.args[0], ast.JoinedStr | ast.Constant)
    if last in ("exec_module", "load_module"):
        return f".{last} of a module that the code does not spell"
    return f".{last} of a text runs it" if last in ("eval", "query") and text else ""


def unsafe(source):
    """Return what the calls of a module could let a file of others do."""
    return [
        problem for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) if (problem := unsafe_call(node))
    ]


def test_no_module_runs_what_it_reads():
    found = {path.relative_to(ROOT).as_posix(): unsafe(path.read_text(encoding="utf-8")) for path in PYTHON}
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_no_rule_runs_what_it_reads():
    runs = re.compile(r"(?<![\w.])(eval|exec|pickle|marshal|os\.system|yaml\.load)\b")
    assert [path.name for path in SNAKEMAKE if runs.search(path.read_text())] == []


@pytest.mark.parametrize(
    "source",
    [
        "np.load('a.npz')",
        "np.load('a.npz', allow_pickle=True)",
        "torch.load('a.pt')",
        "torch.load('a.pt', weights_only=False)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.FullLoader)",
        "table.query('a > 1')",
        "table.eval(f'{name} + 1')",
        "spec.loader.exec_module(module)",
    ],
)
def test_each_of_them_is_noticed(source):
    assert unsafe(source)


def test_the_loader_of_the_schema_makes_plain_values_only():
    assert issubclass(SAFE_LOADER, SafeConstructor)
    assert not issubclass(SAFE_LOADER, FullConstructor)


def test_what_is_safe_is_not_noticed():
    source = """
net.eval()
np.load(path, allow_pickle=False)
tree.query(points)
yaml.safe_load(text)
yaml.load(text, Loader=yaml.CSafeLoader)
"""
    assert unsafe(source) == []
