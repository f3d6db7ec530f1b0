"""A head-sized ellipsoid, whose geometry is known without the head model, and dlib, which knows nothing of it."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def ellipsoid():
    """Vertices (V, 3) in the head frame (mm) and triangles (T, 3) of a closed ellipsoid, wound outwards."""
    n_rings, n_segments = 100, 200
    theta = np.linspace(0.0, np.pi, n_rings + 1)[:, None]
    phi = np.linspace(0.0, 2.0 * np.pi, n_segments, endpoint=False)[None, :]
    unit = np.stack(np.broadcast_arrays(np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)), -1)
    vertices = (unit * [75.0, 110.0, 95.0]).reshape(-1, 3)
    ring, segment = np.mgrid[:n_rings, :n_segments]
    a = ring * n_segments + segment
    b = ring * n_segments + (segment + 1) % n_segments
    c, d = a + n_segments, b + n_segments
    triangles = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    return vertices, triangles.astype(np.int32)


@pytest.fixture(scope="session")
def dlib_models():
    """Frontal face detector and predictor of 68 landmarks."""
    dlib = pytest.importorskip("dlib")
    package = importlib.util.find_spec("face_recognition_models")  # importing it fails with setuptools >= 81
    model = Path(package.submodule_search_locations[0]) / "models" / "shape_predictor_68_face_landmarks.dat"
    return dlib.get_frontal_face_detector(), dlib.shape_predictor(str(model))
