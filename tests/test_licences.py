"""Licences of what is installed: read from the packages, and refused when unknown or not allowed."""

from email.message import Message

import pytest
from tools import licences


class Package:
    """A package with the metadata of a test."""

    def __init__(self, name, **metadata):
        self.metadata = Message()
        self.metadata["Name"] = name
        for key, values in metadata.items():
            for value in [values] if isinstance(values, str) else values:
                self.metadata[key.replace("_", "-")] = value


def test_everything_installed_is_allowed(capsys):
    assert licences.main() == 0
    table = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert table["numpy"].startswith("BSD-3-Clause")
    assert table["certifi"] == "MPL-2.0"
    assert "unknown" not in table.values()


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"License_Expression": "MIT AND PSF-2.0", "License": "x"}, "MIT AND PSF-2.0"),
        ({"Classifier": ["License :: OSI Approved :: Apache Software License"]}, "Apache-2.0"),
        ({"Classifier": ["License :: OSI Approved", "Topic :: X"], "License": "BSD-3-Clause"}, "BSD-3-Clause"),
        ({"Classifier": ["License :: DFSG approved", "License :: X :: MIT License"]}, "MIT"),
        ({"Classifier": ["License :: X :: MIT License", "License :: X :: GPL"]}, "MIT AND GPL"),
        ({"License": "GPL-3.0"}, "GPL-3.0"),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_licence_of_a_package(metadata, expected):
    assert licences.licence(Package("x", **metadata)) == expected


@pytest.mark.parametrize("said", ["MIT", "(MIT AND BSD-3-Clause)", "GPL-3.0 OR MIT", "Apache-2.0 WITH LLVM-exception"])
def test_allowed(said):
    assert licences.is_allowed(said)


@pytest.mark.parametrize("said", ["", "GPL-3.0", "MIT AND GPL-3.0", "LicenseRef-Mine", "MIT-like"])
def test_not_allowed(said):
    assert not licences.is_allowed(said)


def test_a_package_that_must_not_be_there_is_named_with_the_next_move(monkeypatch, capsys):
    packages = [Package("good", License="MIT"), Package("Bad_One", License="AGPL-3.0"), Package("silent")]
    monkeypatch.setattr(licences, "distributions", lambda: packages)
    assert licences.main() == 1
    said = capsys.readouterr().err
    assert "refused: bad-one: expected one of" in said
    assert "found AGPL-3.0. Read its licence files" in said
    assert "refused: silent: it says no licence" in said
    assert "3 packages, 2 refused" in said
