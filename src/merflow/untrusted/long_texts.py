"""Columns of texts. The texts of a small file may be larger than the memory."""

import h5py
import numpy as np
from numpy.typing import NDArray

MAX_TEXT_BYTES = 2**27
"""A column of texts, each as long as the longest; the clips of CAS(ME)^3 take 2**17."""

_TEXTS_AT_ONCE = 2**30


def read_texts(node: h5py.Dataset) -> NDArray[np.str_]:
    """Read a column of texts, a few at a time: many entries may share one long text of the file.

    Raises
    ------
    ValueError
        When it takes more than `MAX_TEXT_BYTES`.
    """
    texts: list[str] = []
    step = max(1, _TEXTS_AT_ONCE // node.file.id.get_filesize())
    for start in range(0, len(node), step):
        texts += node.asstr()[start : start + step].tolist()
        if len(node) * max(map(len, texts[start:])) > MAX_TEXT_BYTES:
            raise ValueError(f"expected texts of at most {MAX_TEXT_BYTES} bytes, found more at {node.name}")
    return np.array(texts, dtype=np.str_)
