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


def test_code_that_pytorch_calls_harmless_is_not_run_either(path):
    class Payload:
        def __reduce__(self):
            return (bytearray, (10**12,))

    torch.save({"state_dict": {}, "config": {"a": Payload()}}, path)
    with pytest.raises(ArtefactError, match=r"no tensors and plain values alone, but \w+ bytearray"):
        read(path)


def edited(source, target, edit, compression=zipfile.ZIP_STORED):
    """Write the archive anew, its pickle changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, edit(data) if part.filename.endswith("data.pkl") else data)
    return target


def unchanged(data):
    return data


def test_a_compressed_archive_is_refused(path):
    save_weights(path, {"w": torch.zeros(10**6)}, {})
    bomb = edited(path, path.with_name("bomb.pt"), unchanged, zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 10**5
    with pytest.raises(ArtefactError, match=r"an archive of 40\d+ bytes in \d+, where PyTorch compresses nothing"):
        read(bomb)


def test_parts_that_lie_over_each_other_are_refused(path):
    save_weights(path, {"w": torch.zeros(10**5)}, {})
    with zipfile.ZipFile(path, "a") as archive:
        largest = max(archive.infolist(), key=lambda part: part.file_size)
        archive.filelist += [largest] * 1000  # the directory alone grows
        archive._didModify = True
    with pytest.raises(ArtefactError, match="an archive of 400"):
        read(path)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"K\x05\x85", b"J\x00\x00\x00\x40\x85", "no tensors and plain values alone"),  # out of bounds
        (b"K\x05\x85q\x0aK\x01\x85", b"J\x00\x00\x00\x40\x85q\x0aK\x00\x85", "tensors that claim more than the file"),
        (b"K\x05tq", b"J\x00\x00\x00\x40tq", "no tensors and plain values alone"),
    ],
    ids=["shape", "shape of one value repeated", "storage"],
)
def test_a_tensor_of_a_billion_values_in_a_small_file_is_refused(path, old, new, found):
    save_weights(path, {"w": torch.zeros(5)}, {})

    def claim(data):
        assert old in data
        return data.replace(old, new)

    assert read(edited(path, path.with_name("same.pt"), unchanged))[0]["w"].shape == (5,)
    with pytest.raises(ArtefactError, match=found):
        read(edited(path, path.with_name("bomb.pt"), claim))


def test_a_pickle_behind_which_an_archive_lies_is_refused(path):
    save_weights(path, {"w": torch.zeros(5)}, {})
    path.write_bytes(pickle.dumps({"state_dict": {}, "config": {}}) + path.read_bytes())
    assert zipfile.is_zipfile(path)
    with pytest.raises(ArtefactError, match="cut off, or of another kind"):
        read(path)


@pytest.mark.parametrize("saved", [{"state_dict": {"w": 1}, "config": {}}, {"state_dict": {}, "config": [1]}])
def test_state_dict_and_config_of_other_types(path, saved):
    torch.save(saved, path)
    with pytest.raises(ArtefactError, match="or none"):
        read(path)
