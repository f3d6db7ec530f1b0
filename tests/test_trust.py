"""What comes from strangers is data: nothing in the project runs it, and no small file of theirs fills the memory."""

import ast
import re
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from yaml.constructor import FullConstructor, SafeConstructor

from merflow.config.load import _SAFE_LOADER

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "workflow", "tools", "benchmarks")
PYTHON = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
SNAKEMAKE = [ROOT / "Snakefile", *sorted((ROOT / "workflow").rglob("*.smk"))]

RUNS_CODE = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load_all"),
    *("yaml.full_load", "yaml.unsafe_load", "pd.read_pickle", "pd.eval", "torch.jit.load", "torch.hub.load"),
    *("shutil.unpack_archive", "code.interact", "runpy.run_path", "runpy.run_module"),
}
SAFE_LOADERS = {"yaml.SafeLoader", "yaml.CSafeLoader", "_SAFE_LOADER"}
NEEDS = {"np.load": ("allow_pickle", False), "torch.load": ("weights_only", True)}
NEVER = {"shell": True, "allow_pickle": True, "weights_only": False}
MODULES = {"dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle", "tarfile", "xml.etree", "lxml", "yte"}
ONLY_IN = {
    "h5py": ("src/merflow/artefacts/", "benchmarks/"),
    "xlrd": ("src/merflow/datasets/workbook_limits.py",),
    "xml.parsers": ("src/merflow/datasets/workbook_limits.py",),
    "pickle": ("src/merflow/models/weights_file.py",),  # for the name of an error
}
ONLY_CALLED_IN = {
    "pd.ExcelFile": "src/merflow/datasets/tables.py",
    "pd.read_excel": "",
    "cv2.imread": "",
    "cv2.imdecode": "src/merflow/datasets/frames.py",
    "torch.load": "src/merflow/models/weights_file.py",
}


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
                if any(name == one and not path.startswith(allowed) for one, allowed in ONLY_IN.items()):
                    yield f"imports {name}"
        elif isinstance(node, ast.Call):
            problem = unsafe_call(node)
            if problem:
                yield problem
            name = dotted(node.func)
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
        "pd.ExcelFile(path)",
        "cv2.imread('a.png')",
    ],
)
def test_each_of_them_is_noticed(source):
    assert list(unsafe(source, "src/merflow/other.py"))


def test_the_loader_of_the_schema_makes_plain_values_only():
    assert issubclass(_SAFE_LOADER, SafeConstructor)
    assert not issubclass(_SAFE_LOADER, FullConstructor)


def test_what_is_safe_is_not_noticed():
    source = """
net.eval()
np.load(path, allow_pickle=False)
tree.query(points)
yaml.safe_load(text)
yaml.load(text, Loader=yaml.CSafeLoader)
"""
    assert list(unsafe(source, "src/merflow/other.py")) == []


READ = """
import resource, sys
from pathlib import Path
import cv2, h5py, hdf5plugin, numpy, openpyxl, pandas
from merflow.artefacts import open_shard
from merflow.datasets.clip import read_clips
from merflow.datasets.frames import read_color
from merflow.datasets.tables import read_sheet
from merflow.errors import MerflowError

def shard(path):
    with open_shard(path, kind="flow"):
        pass

READERS = {
    ".png": read_color, ".csv": read_clips, ".h5": shard,
    ".xlsx": lambda path: read_sheet(path, None, required=("a",)),
}

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + 2 * 2**30  # a bomb that goes off takes no more from the machine
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for name in sys.argv[1:]:
    before = peak()
    try:
        READERS[Path(name).suffix](Path(name))
    except MerflowError as error:
        print(peak() - before, error)
    else:
        raise SystemExit(f"{name} was read")
"""


def zeros(size):
    """Return a zlib stream of zeros."""
    stream = zlib.compressobj(1)
    return b"".join(stream.compress(bytes(2**20)) for _ in range(size // 2**20)) + stream.flush()


def picture(path):
    """Write a whole grey PNG of 20000 x 20000."""

    def chunk(kind, data):
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = (20_000).to_bytes(4) * 2 + b"\x08\x00\x00\x00\x00"
    rows = zeros(20_000 * 20_001 + 2**20)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def sheet(path):
    """Write a workbook of a million rows."""
    import openpyxl

    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    rows = b"<row><c><v>1</v></c></row>" * 10**6
    namespace = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (namespace, rows)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name, content in parts.items():
            new.writestr(name, content)


def shard(path, add):
    """Write a shard of ours and add an array to it."""
    import h5py
    import numpy as np

    from merflow.artefacts import ShardWriter
    from merflow.artefacts.seal import seal

    identity = {"kind": "flow", "variant": "v", "dataset": "d", "subject": "s", "params": {}, "code": "", "inputs": {}}
    flow = np.zeros((2, 8, 8))
    with ShardWriter(path, **identity) as writer:
        writer.add("c", {"flow": flow, "expression_flow": flow, "head_motion": np.zeros((2, 3))})
    with h5py.File(path, "a") as file:
        add(file["clips/c"])
    seal(path)


def claim(group):
    group.create_dataset("dz", (10**6, 10**6), "u1", chunks=(1000, 1000), compression="gzip")


def inflate(group):
    node = group.create_dataset("dz", (2**22,), "u1", chunks=(2**22,), compression="gzip")
    node.id.write_direct_chunk((0,), zeros(2**28))


def test_no_bomb_takes_the_memory(tmp_path):
    picture(tmp_path / "1.png")
    sheet(tmp_path / "sheet.xlsx")
    shard(tmp_path / "claims.h5", claim)
    shard(tmp_path / "inflates.h5", inflate)
    with (tmp_path / "clips.csv").open("wb") as file:
        file.truncate(2**40)
    names = ("1.png", "sheet.xlsx", "claims.h5", "inflates.h5", "clips.csv")
    assert all((tmp_path / name).stat().st_size < 10 * 2**20 for name in names if name != "clips.csv")
    done = subprocess.run(
        [sys.executable, "-c", READ, *(str(tmp_path / name) for name in names)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(names)
    for name, line, found in zip(
        names,
        lines,
        ("20000x20000", "100001 rows", "claims 1000000000000", "inflates to more", "1099511627776"),
        strict=True,
    ):
        grown_mb, _, message = line.partition(" ")
        assert found in message
        assert int(grown_mb) < 100, f"{name} took {grown_mb} MB"
