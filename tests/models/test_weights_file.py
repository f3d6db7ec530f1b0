import pickle
import zipfile

import pytest
import torch

from merflow.errors import ArtefactError
from merflow.models.weights_file import read_weights
from merflow.training.saving import save_weights


def read(path):
    return read_weights(path, what="the weights of a fold", advice="Run again.")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.pt"


def test_what_was_saved_comes_back(path):
    tensor = torch.arange(6.0).reshape(2, 3)
    save_weights(path, {"layer.weight": tensor}, {"model": "x", "classes": ["a", "b"], "edges": [[0, 1]]})
    state, config = read(path)
    assert list(state) == ["layer.weight"]
    assert torch.equal(state["layer.weight"], tensor)
    assert config == {"model": "x", "classes": ["a", "b"], "edges": [[0, 1]]}


def test_no_file(path):
    with pytest.raises(ArtefactError, match=r"expected the weights of a fold, but found no file\. Run again\."):
        read(path)


def test_files_of_another_kind(path):
    save_weights(path, {"w": torch.zeros(1000)}, {})
    for content in (b"", pickle.dumps([1]), path.read_bytes()[:2000]):
        path.write_bytes(content)
        with pytest.raises(ArtefactError, match="cut off, or of another kind"):
            read(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "no weights")
    with pytest.raises(ArtefactError, match="no tensors and plain values alone"):
        read(path)


@pytest.mark.parametrize(("saved", "found"), [({"layer.weight": torch.zeros(2)}, "layer.weight"), ([1], "list")])
def test_other_contents(path, saved, found):
    torch.save(saved, path)
    with pytest.raises(ArtefactError, match=f"but found {found} in place of state_dict and config"):
        read(path)


def test_code_in_a_file_is_not_run(path):
    class Payload:
        def __reduce__(self):
            return (open, (str(path.with_name("ran")), "w"))

    torch.save({"state_dict": {}, "config": Payload()}, path)
    with pytest.raises(ArtefactError, match="no tensors and plain values alone"):
        read(path)
    assert not path.with_name("ran").exists()
