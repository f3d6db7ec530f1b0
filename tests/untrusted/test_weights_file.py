import errno
import pickle
import random
import struct
import zipfile

import numpy as np
import pytest
import torch

from merflow.errors import ArtefactError
from merflow.training.checkpoint import save_weights
from merflow.untrusted.weights_file import _is_whole, read_weights


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


def test_an_error_of_the_system_is_not_told_as_damage(path, monkeypatch):
    save_weights(path, {"w": torch.zeros(2)}, {})

    def fail(self):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("pathlib.Path.read_bytes", fail)
    with pytest.raises(OSError, match="Input/output error"):
        read(path)


def test_a_file_that_would_fill_the_memory_is_not_read(path):
    with path.open("wb") as file:
        file.truncate(2**30 + 1)
    with pytest.raises(ArtefactError, match=r"found a file of more than 1073741824 bytes\. Run again\."):
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


def test_a_compressed_archive_that_claims_no_more_than_it_has_is_refused(path):
    save_weights(path, {"w": torch.frombuffer(bytearray(np.random.default_rng(0).bytes(4000)), dtype=torch.uint8)}, {})
    other = edited(path, path.with_name("other.pt"), unchanged, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(other) as archive:
        assert sum(part.file_size for part in archive.infolist()) <= other.stat().st_size
    with pytest.raises(ArtefactError, match="where PyTorch compresses nothing"):
        read(other)


def test_a_large_pickle_is_not_read(path):
    save_weights(path, {}, {"a": "x" * 2**24})
    with pytest.raises(ArtefactError, match="but found a pickle of 1677"):
        read(path)


def bomb(data):
    """Return a pickle that makes a terabyte, with all that `read_weights` wants."""
    del data
    content = b"X\x0a\0\0\0state_dict}X\x06\0\0\0config}X\x01\0\0\0xc__builtin__\nbytearray\n"
    return b"\x80\x02}(" + content + b"\x8a\x08" + struct.pack("<q", 10**12) + b"\x85Rsu."


def test_a_pickle_whose_name_is_in_capitals_is_looked_into_too(path):
    save_weights(path, {"w": torch.zeros(5)}, {})
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(path.with_name("bomb.pt"), "w") as new:
        for part in old.infolist():
            ours = part.filename.endswith("data.pkl")
            new.writestr(part.filename.replace("data.pkl", "DATA.PKL"), bomb(b"") if ours else old.read(part))
    with pytest.raises(ArtefactError, match="but __builtin__ bytearray"):
        read(path.with_name("bomb.pt"))


def halves(content):
    """Return the parts of a plain archive and its directory."""
    length, offset = struct.unpack("<II", content[-10:-2])
    return content[:offset], bytearray(content[offset : offset + length])


def test_an_archive_of_two_directories_is_refused(path):
    """Python finds the harmless one, right before the end; PyTorch goes to the other, where the end says."""
    save_weights(path, {"w": torch.zeros(5)}, {})
    harmless = halves(edited(path, path.with_name("a.pt"), unchanged).read_bytes())
    parts, directory = halves(edited(path, path.with_name("b.pt"), lambda _: bomb(b"") + bytes(9000)).read_bytes())
    assert len(directory) == len(harmless[1])
    place = 0
    while place < len(directory):
        name, extra, comment, offset = *struct.unpack_from("<3H", harmless[1], place + 28), place + 42
        (value,) = struct.unpack_from("<I", harmless[1], offset)
        struct.pack_into("<I", harmless[1], offset, value + len(parts) - len(harmless[0]))
        place += 46 + name + extra + comment
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 7, 7, len(directory), len(parts), 0)
    path.write_bytes(parts + directory + harmless[0] + harmless[1] + end)
    with zipfile.ZipFile(path) as archive:
        seen = [archive.read(part) for part in archive.infolist() if part.filename.endswith("data.pkl")]
    assert b"bytearray" not in seen[0]
    with pytest.raises(ArtefactError, match="whose directory is not right before its end"):
        read(path)


def with_a_comment(content):
    return content[:-2] + b"\x05\x00hello"


def with_a_comment_that_is_cut_off(content):
    return content[:-2] + b"\x05\x00"


def with_something_between(content):
    return content[:-22] + b"between" + content[-22:]


def with_another_count(content):
    return content[:-14] + b"\x01\x00" + content[-12:]


def with_another_place_at_first(content):
    """Change where the end record for large archives says that the directory lies."""
    return content[:-50] + (7).to_bytes(8, "little") + content[-42:]


def with_another_place_of_the_first(content):
    return content[:-34] + (7).to_bytes(8, "little") + content[-26:]


CHANGES = (
    with_a_comment,
    with_a_comment_that_is_cut_off,
    with_something_between,
    with_another_count,
    with_another_place_at_first,
    with_another_place_of_the_first,
)


