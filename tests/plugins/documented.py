"""The plug-in of the documentation: its code as the pages "adding a network" and "adding a dataset" print it."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def code_of(page):
    """Return the only block of Python of a page."""
    (code,) = _PYTHON.findall((DOCS / page).read_text())
    return code


def write_package(folder, name="my_pkg"):
    """Write the package of the documentation into a folder, under a name of its own; returns the package."""
    package = folder / name
    package.mkdir()
    for file, page in (("net.py", "adding-a-model.md"), ("data.py", "adding-a-dataset.md")):
        (package / file).write_text(code_of(page).replace("my_pkg", name))
    return package
