"""Fixtures of the dataset tests: the builders of official layouts, loaded by path since tests are no package."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def casme2() -> ModuleType:
    """Builders of the official CASME II layouts."""
    return _load("casme2_fixture")


@pytest.fixture(scope="session")
def casme3() -> ModuleType:
    """Builders of the official CAS(ME)^3 layout."""
    return _load("casme3_fixture")


@pytest.fixture(scope="session")
def samm() -> ModuleType:
    """Builders of the official SAMM layout."""
    return _load("samm_fixture")


@pytest.fixture(scope="session")
def smic() -> ModuleType:
    """Builders of the official SMIC layouts."""
    return _load("smic_fixture")


@pytest.fixture(scope="session")
def folders() -> ModuleType:
    """Builders of folders of ready flow images."""
    return _load("flow_images_fixture")
