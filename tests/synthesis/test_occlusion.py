"""Glasses, hair and a hand before the mean head: where they are, what the cameras see of them, what the truth says."""

from dataclasses import replace

import numpy as np
import pytest

from merflow.synthesis.actor import Actor
from merflow.synthesis.camera import Camera
from merflow.synthesis.conditions import ConditionRanges, Worn, sample_conditions
from merflow.synthesis.head import load_head
from merflow.synthesis.identity import sample_identity
from merflow.synthesis.occluders import Front, Wardrobe, sample_drift
from merflow.synthesis.occlusion import hidden, lay_over, layers_of, nearest_depth
from merflow.synthesis.pose import Pose
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.render import Studio, render_color
from merflow.synthesis.shading import Light

CAMERA = Camera()
HEAD = load_head()
POSE = Pose(yaw=4, pitch=0, roll=0, x=0, y=0, z=735)
FACE = rasterise(POSE.to_camera(HEAD.mean, HEAD.pivot), HEAD.triangles, CAMERA)
STUDIO = Studio(Light(key=(0.6, 0.0, 0.8)), wall_grey=0.5, wall_slope=(0.0, 0.0))
STILL = np.zeros(3)
BARE = sample_conditions(np.random.default_rng(0), ConditionRanges(), "easy", Worn(glasses=False, fringe=False))


@pytest.fixture(scope="module")
def wardrobe():
    return Wardrobe(HEAD.mean, HEAD.triangles, sample_identity(3), np.random.default_rng(5))


def layers(wardrobe, drift=STILL, **present):
    occluders = wardrobe.for_clip(replace(BARE, **present), np.random.default_rng(7))
    return layers_of(occluders, POSE, HEAD.pivot, drift, CAMERA)


def head_frame(mask):
    """Return x and y on the head, mm, of the pixels of a mask that see the face behind it."""
    rows, columns = np.nonzero(mask & FACE.covered)
    points = CAMERA.unproject(np.stack([columns, rows], 1).astype(float), FACE.depth[rows, columns].astype(float))
    own = np.linalg.solve(POSE.rotation(), (np.diag([1, -1, -1]) @ (points - [POSE.x, POSE.y, POSE.z]).T)).T
    return own + HEAD.pivot


def test_the_front_of_a_head_is_its_nearest_surface():
    front = Front.of(HEAD.mean, HEAD.triangles)
    x, y, z = HEAD.mean[HEAD.landmarks[30]]  # the tip of the nose
    assert front.at(np.array([x]), np.array([y]))[0] == pytest.approx(z, abs=0.5)


def test_nothing_worn_hides_nothing(wardrobe):
    assert layers(wardrobe) == []
    assert layers_of(None, POSE, HEAD.pivot, STILL, CAMERA) == []
    assert not hidden(FACE, []).any()
    assert nearest_depth(FACE, []) is FACE.depth


@pytest.mark.parametrize(
    ("what", "low", "high"),
    [("glasses", (-85, -30), (85, 25)), ("fringe", (-95, -10), (95, 80)), ("hand", (-95, -150), (95, -20))],
)
def test_each_hides_the_part_of_the_face_that_it_is_made_for(wardrobe, what, low, high):
    mask = hidden(FACE, layers(wardrobe, **{what: True}))
    points = head_frame(mask)
    points = points[points[:, 2] > -50]  # of the front of the head: a hand is before the neck and the shoulders, too
    assert 1500 < len(points) < 40000
    assert ((points[:, :2] > low) & (points[:, :2] < high)).all(axis=1).mean() > 0.95


def test_what_hides_the_face_is_before_it_and_the_depth_camera_sees_it(wardrobe):
    worn = layers(wardrobe, glasses=True, fringe=True, hand=True)
    mask, depth = hidden(FACE, worn), nearest_depth(FACE, worn)
    assert (depth[mask] < FACE.depth[mask]).all()
    np.testing.assert_array_equal(depth[~mask], FACE.depth[~mask])
    on_face = mask & FACE.covered
    assert np.median(FACE.depth[on_face] - depth[on_face]) < 60


def test_the_image_changes_where_the_mask_says_and_in_the_lenses_alone(wardrobe):
    actor = Actor(head=HEAD, neutral=HEAD.mean, bases={}, texture=np.full((16, 16, 3), 0.4, np.float32))
    vertices = POSE.to_camera(HEAD.mean, HEAD.pivot)
    bare = render_color(vertices, FACE, actor, STUDIO, CAMERA, light=1.0)
    worn = layers(wardrobe, glasses=True, fringe=True, hand=True)
    image = bare.copy()
    lay_over(image, FACE, worn, STUDIO, CAMERA, light=1.0)
    changed = np.abs(image - bare).max(axis=2) > 0
    mask = hidden(FACE, worn)
    (lenses,) = [layer for layer in worn if layer.alpha < 1]
    assert not (changed & ~mask & ~lenses.before(FACE)).any()
    assert changed[mask].mean() > 0.99
    through = lenses.before(FACE) & ~mask
    assert np.corrcoef(image[through][:, 0], bare[through][:, 0])[0, 1] > 0.9  # the eye is seen through the glass


def test_the_hand_alone_slides(wardrobe):
    here, there = (layers(wardrobe, drift, glasses=True, hand=True)[0] for drift in (STILL, np.array([5.0, 0, 0])))
    moved = np.linalg.norm(here.mesh.vertices - there.mesh.vertices, axis=1)
    still = layers(wardrobe, glasses=True)[0].mesh.vertices
    assert np.allclose(moved[: len(still)], 0)
    np.testing.assert_allclose(moved[len(still) :], 5.0)


def test_the_hand_drifts_as_far_at_any_frame_rate():
    ends = [
        np.std([sample_drift(np.random.default_rng(s), round(fps), fps)[-1, 0] for s in range(400)])
        for fps in (30.0, 120.0)
    ]
    assert ends[0] == pytest.approx(ends[1], rel=0.15)
    assert not sample_drift(np.random.default_rng(0), 5, 30.0)[0].any()
