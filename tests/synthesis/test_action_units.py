import numpy as np
import pytest
from scipy.spatial import cKDTree

from merflow.synthesis.action_units import ACTION_UNITS, face_units
from merflow.synthesis.camera import Camera
from merflow.synthesis.head import load_head
from merflow.synthesis.pose import Pose
from merflow.synthesis.rasterise import rasterise

HEAD = load_head()


@pytest.fixture(scope="module")
def visible_skin():
    """Mask (V,) of the skin that a camera 650 mm in front of the mean head sees."""
    camera = Camera()
    vertices = Pose(yaw=0, pitch=0, roll=0, x=0, y=40, z=725).to_camera(HEAD.mean, HEAD.pivot)
    raster = rasterise(vertices, HEAD.triangles, camera)
    seen = np.zeros(len(HEAD.uv), dtype=bool)
    seen[np.unique(HEAD.triangles[np.unique(raster.triangle[raster.covered])])] = True
    return seen & (HEAD.materials == 0)


@pytest.mark.parametrize("row", ACTION_UNITS.values(), ids=lambda row: f"AU{row.number}")
def test_every_row_of_the_table_is_reached(row, visible_skin):
    # size: the table has two digits, and which vertex counts as visible depends on the camera by up to 3 % (AU 17);
    # place: the table is rounded to mm; direction: to tenths, so within 10 degrees; spread: that of the vertices that
    # move by more than half, which rests on a few dozen vertices (AU 45: 6.9 x 1.9 for 9 x 4), so within 2.2 mm
    size = np.linalg.norm(HEAD.au_bases[row.number], axis=1) * visible_skin
    peak = int(size.argmax())
    assert size[peak] == pytest.approx(row.full_mm, rel=0.03)
    x, y, _ = HEAD.mean[peak]
    assert abs(x) == pytest.approx(row.peak[0], abs=1.0)
    assert y == pytest.approx(row.peak[1], abs=1.0)
    outward = HEAD.au_bases[row.number][peak] / size[peak] * [np.sign(x) if abs(x) > 1 else 1, 1, 1]
    expected = np.array(row.direction) / np.linalg.norm(row.direction)
    assert outward @ expected > np.cos(np.radians(10))
    region = size > 0.5 * size[peak]
    assert np.abs(HEAD.mean[region, 0]).std() == pytest.approx(row.spread[0], abs=2.2)
    assert HEAD.mean[region, 1].std() == pytest.approx(row.spread[1], abs=2.2)


@pytest.mark.parametrize("au", ACTION_UNITS)
def test_both_sides_of_the_face_move_alike(au):
    # the source's left and right units differ by up to a twentieth (cheekSquint)
    mirrored = cKDTree(HEAD.mean[: HEAD.weld.max() + 1]).query(HEAD.mean * [-1, 1, 1])[1]
    basis = HEAD.au_bases[au]
    assert np.abs(basis - basis[mirrored] * [-1, 1, 1]).max() < 0.12 * ACTION_UNITS[au].full_mm


def test_one_mm_moves_the_most_mobile_point_by_one_mm(visible_skin):
    for au, basis in HEAD.au_bases_per_mm().items():
        assert np.linalg.norm(basis[visible_skin], axis=1).max() == pytest.approx(1.0, rel=0.03), au


def test_nose_wrinkling_lifts_the_lip_as_brow_lowering_does_not():
    upper_lip = HEAD.landmarks[51]
    assert HEAD.au_bases_per_mm()[9][upper_lip, 1] > 0.2
    assert abs(HEAD.au_bases_per_mm()[4][upper_lip, 1]) < 0.02


def test_lip_pressing_is_a_weak_lip_suck():
    np.testing.assert_allclose(HEAD.au_bases[24], 0.3 * HEAD.au_bases[28], atol=0.02)


def test_starred_parts_name_both_sides():
    assert face_units(ACTION_UNITS[25]) == {
        "mouthLowerDownLeft": 0.5,
        "mouthLowerDownRight": 0.5,
        "mouthUpperUpLeft": 0.3,
        "mouthUpperUpRight": 0.3,
    }
