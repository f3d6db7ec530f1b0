"""What a clip costs to render in each layout, in CPU time: one subject of one clip and of two, in new processes."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.scale.measured import line_through

_RENDER = """
import sys
from pathlib import Path
from merflow.synthesis.demo import generate_subject
from merflow.synthesis.settings import SynthesisSettings
generate_subject(Path(sys.argv[1]), SynthesisSettings(n_subjects=1, clips=int(sys.argv[3]), layout=sys.argv[2]), 0)
"""
FEW, MANY = 1, 2


def render_seconds(layout: str) -> tuple[float, float]:
    """Return (CPU seconds before the first clip, CPU seconds a clip) of rendering in a layout."""
    return line_through(FEW, _seconds(layout, FEW), MANY, _seconds(layout, MANY))


def _seconds(layout: str, clips: int) -> float:
    before = _of_children()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", _RENDER, str(Path(folder, "raw")), layout, str(clips)], check=True)
    return _of_children() - before


def _of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system
