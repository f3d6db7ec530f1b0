"""docs/conventions.md, line by line: each convention with numbers that can be checked by hand."""

from pathlib import Path

import cv2
import numpy as np

from merflow.datasets.clip import clip_id
from merflow.datasets.frames import read_color, read_depth
from merflow.datasets.labels import LABEL_SETS
from merflow.faces.alignment import transform_points, warp_aligned
from merflow.geometry.back_projection import Camera, project, unproject
from merflow.geometry.regions import REGION_NAMES, region_polygons
from merflow.motion.flow import FlowSettings, estimate_flow

DOCS = Path(__file__).parents[1] / "docs/conventions.md"


def textured(seed=0, side=96):
    noise = np.random.default_rng(seed).normal(size=(side, side))
    smooth = cv2.GaussianBlur(noise, (0, 0), 2)
    return np.repeat(np.clip(128 + 400 * smooth, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def test_images_are_rgb(tmp_path):
    image = np.zeros((4, 6, 3), np.uint8)
    image[..., 0] = 255
    cv2.imwrite(str(tmp_path / "1.png"), image[..., ::-1])
    assert read_color(tmp_path / "1.png")[0, 0].tolist() == [255, 0, 0]


def test_depth_is_millimetres_and_nan_where_the_file_says_0(tmp_path):
    raw = np.array([[0, 650]], np.uint16)
    cv2.imwrite(str(tmp_path / "1.png"), raw)
    depth = read_depth(tmp_path / "1.png", (1, 2))
    assert depth.dtype == np.float32
    assert np.isnan(depth[0, 0])
    assert depth[0, 1] == 650


def test_flow_is_u_right_v_down_from_onset_to_apex():
    onset = textured()
    apex = np.roll(onset, (3, 2), axis=(0, 1))  # 3 rows down, 2 columns to the right
    flow = estimate_flow(onset, apex, FlowSettings(method="dis"))
    assert flow.shape == (2, 96, 96)
    np.testing.assert_allclose(np.median(flow[:, 20:-20, 20:-20], axis=(1, 2)), [2, 3], atol=0.1)


def test_pixel_centres_are_integers():
    image = textured()
    moved = warp_aligned(image, np.array([[1.0, 0, -5], [0, 1, -7]]), size_px=32)
    np.testing.assert_array_equal(moved, image[7:39, 5:37])


def test_transforms_are_named_target_from_source():
    aligned_from_image = np.array([[0.5, 0, -10], [0, 0.5, -20]])
    np.testing.assert_allclose(transform_points(aligned_from_image, np.array([[100.0, 100.0]])), [[40, 30]])


def test_camera_frame_is_x_right_y_down_z_forward_in_metres():
    camera = Camera(focal_px=1000.0, cx_px=640.0, cy_px=360.0)
    point = unproject(np.array([500.0]), np.array([740.0]), np.array([460.0]), camera)
    np.testing.assert_allclose(point, [[0.05, 0.05, 0.5]])
    np.testing.assert_allclose(project(point, camera), [[740, 460]])


def test_left_is_the_left_side_of_the_image():
    landmarks = np.random.default_rng(0).uniform(40, 60, (68, 2))
    landmarks[:17] = np.column_stack([np.linspace(0, 100, 17), 80 - np.abs(np.linspace(-40, 40, 17))])
    centres = [polygon.mean(axis=0)[0] for polygon in region_polygons(landmarks)]
    by_name = dict(zip(REGION_NAMES, centres, strict=True))
    assert by_name["left cheek"] < by_name["right cheek"]
    assert by_name["left mandible"] < by_name["right mandible"]


def test_clip_id():
    assert clip_id("spNO.10", "a", 116) == "spNO.10_a_116"


def test_class_index_is_the_position_in_the_class_list():
    assert LABEL_SETS["emotion3"].classes == ("negative", "positive", "surprise")
    assert LABEL_SETS["objective7"].classes == ("I", "II", "III", "IV", "V", "VI", "VII")


def test_the_page_names_what_is_tested():
    text = DOCS.read_text()
    for word in ("RGB", "integer coordinates", "u right, v down", "NaN", "x right, y down, z forward", "0-based dlib"):
        assert word in text
