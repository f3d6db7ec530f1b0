"""Where the workflow lies: in a checkout, or in the package that was installed from a wheel."""

from importlib.resources import files
from pathlib import Path

from merflow.errors import MerflowError

INSIDE = "checkout"
"""Folder of an installed package that has what a checkout has at its root; ``setup.py`` packs it."""

SNAKEFILE = "Snakefile"


def workflow_root() -> Path:
    """Return the folder of the Snakefile, with ``config.yaml``, ``workflow/``, ``profiles/`` and ``envs/``.

    In a checkout, or where merflow is installed from one in place (``pip install -e``), it is the root of the checkout.
    Nothing may be written there.

    Raises
    ------
    MerflowError
        When merflow was installed without its workflow, as from a folder that was put together by hand.
    """
    package = Path(str(files("merflow")))
    for root in (package / INSIDE, package.parents[1]):
        if (root / SNAKEFILE).is_file():
            return root
    raise MerflowError(
        f"expected {package / INSIDE / SNAKEFILE}, or a {SNAKEFILE} in {package.parents[1]}, found neither: merflow is "
        "installed without its workflow. Install it from a wheel, or with pip install -e in a checkout."
    )
