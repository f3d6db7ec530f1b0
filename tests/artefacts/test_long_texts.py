import h5py
import pytest

from merflow.untrusted.long_texts import read_texts


def test_a_long_text_that_entries_share_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        texts = file.create_dataset("texts", data=["x" * 2**17, *["y"] * 2**10], dtype=h5py.string_dtype())
        with pytest.raises(ValueError, match="expected texts of at most 134217728 bytes, found more at /texts"):
            read_texts(texts)
        few = file.create_dataset("few", data=["x" * 2**17, "y"], dtype=h5py.string_dtype())
        assert read_texts(few).tolist() == ["x" * 2**17, "y"]
