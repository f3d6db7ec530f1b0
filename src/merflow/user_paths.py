"""Paths as a user writes them in the configuration: ``~`` and ``$VARIABLES`` mean the same as in a shell."""

import os
from collections.abc import Iterator, Mapping
from string import Template
from typing import Annotated

from merflow.errors import ConfigError

PATH_FORMAT = "path"
"""What the schema of the configuration calls a path in: the paths of the user are expanded wherever it says so."""

UserPath = Annotated[str, PATH_FORMAT]
"""Type of a setting that is a path, or empty."""


def expanded(path: str, *, setting: str) -> str:
    """Return a path with ``~``, ``~user``, ``$NAME`` and ``${NAME}`` replaced; ``$$`` is a dollar sign.

    Parameters
    ----------
    path : str
        As it is written.
    setting : str
        Where, for messages: ``config: datasets.casme2.root``.

    Raises
    ------
    ConfigError
        When a variable is not set or is empty, a dollar sign names none, or there is no such user.
    """
    if path.startswith("~"):
        home = os.path.expanduser(path)  # noqa: PTH111 - keeps the text as it is, where Path would normalise it
        if home.startswith("~"):
            raise ConfigError(
                f"{setting}: expected the home of a user of this machine at the beginning of {path!r}, found none. "
                "Write the full path, or ./~ for a folder of that name."
            )
        path = home
    if "$" not in path:
        return path
    try:
        return Template(path).substitute(_Variables(setting, path))
    except ValueError as error:
        raise ConfigError(
            f"{setting}: expected $NAME or ${{NAME}} after each dollar sign of {path!r}, found another. Write $$ for a "
            "dollar sign."
        ) from error


class _Variables(Mapping[str, str]):
    """The environment; asking for a variable that is not set says which path needs it."""

    def __init__(self, setting: str, path: str) -> None:
        self._setting = setting
        self._path = path

    def __getitem__(self, name: str) -> str:
        value = os.environ.get(name)
        if not value:
            raise ConfigError(
                f"{self._setting}: expected the environment variable {name}, which {self._path!r} names, found it "
                f"{'not set' if value is None else 'empty'}. Set it (export {name}=...), or write the full path."
            )
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(os.environ)

    def __len__(self) -> int:
        return len(os.environ)
