import h5py
import numpy as np
import pytest

from merflow.artefacts import new_file as module
from merflow.artefacts.new_file import read_back


def damage(path, name):
    """Change a byte of the last chunk of a dataset, where no reader of the first rows would come by."""
    with h5py.File(path) as file:
        node = file[name]
        place = node.id.get_chunk_info(node.id.get_num_chunks() - 1).byte_offset
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)
        file.seek(place)
        file.write(bytes([byte[0] ^ 255]))


@pytest.mark.parametrize("piece", [2**26, 64])
def test_every_piece_is_compared_with_its_checksum(tmp_path, monkeypatch, piece):
    monkeypatch.setattr(module, "_PIECE_BYTES", piece)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        values = np.arange(400, dtype=np.uint8).reshape(40, 10)
        file.create_dataset("deep/x", data=values, chunks=(4, 10), fletcher32=True)
        file.create_dataset("empty", data=np.zeros((0, 3)))
        file.create_dataset("text", data=["a", "b"], dtype=h5py.string_dtype())
        file.create_dataset("scalar", data=1.0)
    read_back(path)
    damage(path, "deep/x")
    with pytest.raises(OSError, match=r"checksum|read"):
        read_back(path)