@pytest.mark.parametrize("change", CHANGES, ids=[change.__name__ for change in CHANGES])
def test_an_end_that_can_be_read_in_two_ways_is_refused(path, change):
    save_weights(path, {"w": torch.zeros(5)}, {})
    content = path.read_bytes()
    assert read(path)[0]["w"].shape == (5,)
    path.write_bytes(change(content))
    with pytest.raises(ArtefactError, match=r"whose directory is not right|cut off, or of another kind"):
        read(path)


def test_a_name_that_ends_early_for_some_is_refused(path):
    save_weights(path, {"w": torch.zeros(5)}, {})
    content = edited(path, path.with_name("same.pt"), unchanged).read_bytes()
    path.write_bytes(content.replace(b"/version", b"/ver\0ion"))
    with pytest.raises(ArtefactError, match="names a part differently"):
        read(path)


@pytest.mark.parametrize(
    "content",
    [b"\x80\x02.", b"\x80\x02h\x05.", b"\x80\x02K\x01Q.", b"\x80\x02K\x01b.", b"\x80\x02}K\x01K\x02R."],
    ids=["nothing", "no such place", "no storage", "no state", "no function"],
)
def test_pickles_that_no_writer_makes_are_refused(path, content):
    save_weights(path, {"w": torch.zeros(5)}, {})
    with pytest.raises(ArtefactError, match="no tensors and plain values alone"):
        read(edited(path, path.with_name("other.pt"), lambda _: content))


def test_memory_that_runs_out_is_the_file_s_fault_only_where_there_is_enough_for_its_size(path, monkeypatch):
    save_weights(path, {"w": torch.zeros(5)}, {})

    def exhausted(*_, **__):
        raise MemoryError

    monkeypatch.setattr("merflow.untrusted.weights_file.torch.load", exhausted)
    with pytest.raises(ArtefactError, match="no tensors and plain values alone"):
        read(path)
    monkeypatch.setattr("merflow.untrusted.weights_file.check_room", exhausted)
    with pytest.raises(MemoryError):
        read(path)


def test_tensors_that_hold_no_plain_array_are_not_whole(path):
    assert _is_whole(torch.eye(3))
    assert not _is_whole(torch.eye(3).to_sparse())
    assert not _is_whole(torch.empty(3, device="meta"))
    torch.save({"state_dict": {"w": torch.eye(3).to_sparse()}, "config": {}}, path)
    with pytest.raises(ArtefactError, match=r"alone, but torch"):
        read(path)


def test_flipped_and_zeroed_bytes_are_refused_or_change_nothing(path):
    """Some bytes of the archive mean nothing: PyTorch fills up to 64 bytes, and dates are zero."""
    network = torch.nn.Sequential(torch.nn.Linear(20, 30), torch.nn.BatchNorm1d(30), torch.nn.Linear(30, 3))
    save_weights(path, network.state_dict(), {"model": "x", "classes": ["a", "b"], "rate": 0.5})
    state, config = read(path)
    data, draw, refused = path.read_bytes(), random.Random(0), 0
    for round_ in range(300):
        damaged, at = bytearray(data), draw.randrange(len(data) - 40)
        if round_ % 3:
            damaged[at] ^= 1 << draw.randrange(8)
        else:
            damaged[at : at + 40] = bytes(40)
        path.write_bytes(damaged)
        try:
            found, found_config = read(path)
        except ArtefactError:
            refused += 1
            continue
        assert found.keys() == state.keys()
        assert all(torch.equal(found[name], state[name]) for name in state)
        assert found_config == config
    assert refused > 100


def test_a_flipped_weight_is_named(path):
    save_weights(path, {"w": torch.arange(1000.0)}, {})
    data = bytearray(path.read_bytes())
    data[data.index(torch.tensor([500.0]).numpy().tobytes())] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArtefactError, match=r"found a checksum that does not hold, in archive/data/0: a failing disk"):
        read(path)


def test_a_part_that_says_it_is_a_folder_is_refused(path):
    """PyTorch reads nothing of one: a single bit of the archive's directory made other weights."""
    save_weights(path, {"w": torch.arange(1000.0)}, {})
    data = bytearray(path.read_bytes())
    attributes = data.index(b"archive/data/0", data.index(b"PK\x01\x02")) - 8
    data[attributes] ^= 0x10
    path.write_bytes(data)
    with pytest.raises(ArtefactError, match="an archive with a folder"):
        read(path)


def test_a_directory_on_several_disks_is_refused(path):
    save_weights(path, {"w": torch.zeros(10)}, {})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x06\x07") + 16] ^= 2
    path.write_bytes(data)
    with pytest.raises(ArtefactError, match="cut off, or of another kind"):
        read(path)
