import cv2
import numpy as np
import pytest

from merflow.audit.pictures import png_problem


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 256, (4, 5, 3), np.uint8))
    return path


def test_a_picture_as_it_was_written(picture):
    assert png_problem(picture) == ""


def test_every_flipped_bit_is_found(picture):
    data = picture.read_bytes()
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        picture.write_bytes(flipped)
        assert png_problem(picture), bit


def test_every_cut_is_found_and_so_is_what_was_appended(picture):
    data = picture.read_bytes()
    for length in range(len(data)):
        picture.write_bytes(data[:length])
        assert png_problem(picture), length
    picture.write_bytes(data + b"\0")
    assert png_problem(picture)


def test_a_part_that_claims_more_than_the_file_holds_takes_no_memory(picture):
    data = bytearray(picture.read_bytes())
    data[8:12] = b"\xff\xff\xff\xff"
    picture.write_bytes(data)
    assert "does not match its checksum" in png_problem(picture)
