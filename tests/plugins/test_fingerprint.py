"""The code of a plug-in: what of it counts, and that nothing else does."""

import pytest

from merflow.artefacts import fingerprint as computed
from merflow.artefacts.fingerprint import _closure, _parsed, _parsed_file, _source


@pytest.fixture
def of(beside):
    """Return a function that computes a fingerprint as a new process would."""

    def fingerprint(module):
        for cached in (_parsed, _parsed_file, _source):
            cached.cache_clear()
        return computed(module)

    return fingerprint


@pytest.fixture
def code(beside, unique):
    """A package and a module beside it that a network imports, in each way that Python knows."""
    folder = beside / unique
    (folder / "parts").mkdir(parents=True)
    files = {
        "__init__.py": "",
        "net.py": (
            "import numpy as np\n"
            "from torch import nn\n"
            "from merflow.models.network import Network\n"
            f"import beside_{unique}\n"
            f"from {unique} import absolute\n"
            "from . import sibling\n"
            "from .parts.deep import DEPTH\n\n\n"
            "class Net(Network):\n    reads = ('regions',)\n"
        ),
        "absolute.py": "VALUE = 1\n",
        "sibling.py": "from .second import VALUE\n",
        "second.py": "VALUE = 1\n",
        "parts/__init__.py": "VALUE = 1\n",
        "parts/deep.py": "from ..third import VALUE as DEPTH\n",
        "third.py": "VALUE = 1\n",
        "unused.py": "VALUE = 1\n",
        f"../beside_{unique}.py": "VALUE = 1\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_it_holds_what_the_module_imports_of_its_own_code_and_no_library(of, code, unique):
    of(f"{unique}.net")
    found = {name for name in _closure((f"{unique}.net",)) if not name.startswith("merflow.")}
    own = {"net", "absolute", "sibling", "second", "parts", "parts.deep", "third"}
    assert found == {unique, f"beside_{unique}", *(f"{unique}.{name}" for name in own)}


def test_it_holds_the_contract_of_networks_but_not_how_plug_ins_are_found(of, code, unique):
    of(f"{unique}.net")
    found = _closure((f"{unique}.net",))
    assert "merflow.models.network" in found
    assert not {name for name in found if name.startswith("merflow.plugins")}


@pytest.mark.parametrize(
    "file", ["net.py", "absolute.py", "sibling.py", "second.py", "third.py", "parts/__init__.py", "__init__.py"]
)
def test_an_edit_of_any_of_them_counts(of, code, unique, file):
    before = of(f"{unique}.net")
    (code / file).write_text((code / file).read_text() + "CHANGED = 1\n")
    assert of(f"{unique}.net") != before


def test_a_comment_and_a_module_that_is_not_imported_do_not_count(of, code, unique):
    before = of(f"{unique}.net")
    (code / "net.py").write_text((code / "net.py").read_text() + "# a comment\n")
    (code / "unused.py").write_text("VALUE = 2\n")
    assert of(f"{unique}.net") == before


def test_a_file_beside_the_configuration_is_no_part_of_merflow(of, beside):
    before = of("merflow.models.ststnet")
    (beside / "torch.py").write_text("CHANGED = 1\n")
    assert of("merflow.models.ststnet") == before
