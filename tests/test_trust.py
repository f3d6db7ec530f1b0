"""What comes from strangers is data: nothing in the project runs it."""

import ast
import re
from pathlib import Path

import pytest
from yaml.constructor import FullConstructor, SafeConstructor

from merflow.untrusted.yaml_file import SAFE_LOADER

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "workflow", "tools", "benchmarks")
PYTHON = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
SNAKEMAKE = [ROOT / "Snakefile", *sorted((ROOT / "workflow").rglob("*.smk"))]

RUNS_CODE = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load_all"),
    *("yaml.full_load", "yaml.unsafe_load", "pd.read_pickle", "pd.eval", "torch.jit.load", "torch.hub.load"),
    *("shutil.unpack_archive", "code.interact", "runpy.run_path", "runpy.run_module"),
}
SAFE_LOADERS = {"yaml.SafeLoader", "yaml.CSafeLoader", "SAFE_LOADER"}
NEEDS = {"np.load": ("allow_pickle", False), "torch.load": ("weights_only", True)}
NEVER = {"shell": True, "allow_pickle": True, "weights_only": False}
MODULES = {"dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle", "tarfile", "xml.etree", "lxml", "yte"}
ONLY_IN = {
    "h5py": ("src/merflow/artefacts/", "src/merflow/untrusted/", "benchmarks/"),
    "openpyxl": ("src/merflow/datasets/reading/workbook_grids.py", "src/merflow/synthesis/containers.py"),
    "xlrd": ("src/merflow/untrusted/workbook_limits.py", "src/merflow/datasets/reading/workbook_grids.py"),
    "xml.parsers": ("src/merflow/untrusted/workbook_limits.py", "src/merflow/untrusted/workbook_facts.py"),
    "pickle": ("src/merflow/untrusted/weights_file.py",),  # for the name of an error
}
ONLY_CALLED_IN = {
    "pd.ExcelFile": "",
    "pd.read_excel": "",
    "cv2.imread": "",
    "cv2.imdecode": "src/merflow/datasets/reading/frames.py",
    "simplejpeg.decode_jpeg": "src/merflow/datasets/reading/frames.py",
    "torch.load": "src/merflow/untrusted/weights_file.py",
}
IMPORTS_BY_NAME = {
    "src/merflow/artefacts/kinds.py",  # the declarations of stages
    "src/merflow/datasets/declared.py",  # the folders of datasets
    "src/merflow/names.py",  # what declarations name; of a configuration only what merflow.plugins lets through
    "src/merflow/stages/__init__.py",  # the folders of stages
}
"""Where a module is imported by a name that the code does not spell."""


def dotted(node):
    """Return ``np.lib.load`` of a name or an attribute; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    before = dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{before}.{node.attr}" if before else ""


def imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)] if node.module else []


def unsafe_call(node):
    """Return what makes a call unsafe; empty = nothing does."""
    name = dotted(node.func)
    given = {one.arg: one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)}
    if name in RUNS_CODE or (name.startswith("pickle.")):
        return f"{name} runs what it reads"
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
    if last in ("extract", "extractall"):
        return f".{last} writes where an archive says"
    return f".{last} of a text runs it" if last in ("eval", "query") and text else ""


def unsafe(source, path):
    """Yield what a module does that could let a stranger's file do something."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in imported(node):
                if any(name == one or name.startswith(f"{one}.") for one in MODULES):
                    yield f"imports {name}"
                inside = {one: allowed for one, allowed in ONLY_IN.items() if f"{name}.".startswith(f"{one}.")}
                if any(not path.startswith(allowed) for allowed in inside.values()):
                    yield f"imports {name}"
        elif isinstance(node, ast.Call):
            problem = unsafe_call(node)
            if problem:
                yield problem
            name = dotted(node.func)
            if name.endswith(("import_module", "exec_module", "load_module")) and path not in IMPORTS_BY_NAME:
                yield f"calls {name}"
            if path.startswith("src/") and name in ONLY_CALLED_IN and path != ONLY_CALLED_IN[name]:
                yield f"calls {name}"


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_runs_what_it_reads(path):
    assert list(unsafe(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())) == []


@pytest.mark.parametrize("path", SNAKEMAKE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_rule_runs_what_it_reads(path):
    assert not re.search(r"(?<![\w.])(eval|exec|pickle|marshal|os\.system|yaml\.load)\b", path.read_text())


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')",
        "import pickle",
        "pickle.loads(b'')",
        "np.load('a.npz')",
        "np.load('a.npz', allow_pickle=True)",
        "torch.load('a.pt')",
        "torch.load('a.pt', weights_only=False)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.FullLoader)",
        "subprocess.run('ls', shell=True)",
        "table.query('a > 1')",
        "table.eval(f'{name} + 1')",
        "archive.extractall('.')",
        "import xml.etree.ElementTree",
        "from xml import etree",
        "from tarfile import open",
        "import h5py",
        "import openpyxl",
        "from openpyxl.reader.excel import ExcelReader",
        "pd.ExcelFile(path)",
        "cv2.imread('a.png')",
        "importlib.import_module(name)",
        "spec.loader.exec_module(module)",
    ],
)
def test_each_of_them_is_noticed(source):
    assert list(unsafe(source, "src/merflow/other.py"))


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
    assert list(unsafe(source, "src/merflow/other.py")) == []
