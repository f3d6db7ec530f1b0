"""Write tools/lock/*.txt: the versions of constraints.txt with the hashes of all their files on PyPI.

Usage: python -m tools.write_lock (``make lock`` does). One lock serves every platform and Python: uv resolves for all
of them at once, and writes markers where packages differ. uv is installed beside the project, in a folder that goes.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "tools/lock"
UV = "uv==0.13.9"
OLDEST_PYTHON = "3.11"
TORCH = re.compile(r"(torch==|nvidia-|cuda-|triton==)")
"""PyTorch of PyPI, and what its wheels for Linux ask for: NVIDIA's libraries."""

_HEADERS = {
    "build": "What installs and builds all else; tools/setup.sh installs it first.",
    "packages": "What the workflow and its SLURM executor need, but for PyTorch.",
    "dev": "What tests, checks and the documentation need beside.",
    "torch": "PyTorch of PyPI; for Linux it brings NVIDIA's libraries.",
    "torch-cpu": "PyTorch without CUDA, where pip finds this wheel. Others are not on PyPI, and have no hash here.",
}


def main() -> None:
    """Resolve, and write the files."""
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "venv/bin/python"
        _run(sys.executable, "-m", "venv", str(python.parents[1]))
        _run(str(python), "-m", "pip", "install", "--quiet", UV)
        build = _resolve(python, "tools/lock/build.in", "-c", "constraints.txt")
        options = ("-c", "constraints.txt", "--no-emit-package", "setuptools")
        run = _resolve(python, "pyproject.toml", "--extra", "slurm", *options)
        whole = _resolve(python, "pyproject.toml", "--extra", "slurm", "--extra", "dev", *options)
    _write("build", build)
    _write("packages", [lines for lines in run if not TORCH.match(lines[0])])
    _write("torch", [lines for lines in run if TORCH.match(lines[0])])
    _write("dev", [lines for lines in whole if lines not in run])
    if "+" in version("torch"):
        _write("torch-cpu", [_wheel_without_cuda()])


def _resolve(python: Path, source: str, *options: str) -> list[list[str]]:
    """Return the lines of each package: name, version and markers, then a hash a line."""
    text = _run(
        *(str(python.with_name("uv")), "pip", "compile", source, *options, "--universal", "--generate-hashes"),
        *("--python-version", OLDEST_PYTHON, "--no-annotate", "--no-header", "--system-certs", "--quiet"),
    )
    lines = [line.removesuffix("\\").rstrip() for line in text.splitlines()]
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _wheel_without_cuda() -> list[str]:
    """Return the lines of the wheel that pip finds here beside PyPI, as on PyTorch's own index or on a disk."""
    wanted = f"torch=={version('torch')}"
    with tempfile.TemporaryDirectory() as folder:
        _run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, wanted)
        (wheel,) = Path(folder).iterdir()
        return [wanted, f"    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"]


def _write(name: str, packages: list[list[str]]) -> None:
    header = f"# {_HEADERS[name]} Made by: make lock\n"
    (LOCK / f"{name}.txt").write_text(
        header + "".join(" \\\n".join(lines) + "\n" for lines in packages), encoding="utf-8"
    )


def _run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
