"""Paths that Snakemake cannot use. They are refused when planned, since its own errors name neither path nor reason."""

import re
from collections.abc import Iterable
from pathlib import Path

from merflow.errors import ConfigError

_SPLIT_BY_SHELL = re.compile(r"[\s'\"\\`$&;|<>(){}\[\]*?!]")
"""What a shell does not take as part of a word; ``tools/setup.sh`` names the same (a test compares)."""

_WILDCARD = re.compile(r"\{\s*\w")
_BRACES = re.compile(r"[{}]")


def as_inputs(paths: Iterable[str | Path]) -> list[str]:
    """Return paths as the inputs of a rule, none of which Snakemake may take for a pattern.

    Raises
    ------
    ConfigError
        When a path holds ``{name}``: Snakemake would put a wildcard of the job there, and read another file.
    """
    found = [str(path) for path in paths]
    for path in found:
        if _WILDCARD.search(path):
            raise ConfigError(
                f"{path}: expected a path without braces, which Snakemake takes for a wildcard. Rename the folder, or "
                "name it in config.yaml by a link without braces (ln -s)."
            )
    return found


def check_places(*, python: str, checkout: str) -> None:
    """Refuse a Python and a checkout whose paths would make every job fail.

    Parameters
    ----------
    python : str
        ``sys.executable``, which Snakemake hands to a shell without quotes.
    checkout : str
        Folder of the Snakefile, in whose path Snakemake replaces braces.

    Raises
    ------
    ConfigError
        Names the path, and another place.
    """
    if _BRACES.search(checkout):
        raise ConfigError(
            f"expected a path of the checkout without braces, found {checkout}: Snakemake takes them for wildcards, "
            "and every job would fail. Move the checkout."
        )
    if _SPLIT_BY_SHELL.search(python):
        raise ConfigError(
            f"expected a path of Python without blanks, quotes and brackets, found {python}: Snakemake hands it to a "
            "shell without quotes, and every job would fail. Move the checkout, or keep the environment elsewhere: "
            "make VENV=$HOME/merflow-venv demo, then $HOME/merflow-venv/bin/snakemake."
        )
