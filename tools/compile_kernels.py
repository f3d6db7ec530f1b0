"""Compile what `make demo` runs through numba, where the packages are installed, so that its jobs find it compiled.

numba keeps the machine code beside the modules. It compiles again what is edited, and on another kind of processor.
Two jobs that start together on an empty cache compile the same code twice.
"""

import tempfile
from pathlib import Path

import merflow.stages.flow.tvl1.kernel  # noqa: F401  # compiled when it is imported
from merflow.synthesis.demo import generate_demo
from merflow.synthesis.settings import SynthesisSettings


def main() -> None:
    """Render one clip, which compiles the renderer for the types that it is called with."""
    with tempfile.TemporaryDirectory() as folder:
        generate_demo(Path(folder), SynthesisSettings(n_subjects=1, clips=1))


if __name__ == "__main__":
    main()
