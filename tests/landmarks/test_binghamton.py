"""The 83 landmarks on the generator's head: what they stand for, in any pose and whichever way their contours run."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from merflow.errors import BadClipError
from merflow.landmarks.binghamton import BRIDGE, dlib_landmarks
from merflow.landmarks.mean_face_3d import MEAN_FACE_MM
from merflow.stages.meshes.settings import MeshSettings
from merflow.stages.meshes.straightening import moved, straighten
from merflow.synthesis.actor import sample_actor
from merflow.synthesis.binghamton import binghamton_vertices
from merflow.synthesis.head import load_head

LOOPS = [(0, 8), (8, 16), (16, 26), (26, 36), (48, 60), (60, 68)]
LINES = [(42, 48), (68, 83)]
POSE = Rotation.from_euler("xyz", [12, -25, 8], degrees=True).as_matrix()
BP4D = [*range(16, 36), *range(16), *range(36, 83)]


@pytest.fixture(scope="module")
def points():
    return load_head().mean[binghamton_vertices()]


def test_each_stands_for_the_landmark_of_dlib_at_its_place(points):
    found = dlib_landmarks(points)
    assert np.isnan(found[BRIDGE]).all()
    distance = np.linalg.norm(found - MEAN_FACE_MM, axis=1)
    assert distance[31:].max() < 2  # nose, eyes and mouth
    assert distance[17:27].max() < 4
    assert distance[4:13].max() < 3
    assert distance[:17].max() < 11  # this jaw goes 41 mm back from landmark 2 to landmark 1


def test_the_pose_of_a_face_turns_its_landmarks_and_changes_no_order(points):
    turned = dlib_landmarks(points @ POSE.T + [30, -5, 700])
    np.testing.assert_allclose(turned, dlib_landmarks(points) @ POSE.T + [30, -5, 700], atol=1e-9)


def test_where_a_contour_begins_which_way_it_runs_and_which_side_comes_first_does_not_matter(points):
    expected = dlib_landmarks(points)
    for first, end in LOOPS:
        other = points.copy()
        other[first:end] = np.roll(points[first:end][::-1], 3, axis=0)
        np.testing.assert_allclose(dlib_landmarks(other), expected, atol=1e-9)
    for first, end in LINES:
        other = points.copy()
        other[first:end] = points[first:end][::-1]
        np.testing.assert_allclose(dlib_landmarks(other), expected, atol=1e-9)
    sides = points[[*range(8, 16), *range(8), *range(26, 36), *range(16, 26), *range(36, 83)]]
    np.testing.assert_allclose(dlib_landmarks(sides), expected, atol=1e-9)


def test_the_order_of_bp4d_is_told_from_that_of_bu_4dfe(points):
    np.testing.assert_allclose(dlib_landmarks(points[BP4D]), dlib_landmarks(points), atol=1e-9)


def test_points_in_another_order_are_refused(points):
    for other in (points[::-1], np.random.default_rng(0).permutation(points), np.zeros((83, 3))):
        with pytest.raises(BadClipError, match=r"order of BU-4DFE or BP4D, found that .* by neither"):
            dlib_landmarks(other, source="000.bnd")


@pytest.mark.parametrize("identity", range(6))
def test_a_head_is_straightened_by_the_83_nearly_as_by_the_68(identity):
    actor = sample_actor(identity)
    face = actor.neutral @ POSE.T + [30, -5, 700]
    exact = straighten(face[actor.head.landmarks][None], MeshSettings())[0]
    by_83 = straighten(dlib_landmarks(face[binghamton_vertices()])[None], MeshSettings())[0]
    angle = np.degrees(Rotation.from_matrix(by_83[:, :3] @ exact[:, :3].T).magnitude())
    apart = moved(face[actor.head.landmarks], by_83) - moved(face[actor.head.landmarks], exact)
    assert angle < 0.5
    assert np.linalg.norm(apart, axis=1).max() < 1
