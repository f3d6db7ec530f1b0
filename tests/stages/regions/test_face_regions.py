"""Regions: polygons that the table means, and points inside them against OpenCV and Matplotlib."""

from itertools import combinations

import cv2
import numpy as np
import pytest
from matplotlib.path import Path as Polygon

from merflow.stages.regions.face_regions import (
    PRINTED,
    REGION_NAMES,
    SYMMETRIC,
    points_in_polygon,
    region_members,
    region_polygons,
)

TABLE_I = [
    {1, 2, 3, 4, 5, 31},
    {12, 13, 14, 15, 16, 35},
    {4, 5, 6, 7, 31, 48},
    {10, 11, 12, 13, 35, 54},
    set(range(48, 56)),
    set(range(6, 12)) | set(range(55, 61)),
    set(range(17, 22)),
    set(range(22, 27)),
]
MIRROR = {**{k: 16 - k for k in range(17)}, 31: 35, 35: 31, 48: 54, 54: 48}


def side(a, b, c):
    """Twice the signed area of a triangle: which side of a-b is c on."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def crosses(a, b, c, d):
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def is_simple(polygon):
    edges = list(zip(polygon, np.roll(polygon, -1, axis=0), strict=True))
    return not any(crosses(*first, *second) for first, second in combinations(edges, 2))


def area(polygon):
    x, y = polygon.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


@pytest.fixture
def pixel():
    y, x = np.mgrid[190:340, 290:420]
    return np.stack([x.ravel(), y.ravel()], axis=1)


def test_vertices_are_those_of_the_table():
    assert [set(indices) for indices in PRINTED] == TABLE_I
    assert len(REGION_NAMES) == 8


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("turn", [-20, 0, 20])
def test_no_polygon_crosses_itself(landmarks, symmetric, turn):
    rng = np.random.default_rng(0)
    angle = np.deg2rad(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    for _ in range(20):
        # Landmarks off by the detector's error on a face 92 px wide.
        face = (landmarks - 350) @ rotation.T + rng.normal(0, 0.7, (68, 2))
        for name, polygon in zip(REGION_NAMES, region_polygons(face, symmetric=symmetric), strict=True):
            assert is_simple(polygon), name


def test_the_printed_order_of_the_left_mandible_would_cut_through_the_mouth(landmarks):
    mouth_left = landmarks[[49]] + (0, 1.5)
    assert points_in_polygon(mouth_left, landmarks[[4, 5, 6, 7, 31, 48]])
    assert not points_in_polygon(mouth_left, region_polygons(landmarks)[2])


def test_symmetric_regions_of_a_symmetric_face_mirror_each_other(landmarks):
    for left, right in ((0, 1), (2, 3)):
        assert {MIRROR[k] for k in PRINTED[left]} == set(SYMMETRIC[right])
        polygons = region_polygons(landmarks, symmetric=True)
        assert area(polygons[left]) == pytest.approx(area(polygons[right]))
        assert area(polygons[left]) != pytest.approx(area(region_polygons(landmarks)[right]), rel=0.02)
    assert area(polygons[6]) == pytest.approx(area(polygons[7]))


@pytest.mark.parametrize("region", [4, 5])
def test_symmetric_mouth_and_chin_mirror_themselves(landmarks, region):
    def halves(symmetric):
        polygon = region_polygons(landmarks, symmetric=symmetric)[region]
        mirrored = polygon * [-1, 1] + [2 * landmarks[27, 0], 0]
        return [{tuple(point) for point in points.round(6)} for points in (polygon, mirrored)]

    symmetric, printed = halves(True), halves(False)
    assert symmetric[0] == symmetric[1]
    assert printed[0] != printed[1]


def test_left_is_the_left_of_the_image_and_regions_lie_where_they_are_called(landmarks):
    centre = [polygon.mean(axis=0) - landmarks[30] for polygon in region_polygons(landmarks)]
    for left in (0, 2, 6):
        assert centre[left][0] < 0 < centre[left + 1][0]
    assert centre[0][1] < centre[2][1]  # cheek above mandible
    assert max(centre[6][1], centre[7][1]) < 0 < centre[4][1] < centre[5][1]  # brows, nose, mouth, chin


def test_brows_rise_by_a_share_of_the_interocular_distance_along_the_faces_own_up(landmarks):
    eyes = np.linalg.norm(landmarks[45] - landmarks[36])
    brow = region_polygons(landmarks, brow_height=0.4)[6]
    np.testing.assert_allclose(brow[:5], landmarks[17:22])
    np.testing.assert_allclose(brow[5:], landmarks[21:16:-1] - (0, 0.4 * eyes))
    quarter_turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    turned = region_polygons(landmarks @ quarter_turn.T, brow_height=0.4)[6]
    np.testing.assert_allclose(turned, brow @ quarter_turn.T, atol=1e-9)


def test_points_in_polygon_equals_matplotlib_and_opencv(landmarks, pixel):
    for polygon in region_polygons(landmarks + np.array([0.317, 0.1234])):  # no edge through a pixel centre
        inside = points_in_polygon(pixel, polygon)
        np.testing.assert_array_equal(inside, Polygon(polygon).contains_points(pixel))
        contour = polygon.astype(np.float32)
        by_opencv = [cv2.pointPolygonTest(contour, (float(x), float(y)), False) > 0 for x, y in pixel[::7]]
        np.testing.assert_array_equal(inside[::7], by_opencv)
        assert inside.sum() == pytest.approx(area(polygon), rel=0.08)


def test_a_concave_polygon_by_hand():
    notch = np.array([[0, 0], [10, 0], [10, 10], [5, 3], [0, 10]])
    points = np.array([[5, 2], [5, 4], [1, 5], [9, 5], [11, 5], [5, 9]])
    np.testing.assert_array_equal(points_in_polygon(points, notch), [True, False, True, True, False, False])


def test_convention_polygons_that_share_an_edge_share_no_point():
    y, x = np.mgrid[0:9, 0:9]
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    left, right = np.array([[0, 0], [4, 0], [4, 8], [0, 8]]), np.array([[4, 0], [8, 0], [8, 8], [4, 8]])
    whole = points_in_polygon(grid, np.array([[0, 0], [8, 0], [8, 8], [0, 8]]))
    np.testing.assert_array_equal(points_in_polygon(grid, left) ^ points_in_polygon(grid, right), whole)
    assert not (points_in_polygon(grid, left) & points_in_polygon(grid, right)).any()
    assert whole.sum() == 64


def test_members_are_rows_of_the_pixels(landmarks, pixel):
    polygons = region_polygons(landmarks)
    members = region_members(pixel, polygons)
    for rows, polygon in zip(members, polygons, strict=True):
        np.testing.assert_array_equal(rows, np.flatnonzero(points_in_polygon(pixel, polygon)))
