"""What pyproject.toml cannot say: the workflow rides in the wheel, and the page on PyPI has no link that leads nowhere.

The workflow lies at the root of the checkout, where users of Snakemake look for it. A wheel has it inside the package,
in ``merflow/checkout``, where ``merflow.workflow_root`` finds it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
SHIPPED = ("Snakefile", "config.yaml", "workflow/**/*", "profiles/**/*", "envs/*.yaml")
INSIDE = "merflow/checkout"

_PICTURE = re.compile(r"!\[[^\]]*\]\((?!\w+://)[^)]*\)\n*")
_LINK = re.compile(r"\[([^\]]*)\]\((?!\w+://)[^)]*\)")


class BuildWithWorkflow(build_py):
    """Copies the workflow beside the modules of the package, but for an installation in place, which has it."""

    def run(self) -> None:
        """Copy modules, data and workflow."""
        super().run()
        if not self.editable_mode:
            for source, target in self._workflow():
                self.mkpath(str(target.parent))
                self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return what a build writes, the workflow too."""
        workflow = [] if self.editable_mode else [str(target) for _, target in self._workflow()]
        return [*super().get_outputs(include_bytecode), *workflow]

    def _workflow(self) -> Iterator[tuple[Path, Path]]:
        for pattern in SHIPPED:
            for source in sorted(ROOT.glob(pattern)):
                if source.is_file() and "__pycache__" not in source.parts:
                    yield source, Path(self.build_lib, INSIDE, source.relative_to(ROOT))


def description() -> str:
    """Return the README without pictures and links into the checkout: nothing at PyPI is there for them to lead to."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return _LINK.sub(r"\1", _PICTURE.sub("", text))


setup(
    cmdclass={"build_py": BuildWithWorkflow},
    long_description=description(),
    long_description_content_type="text/markdown",
)
