import numpy as np
from scipy.ndimage import map_coordinates

from merflow.artefacts import open_shard
from merflow.drawing.upstream import open_upstream
from merflow.stages.clouds.picture import colour_by_dz, colour_by_motion, skin_colours


def test_depth_flow_colours_red_is_nearer_and_blue_is_farther():
    nearer, still, farther = colour_by_dz(np.array([[0, 0, -1.5], [0, 0, 0.0], [0, 0, 1.5]]))
    assert nearer[0] > nearer[2] + 0.2
    assert farther[2] > farther[0] + 0.2
    assert still.min() > 0.95


def test_motion_colours_depend_on_length_alone():
    colours = colour_by_motion(np.array([[3.0, 4.0, 9.0], [0.0, 5.0, -2.0], [0.0, 0.0, 1.0]]))
    np.testing.assert_array_equal(colours[0], colours[1])
    assert not np.array_equal(colours[0], colours[2])


def test_skin_comes_from_the_points_own_place_in_the_aligned_apex(results):
    with open_shard(results["clouds"], kind="clouds") as shard, open_upstream(shard) as found:
        images, matrix = (found["faces"].read("sp9.1_a_10", name) for name in ("aligned_color", "aligned_from_image"))
        colours = skin_colours(found, "sp9.1_a_10", np.array([[40 + 75, 30 + 112], [0, 0]]))
    x, y = matrix @ (40 + 75, 30 + 112, 1)
    expected = [map_coordinates(images[1, ..., channel] / 255, [[y], [x]], order=1)[0] for channel in range(3)]
    np.testing.assert_allclose(colours[0], expected, atol=1e-5)
    np.testing.assert_allclose(colours[1], 0.6)
    assert skin_colours({}, "sp9.1_a_10", np.zeros((1, 2))) is None
