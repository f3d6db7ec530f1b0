"""The file that HDF5 writes to. It stays valid when the disk is full.

HDF5 buffers what it writes. What it cannot write when it closes an array or a file is lost, or HDF5 crashes: h5py
prints ``Exception ignored``, the process ends with a segmentation fault, or a chunk is missing in a file that closes
without an error. So the first error is kept here, the rest of the bytes is discarded, and the error is raised after
HDF5 has closed the file.
"""

import io
from pathlib import Path
from typing import Any


class Sink(io.FileIO):
    """A new file that h5py writes to; after the first error nothing more is written.

    Parameters
    ----------
    path : Path
        Emptied when it exists.

    Attributes
    ----------
    error : OSError or None
        What first went wrong, such as a full disk.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w+")
        self.error: OSError | None = None

    def check(self) -> None:
        """Raise the error that writing met, if it met one."""
        if self.error is not None:
            raise self.error

    def write(self, data: Any) -> int:
        """Write all bytes, or remember why not."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while len(rest) and self.error is None:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.error = error
        return size

    def truncate(self, size: int | None = None) -> int:
        """Make the file as long as HDF5 wants it, or remember why not."""
        wanted = self.tell() if size is None else size
        try:
            if self.error is None:
                super().truncate(wanted)
        except OSError as error:
            self.error = error
        return wanted
