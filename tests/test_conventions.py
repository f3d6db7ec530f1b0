"""docs/conventions.md, line by line: each convention with numbers that can be checked by hand."""

from pathlib import Path

import cv2
import numpy as np
import torch

from merflow.artefacts.examples import APEX_AND_LENGTH
from merflow.datasets.clip import Clip, clip_id
from merflow.datasets.labels import LABEL_SETS
from merflow.datasets.members import qualified, split_name
from merflow.datasets.reading.frames import read_color, read_depth
from merflow.landmarks.alignment import transform_points, warp_aligned
from merflow.models.temporal_graph import edge_mask
from merflow.stages.clouds.back_projection import Camera, project, unproject
from merflow.stages.flow.optical_flow import FlowSettings, estimate_flow
from merflow.stages.flow_images.images import flow_image, raw_values
from merflow.stages.flow_images.settings import FlowImageSettings
from merflow.stages.flow_images.strain import optical_strain
from merflow.stages.regions.face_regions import REGION_NAMES, region_polygons
from merflow.stages.sequences.frames import sequence_difference
from merflow.stages.sequences.interpolation import weights
from merflow.stages.sequences.settings import SequenceSettings
from merflow.stages.sequences.times import choose_times

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


def test_depth_is_millimetres_and_nan_where_the_file_says_0_or_65535(tmp_path):
    raw = np.array([[0, 650, 65535]], np.uint16)
    cv2.imwrite(str(tmp_path / "1.png"), raw)
    depth = read_depth(tmp_path / "1.png", (1, 3))
    assert depth.dtype == np.float32
    assert np.isnan(depth[0]).tolist() == [True, False, True]
    assert depth[0, 1] == 650
    assert read_depth(tmp_path / "1.png", (1, 3), unit_mm=0.1)[0, 1] == 65


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
    camera = Camera(fx_px=1000.0, fy_px=1000.0, cx_px=640.0, cy_px=360.0)
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
    assert qualified("samm", "006_1_2_5562") == "samm.006_1_2_5562"
    assert split_name("demo.spNO.1_a_116") == ("demo", "spNO.1_a_116")


def times(onset, apex, offset, **settings):
    clip = Clip("demo", "1", "a", "A", "micro", onset, apex, offset, 30.0, "4", "", "", "c", "", "")
    return choose_times(clip, range(onset, offset + 1), SequenceSettings(**settings))


def test_frame_0_of_a_sequence_is_the_onset_and_node_k_is_frame_k_plus_1():
    frames = np.array([10, 13, 9, 30], np.uint8)[:, None, None, None]
    assert sequence_difference(frames).ravel().tolist() == [3, -1, 20]
    apex_is_frame_3 = edge_mask(torch.tensor([3]), torch.tensor([4]), nodes=3, window=0)[0]
    assert apex_is_frame_3.tolist() == [[True, False, True], [False, True, True], [True, True, True]]


def test_marks_are_the_apex_among_the_frames_and_how_many_are_the_clips():
    assert APEX_AND_LENGTH == ("apex", "n_frames")
    stretched = times(10, 14, 20, length=6)
    assert stretched.position.tolist() == [10, 12, 14, 16, 18, 20]
    assert (stretched.apex, stretched.n_frames) == (2, 6)
    padded = times(10, 11, 12, length=5, short_clips="pad")
    assert padded.position.tolist() == [10, 11, 12, 12, 12]
    assert (padded.apex, padded.n_frames) == (1, 3)
    assert times(10, 10, 20, length=6).apex == 0


def test_positions_are_official_frame_numbers():
    position = times(12, 13, 14, length=9).position
    assert position[:5].tolist() == [12, 12.25, 12.5, 12.75, 13]
    np.testing.assert_allclose(weights(position, np.array([12, 13, 14]), "linear")[:, 1], [0.75, 0.25, 0])


def test_flow_images_are_u_v_strain_from_0_to_1_with_the_range_in_units():
    y, x = np.mgrid[:9, :9].astype(float)
    made = flow_image(np.stack([0.1 * x, -0.2 * y]), FlowImageSettings(size_px=9))
    u, v, strain = np.moveaxis(made.image, -1, 0)
    np.testing.assert_allclose(u, x / 8, atol=1e-6)
    np.testing.assert_allclose(v, 1 - y / 8, atol=1e-6)
    assert not strain.any()  # the same everywhere: a channel without any range
    np.testing.assert_allclose(made.range, [[0, 0.8], [-1.6, 0], [0.05**0.5] * 2], atol=1e-6)
    np.testing.assert_allclose(raw_values(made.image, made.range)[0], 0.1 * x, atol=1e-6)


def test_strain_is_px_per_px_and_none_in_a_shift_or_a_small_turn():
    y, x = np.mgrid[:8, :8].astype(float)
    np.testing.assert_allclose(optical_strain(np.stack([0.02 * x, 0 * y])), 0.02)
    np.testing.assert_allclose(optical_strain(np.stack([3 - 0.01 * y, 0.01 * x])), 0, atol=1e-12)


def test_class_index_is_the_position_in_the_class_list():
    assert LABEL_SETS["emotion3"].classes == ("negative", "positive", "surprise")
    assert LABEL_SETS["objective7"].classes == ("I", "II", "III", "IV", "V", "VI", "VII")


def test_the_page_names_what_is_tested():
    text = DOCS.read_text()
    for word in ("RGB", "integer coordinates", "u right, v down", "NaN", "x right, y down, z forward", "0-based dlib"):
        assert word in text
    for word in ("node k", "(apex, n_frames)", "12.25", "u, v, strain", "px per px", "samm.006_1_2_5562"):
        assert word in text
