import numpy as np
import pytest

from merflow.synthesis.actor import Actor
from merflow.synthesis.camera import Camera
from merflow.synthesis.head import load_head
from merflow.synthesis.pose import Pose
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.render import Studio, render_color
from merflow.synthesis.shading import Light

CAMERA = Camera()
HEAD = load_head()
VERTICES = Pose(yaw=0, pitch=0, roll=0, x=0, y=0, z=735).to_camera(HEAD.mean, HEAD.pivot)
RASTER = rasterise(VERTICES, HEAD.triangles, CAMERA)
STUDIO = Studio(Light(key=(0.6, 0.0, 0.8)), wall_grey=0.5, wall_slope=(0.0, 0.0))


@pytest.fixture(scope="module")
def chalk():
    """The mean head in one even grey, so that brightness shows the light only."""
    return Actor(head=HEAD, neutral=HEAD.mean, bases={}, texture=np.full((16, 16, 3), 0.4, np.float32))


def render(actor, light=1.0, studio=STUDIO, **options):
    return render_color(VERTICES, RASTER, actor, studio, CAMERA, light=light, **options)


def test_wall_is_even_and_the_head_is_not(chalk):
    image = render(chalk)
    assert image.shape == (720, 1280, 3)
    np.testing.assert_allclose(image[~RASTER.covered], 127.5)
    assert image[RASTER.covered].std() > 10


def test_the_side_towards_the_lamp_is_brighter(chalk):
    face = render(chalk)[:, 540:740, 0]
    assert face[250:450, 130:].mean() > face[250:450, :70].mean() + 15


def test_a_brighter_lamp_brightens_head_and_wall_alike(chalk):
    ratio = render(chalk, light=1.04) / render(chalk)
    assert ratio[RASTER.covered].mean() == pytest.approx(1.04 ** (1 / 2.2), abs=0.006)
    assert ratio[~RASTER.covered].mean() == pytest.approx(1.04 ** (1 / 2.2), abs=1e-5)


def test_supersampling_changes_edges_only(chalk):
    difference = np.abs(render(chalk, ss=2) - render(chalk))
    assert difference.shape == (720, 1280, 3)
    assert np.median(difference[RASTER.covered]) < 0.2
    assert (difference > 20).mean() < 0.01


def test_a_sampled_studio_puts_the_lamp_before_and_above_the_face():
    studios = [Studio.sample(np.random.default_rng(seed)) for seed in range(50)]
    keys = np.array([studio.lamp.key for studio in studios])
    np.testing.assert_allclose(np.linalg.norm(keys, axis=1), 1)
    assert (keys[:, 1] > 0).all()
    assert (keys[:, 2] > 0.7).all()
    assert keys[:, 0].min() < -0.2 < 0.2 < keys[:, 0].max()
    assert all(0.25 <= studio.wall_grey <= 0.75 for studio in studios)
