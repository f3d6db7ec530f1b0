"""Views of a mesh against Open3D's ray casting, and by hand."""

import numpy as np
import open3d as o3d
import pytest

from merflow.meshes.orthographic import look_up, project
from merflow.meshes.views import View
from merflow.synthesis.head import load_head

SIZE, MM = 96, 2.0
MIDDLE = (0.0, -38.0, -15.0)


@pytest.fixture(scope="module")
def head():
    return load_head()


@pytest.mark.parametrize("yaw", [-45.0, 0.0, 30.0])
def test_depth_is_that_of_parallel_rays(head, yaw):
    """Rays in the head's own frame, made without the view's turn: the camera goes around the other way."""
    view = View(yaw, SIZE, MM, MIDDLE)
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(head.mean.astype(np.float32), head.triangles.astype(np.uint32))
    angle = np.radians(yaw)
    right, towards = np.array([np.cos(angle), 0, np.sin(angle)]), np.array([-np.sin(angle), 0, np.cos(angle)])
    columns, rows = np.meshgrid(np.arange(SIZE), np.arange(SIZE))
    x, y = ((columns - (SIZE - 1) / 2) * MM)[..., None], ((SIZE - 1) / 2 - rows)[..., None] * MM
    start = np.array(MIDDLE) + x * right + y * [0, 1, 0] + 500 * towards
    rays = np.concatenate([start, np.broadcast_to(-towards, start.shape)], axis=-1).astype(np.float32)
    hit = scene.cast_rays(o3d.core.Tensor(rays), nthreads=1)
    theirs = 500 - hit["t_hit"].numpy()
    ours = project(head.mean, head.triangles, view).z
    both = np.isfinite(ours) & np.isfinite(theirs)
    assert both.sum() > 2000
    assert (np.isfinite(ours) != np.isfinite(theirs)).sum() < 10  # rays along an edge
    assert np.median(np.abs(ours - theirs)[both]) < 1e-4
    assert np.percentile(np.abs(ours - theirs)[both], 99) < 1e-3


def test_a_positive_yaw_turns_the_face_to_image_right(head):
    nose = head.mean[head.landmarks[30]][None]
    places = [
        View(yaw, SIZE, MM, MIDDLE).pixels(View(yaw, SIZE, MM, MIDDLE).turned(nose))[0, 0] for yaw in (-30, 0, 30)
    ]
    assert places[0] < places[1] - 5 < places[2] - 10


def test_vertices_that_are_seen_have_the_depth_of_the_picture(head):
    """Bilinear between pixels of .85 mm: the median vertex of the face within .05 mm."""
    from scipy.ndimage import map_coordinates

    view = View(0.0, 224, 190 / 224, MIDDLE)
    picture = project(head.mean, head.triangles, view)
    turned = view.turned(head.mean)
    x, y = view.pixels(turned).T
    there = map_coordinates(picture.z.astype(float), [y, x], order=1, cval=np.nan)
    seen = np.abs(there - turned[:, 2]) < 3
    assert seen.sum() > 5000
    assert np.median(np.abs(there - turned[:, 2])[seen]) < 0.05


def test_the_nearer_of_two_triangles_is_seen_and_a_missing_vertex_leaves_a_hole():
    square = np.array([[-5.0, -5, 0], [5, -5, 0], [5, 5, 0], [-5, 5, 0]])
    vertices, triangles = (
        np.concatenate([square, square + np.array([0, 0, 2])]),
        np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6]]),
    )
    view = View(0.0, 9, 1.0, (0.0, 0.0, 0.0))
    seen = project(vertices, triangles, view)
    assert seen.triangle[7, 8] == 2
    assert seen.triangle[0, 1] == 1
    assert seen.z[7, 8] == 2
    assert seen.z[0, 1] == 0
    np.testing.assert_allclose(seen.weights.sum(axis=-1), 1, atol=1e-6)
    vertices[5] = np.nan
    assert project(vertices, triangles, view).triangle.max() == 1
    vertices[2] = np.nan
    nothing = project(vertices, triangles, view)
    assert nothing.triangle.max() == -1
    assert np.isnan(nothing.z).all()


def test_texture_is_looked_up_where_the_coordinates_lead():
    """A texture of a ramp on a square of its size: each pixel sees its own column, and nothing beside the square."""
    square = np.array([[-8.0, 8, 0], [8, 8, 0], [8, -8, 0], [-8, -8, 0]])
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    texture = np.repeat((10 * np.arange(16))[None, :, None], 16, axis=0).repeat(3, axis=2).astype(np.uint8)
    texture[..., 1] = texture[..., 1].T
    view = View(0.0, 20, 1.0, (0.0, 0.0, 0.0))
    colours = look_up(project(square, triangles, view), triangles, uv, texture)
    np.testing.assert_array_equal(colours[2:18, 2:18], texture)
    assert not colours[:2].any()
    assert not colours[:, 18:].any()
