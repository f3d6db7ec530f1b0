"""The distance of the eyes in space: against projected points, on turned heads, with holes, and what is refused."""

import numpy as np
import pytest

from merflow.errors import BadClipError
from merflow.stages.clouds.back_projection import Camera, project
from merflow.stages.clouds.eye_distance import check_eye_distance, eye_distance
from merflow.stages.clouds.point_cloud import CloudSettings

CAMERA = Camera(fx_px=1000.0, fy_px=1000.0, cx_px=320.0, cy_px=240.0)
ORIGIN = (150, 80)
LIMITS = CloudSettings().eye_distance_mm


def seen(landmarks, *, eyes_m):
    """A crop of 400 x 400 px whose halves have the depth of their eyes, and landmarks with the eyes where they are."""
    pixel = project(np.array(eyes_m), CAMERA)
    moved = (landmarks - landmarks.mean(axis=0)) * 2 + pixel.mean(axis=0)
    moved[36:42], moved[42:48] = pixel
    depth = np.full((400, 400), eyes_m[0][2] * 1000)
    depth[:, int(pixel.mean(axis=0)[0]) - ORIGIN[0] :] = eyes_m[1][2] * 1000
    return depth, moved


def test_by_hand(landmarks):
    depth, points = seen(landmarks, eyes_m=[(-0.0315, 0, 0.63), (0.0315, 0, 0.63)])
    found = eye_distance(depth, points, CAMERA, origin=ORIGIN)
    assert found.picture_px == pytest.approx(100)
    assert found.depth_mm == pytest.approx(630)
    assert found.space_mm == pytest.approx(63)


@pytest.mark.parametrize("degrees", [-40, -20, 20, 40])
def test_a_turned_head_keeps_its_eyes(landmarks, degrees):
    angle = np.deg2rad(degrees)
    half = 0.030 * np.array([np.cos(angle), 0, np.sin(angle)])
    middle = np.array([0.02, -0.01, 0.6])
    depth, points = seen(landmarks, eyes_m=[middle - half, middle + half])
    assert eye_distance(depth, points, CAMERA, origin=ORIGIN).space_mm == pytest.approx(60, abs=0.1)


def test_an_eye_without_depth_takes_that_of_the_face(landmarks):
    depth, points = seen(landmarks, eyes_m=[(-0.0315, 0, 0.63), (0.0315, 0, 0.63)])
    x, y = (points[36] - ORIGIN).astype(int)
    depth[y - 26 : y + 27, x - 26 : x + 27] = np.nan
    assert eye_distance(depth, points, CAMERA, origin=ORIGIN).space_mm == pytest.approx(63)


def test_a_face_without_depth_is_for_the_cloud_to_refuse(landmarks):
    found = eye_distance(np.full((400, 400), np.nan), landmarks, CAMERA, origin=ORIGIN)
    assert np.isnan(found.space_mm)
    check_eye_distance(found, CAMERA, LIMITS)


@pytest.mark.parametrize(
    ("fault", "found", "remedy"),
    [
        (lambda depth, camera: (depth * 4, camera), "found 252 mm", "depth_unit_mm is 4 times what it should be"),
        (
            lambda depth, camera: (depth, Camera(2000, 2000, 320, 240)),
            "found 32 mm",
            "are the pictures 0.5 times the size",
        ),
        (lambda depth, camera: (depth, Camera(525, 525, 320, 240)), "found 120 mm", "focal length of about 1000 px"),
    ],
    ids=["depth in quarters of a mm", "pictures of half the size", "another camera's focal length"],
)
def test_what_cannot_be_is_refused_with_what_would_fit(landmarks, fault, found, remedy):
    depth, camera = fault(*seen(landmarks, eyes_m=[(-0.0315, 0, 0.63), (0.0315, 0, 0.63)])[:1], CAMERA)
    _, points = seen(landmarks, eyes_m=[(-0.0315, 0, 0.63), (0.0315, 0, 0.63)])
    measured = eye_distance(depth, points, camera, origin=ORIGIN)
    with pytest.raises(BadClipError, match=found) as caught:
        check_eye_distance(measured, camera, LIMITS)
    for part in (remedy, f"clouds.focal_px {camera.fx_px:g}", "clouds.eye_distance_mm"):
        assert part in caught.value.reason
