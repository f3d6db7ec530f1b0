"""No small file from elsewhere fills the memory: files that claim or hold too much, read in a process of its own."""

import re
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest

pytestmark = pytest.mark.slow

READ = """
import resource, sys
from pathlib import Path
import cv2, h5py, hdf5plugin, numpy, openpyxl, pandas, torch
from merflow.artefacts import open_shard
from merflow.datasets.clip_table import read_clips
from merflow.datasets.reading.frames import read_color
from merflow.datasets.reading.tables import read_sheet
from merflow.errors import MerflowError
from merflow.untrusted.weights_file import read_weights

def shard(path):
    with open_shard(path, kind="flow"):
        pass

READERS = {
    ".png": read_color, ".tif": read_color, ".csv": read_clips, ".h5": shard,
    ".xlsx": lambda path: read_sheet(path, None, required=("a",)),
    ".txt": lambda path: read_sheet(path, None, required=("a",)),
    ".pt": lambda path: read_weights(path, what="weights", advice="None."),
}

def peak():  # of this program; that of getrusage begins with the memory of pytest, which forked
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

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


def tiff(path):
    """Write a TIFF of 16384 x 3000 whose only strip is to hold 16384 rows more than a thousand times."""
    strip = zlib.compress(bytes(100))
    fields = (
        (256, 16_384),
        (257, 3_000),
        (258, 8),
        (259, 8),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 2**24),
        (279, len(strip)),
    )
    head = b"II*\0" + struct.pack("<I", 8 + len(strip)) + strip + struct.pack("<H", len(fields))
    path.write_bytes(head + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields) + bytes(4))


def sheet(path, rows, after=b""):
    """Write a workbook of these rows, and of what comes after them."""
    import openpyxl

    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    content = b"<sheetData>%b</sheetData>%b" % (rows, after)
    namespace = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet %b>%b</worksheet>" % (namespace, content)
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


def shared_text(path):
    """Write a file whose attribute has 4000 entries that name one text, which is there once."""
    import h5py

    from merflow.artefacts.seal import seal

    texts = ["x" * 600_000, *map(str, range(3999))]
    with h5py.File(path, "w", libver="earliest") as file:  # later versions have checksums there
        file.attrs.create("kind", texts, dtype=h5py.string_dtype())
    content = bytearray(path.read_bytes())
    collections = (found.start() for found in re.finditer(b"GCOL", content))
    entry = next(start for at in collections if (start := content.find(struct.pack("<IQ", 600_000, at))) > 0)
    content[entry : entry + 64_000] = content[entry : entry + 16] * 4000
    path.write_bytes(content)
    seal(path)


def weights(path):
    """Write weights of which PyTorch makes a gigabyte that it fills, by a function that it holds to be harmless."""
    content = b"X\x0a\0\0\0state_dict}X\x06\0\0\0config}X\x01\0\0\0xc__builtin__\nbytearray\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/DATA.pkl", b"\x80\x02}(" + content + b"J\0\0\0\x40\x85Rsu.")
        archive.writestr("a/version", b"3\n")
        archive.writestr("a/byteorder", b"little")


def claim(group):
    group.create_dataset("dz", (10**6, 10**6), "u1", chunks=(1000, 1000), compression="gzip")


def inflate(group):
    node = group.create_dataset("dz", (2**22,), "u1", chunks=(2**22,), compression="gzip")
    node.id.write_direct_chunk((0,), zeros(2**28))


def test_no_bomb_takes_the_memory(tmp_path):
    picture(tmp_path / "1.png")
    tiff(tmp_path / "1.tif")
    sheet(tmp_path / "sheet.xlsx", b"<row><c><v>1</v></c></row>" * 10**6)
    sheet(tmp_path / "wide.xlsx", b'<row><c r="zzz1"><v>1</v></c></row>' * 2000)
    sheet(tmp_path / "formulas.xlsx", (b"<row>%b</row>" % (b"<c><f>1</f></c>" * 20)) * 6000)
    merged = b'<mergeCell ref="A1:XFD1048576"/>' * 20_001
    sheet(tmp_path / "merged.xlsx", b"", b"<mergeCells>%b</mergeCells>" % merged)
    (tmp_path / "commas.txt").write_bytes((b"," * 999 + b"\n") * 8000)
    weights(tmp_path / "weights.pt")
    shared_text(tmp_path / "texts.h5")
    shard(tmp_path / "claims.h5", claim)
    shard(tmp_path / "inflates.h5", inflate)
    with (tmp_path / "clips.csv").open("wb") as file:
        file.truncate(2**40)
    bombs = {
        "1.png": "20000x20000",
        "1.tif": "found 16384x16777216",
        "sheet.xlsx": "100001 rows",
        "wide.xlsx": "18278 columns",
        "formulas.xlsx": "at most 100000 formulas without a result",
        "merged.xlsx": "more than 20000 merged cells",
        "commas.txt": "2000000 cells, found more",
        "weights.pt": "__builtin__ bytearray",
        "texts.h5": "found 4000 texts",
        "claims.h5": "claims 1000000000000",
        "inflates.h5": "inflates to more",
        "clips.csv": "1099511627776",
    }
    names = tuple(bombs)
    assert all((tmp_path / name).stat().st_size < 10 * 2**20 for name in names if name != "clips.csv")
    done = subprocess.run(
        [sys.executable, "-c", READ, *(str(tmp_path / name) for name in names)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(names)
    for (name, found), line in zip(bombs.items(), lines, strict=True):
        grown_mb, _, message = line.partition(" ")
        assert found in message
        assert int(grown_mb) < 100, f"{name} took {grown_mb} MB"
