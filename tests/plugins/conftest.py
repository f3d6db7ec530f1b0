import itertools
import os
import sys

import pytest
from tests.plugins.documented import write_package

from merflow import plugins

_NUMBERS = itertools.count()


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """The folder of a configuration that plug-ins are looked for in."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv(plugins.FOLDER_VARIABLE, os.environ.get(plugins.FOLDER_VARIABLE, ""))
    folder = tmp_path / "beside"
    folder.mkdir()
    plugins.use_folder(folder)
    return folder


@pytest.fixture
def unique():
    """A name that no other test has imported."""
    return f"pkg{next(_NUMBERS)}_of_tests"


@pytest.fixture
def package(beside, unique):
    """The package of the documentation, in the folder of the configuration, under a name of its own."""
    return write_package(beside, unique)


@pytest.fixture
def site(tmp_path, beside, monkeypatch):
    """A folder on Python's path that is not that of the configuration."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    plugins._is_installed.cache_clear()
    return folder
