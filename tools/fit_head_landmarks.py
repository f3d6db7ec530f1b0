"""Choose the 68 landmark vertices of the demo's head; run by hand before ``build_head_asset.py``, which stores them.

    python -m tools.fit_head_landmarks > tools/head_landmarks.py

Subjects are rendered and marked by dlib. For each landmark the vertex is taken that lies nearest to its marks on
average, among the visible ones of the right part (lid margin, upper lip, lower lip, midline), mirrored left to right.
The committed asset only has to be good enough to render; its own landmarks play no part.
"""

import sys
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from merflow.stages.faces.detector import find_landmark_model
from merflow.synthesis.actor import sample_actor
from merflow.synthesis.atlas import load_atlas
from merflow.synthesis.camera import Camera
from merflow.synthesis.head import HeadModel, load_head
from merflow.synthesis.pose import sample_base_pose
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.render import Studio, render_color

N_SUBJECTS, FIRST_SEED = 48, 100_000
UPPER_LID, LOWER_LID, EYE_CORNERS = (37, 38, 43, 44), (40, 41, 46, 47), (36, 39, 42, 45)
UPPER_LIP, LOWER_LIP, LIP_CORNERS = (49, 50, 51, 52, 53, 61, 62, 63), (55, 56, 57, 58, 59, 65, 66, 67), (48, 54, 60, 64)
MIDLINE = (8, 27, 28, 29, 30, 33, 51, 57, 62, 66)
ON_IMAGE_RIGHT = (55, 56, 65)  # of each mirrored pair the lower index lies on image left, but for these
_RUNS = ((0, 17), (17, 27), (31, 36), (48, 55), (55, 60), (60, 65), (65, 68))


def mirror_order() -> NDArray[np.int64]:
    """Return the landmark (68,) that each one becomes when the image is flipped."""
    order = np.arange(68)
    for low, high in _RUNS:
        order[low:high] = order[low:high][::-1]
    order[36:48] = [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    return order


def mark(image: NDArray[np.uint8], detector: Any, predictor: Any) -> NDArray[np.float64]:
    """Return dlib's marks (68, 2) of the one face in `image`."""
    faces = detector(image, 0)
    if len(faces) != 1:
        raise SystemExit(f"expected one face in each rendering, dlib found {len(faces)}: look at the texture first")
    return np.array([[p.x, p.y] for p in predictor(image, faces[0]).parts()], dtype=np.float64)


def mean_distances(head: HeadModel) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean distance (68, V) of each vertex from each mark, px, and how often each vertex (V,) is seen."""
    predictor = dlib.shape_predictor(str(find_landmark_model()))
    detector, camera, rng = dlib.get_frontal_face_detector(), Camera(), np.random.default_rng(0)
    distance, seen = np.zeros((68, len(head.uv))), np.zeros(len(head.uv))
    for seed in range(FIRST_SEED, FIRST_SEED + N_SUBJECTS):
        actor = sample_actor(seed)
        vertices = sample_base_pose(rng, 75.0).to_camera(actor.neutral, head.pivot)
        raster = rasterise(vertices, head.triangles, camera)
        image = render_color(vertices, raster, actor, Studio.sample(rng), camera, light=1.0)
        marks = mark(np.rint(image).astype(np.uint8), detector, predictor)
        distance += np.linalg.norm(camera.project(vertices)[None] - marks[:, None], axis=2) / N_SUBJECTS
        seen[np.unique(head.triangles[np.unique(raster.triangle[raster.covered])])] += 1 / N_SUBJECTS
    return distance, seen


def candidates(head: HeadModel, seen: NDArray[np.float64], landmark: int) -> NDArray[np.bool_]:
    """Return which vertices (V,) may stand for a landmark; lips and lids are told apart by what moves them."""
    atlas = load_atlas()
    rows, columns = (np.clip((head.uv[:, k] * n).astype(int), 0, n - 1) for k, n in ((1, 1024), (0, 1400)))
    lid_mm, lips = atlas.lid_mm[rows, columns], head.masks["lips"]
    by_jaw, by_blink = (np.linalg.norm(head.au_bases[au], axis=1) for au in (26, 45))
    least = 0.5 if 36 <= landmark < 48 or landmark >= 60 else 0.8
    allowed: NDArray[np.bool_] = (head.materials == 0) & (seen > least)
    if landmark in UPPER_LID:
        allowed &= (by_blink > 5.0) & (lid_mm < 1.2)
    elif landmark in LOWER_LID:
        allowed &= (by_blink < 3.0) & (lid_mm < 1.5)
    elif landmark in EYE_CORNERS:
        allowed &= lid_mm < 2.0
    elif landmark in UPPER_LIP:
        allowed &= (by_jaw < 12.0) & (lips > (0.3 if landmark >= 60 else 0.1))
    elif landmark in LOWER_LIP:
        allowed &= (by_jaw > 10.0) & (lips > 0.1)
    elif landmark in LIP_CORNERS:
        allowed &= lips > 0.05
    if landmark in MIDLINE:
        allowed &= np.abs(head.mean[:, 0]) < 0.2
    side = 1.0 if landmark in ON_IMAGE_RIGHT else -1.0
    allowed &= side * head.mean[:, 0] > -0.2
    return allowed


def choose(head: HeadModel) -> NDArray[np.int64]:
    """Return the vertex of each landmark (68,)."""
    distance, seen = mean_distances(head)
    originals = int(head.weld.max()) + 1
    mirrored = np.asarray(cKDTree(head.mean[:originals]).query(head.mean * [-1, 1, 1])[1])
    chosen, partner = np.zeros(68, dtype=np.int64), mirror_order()
    for k in range(68):
        if k <= partner[k]:
            cost = distance[k] + distance[partner[k]][mirrored]
            chosen[k] = np.argmin(np.where(candidates(head, seen, k), cost, np.inf))
            chosen[partner[k]] = mirrored[chosen[k]]
    error = distance[np.arange(68), chosen]
    print(f"px: inner {error[17:].mean():.2f}, jaw {error[:17].mean():.2f}", file=sys.stderr)
    return chosen


if __name__ == "__main__":
    vertices = choose(load_head())
    rows = "\n".join(f"    {', '.join(map(str, vertices[k : k + 17]))}," for k in range(0, 68, 17))
    print(
        '"""Vertices of the 68 landmarks on the refined head, dlib\'s order; written by ``fit_head_landmarks.py``."""\n'
    )
    print(f"# fmt: off\nLANDMARKS = (\n{rows}\n)")
