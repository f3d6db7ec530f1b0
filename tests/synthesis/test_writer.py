import cv2
import numpy as np
import pytest

from merflow.errors import DatasetError
from merflow.synthesis.layout import FramePaths
from merflow.synthesis.writer import write_frame


def test_frames_keep_color_order_and_depth_to_the_millimetre(tmp_path):
    red = np.zeros((32, 48, 3), np.uint8)
    red[..., 0] = 200
    depth = np.arange(32 * 48, dtype=np.uint16).reshape(32, 48)
    write_frame(FramePaths(tmp_path / "color" / "7.jpg", tmp_path / "depth" / "7.png"), red, depth)
    assert cv2.imread(str(tmp_path / "color" / "7.jpg"))[16, 24] == pytest.approx([0, 0, 200], abs=3)  # BGR
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "depth" / "7.png"), cv2.IMREAD_UNCHANGED), depth)


def test_a_grey_frame_has_one_channel_and_no_depth(tmp_path):
    ramp = np.tile(np.arange(0, 240, 5, dtype=np.uint8), (32, 1))
    write_frame(FramePaths(tmp_path / "006_00007.jpg", None), ramp, None)
    assert [path.name for path in tmp_path.iterdir()] == ["006_00007.jpg"]
    read = cv2.imread(str(tmp_path / "006_00007.jpg"), cv2.IMREAD_UNCHANGED)
    assert read.shape == ramp.shape
    assert np.abs(read.astype(int) - ramp).max() <= 3


def test_a_frame_is_never_overwritten(tmp_path):
    paths = FramePaths(tmp_path / "7.jpg", tmp_path / "7.png")
    frame = np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint16)
    write_frame(paths, *frame)
    with pytest.raises(DatasetError, match="not to exist yet"):
        write_frame(paths, *frame)


def test_a_bmp_keeps_every_grey_level(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (20, 31, 3), dtype=np.uint8)
    write_frame(FramePaths(tmp_path / "a" / "image000001.bmp", None), noise, None)
    found = cv2.imread(str(tmp_path / "a" / "image000001.bmp"), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(found[..., ::-1], noise)
