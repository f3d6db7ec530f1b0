import zlib

import cv2
import numpy as np
import pytest

from merflow.datasets.clip import Clip
from merflow.datasets.clip_frames import annotated_frame_hashes
from merflow.datasets.frames import read_color, read_depth, read_unchanged
from merflow.datasets.picture_header import MAX_PICTURE_BYTES, picture_size
from merflow.errors import BadClipError

PICTURE = np.random.default_rng(2).integers(0, 255, (20, 30, 3), dtype=np.uint8)


def encoded(suffix, *parameters):
    return cv2.imencode(suffix, PICTURE, parameters)[1].tobytes()


def chunk(kind, data):
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def png(width, height):
    """Return a whole PNG of one grey level, a thousandth of its pixels in bytes or less."""
    stream = zlib.compressobj(1)
    rows = b"".join(stream.compress(bytes(1 + width)) for _ in range(height)) + stream.flush()
    header = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def thumbnail():
    """Return a segment of a JPEG's header that holds another JPEG."""
    content = b"Exif\x00\x00" + encoded(".jpg")
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2) + content


@pytest.mark.parametrize(
    "data",
    [
        encoded(".png"),
        encoded(".jpg"),
        encoded(".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        encoded(".bmp"),
        png(30, 20),
        b"\xff\xd8" + thumbnail() + b"\xff\xff\xff" + encoded(".jpg")[3:],
    ],
    ids=["png", "jpeg", "progressive jpeg", "bmp", "own png", "jpeg with a thumbnail and padding"],
)
def test_size_is_that_of_the_decoded_picture(data, tmp_path):
    assert picture_size(data) == (30, 20)
    (tmp_path / "1.png").write_bytes(data)
    assert read_color(tmp_path / "1.png").shape == (20, 30, 3)


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC])
def test_a_table_is_not_taken_for_the_size(marker):
    table = bytes([0xFF, marker]) + (11).to_bytes(2) + b"\x08\x00\x01\x00\x01" + bytes(4)
    assert picture_size(b"\xff\xd8" + table + encoded(".jpg")[2:]) == (30, 20)


def test_size_of_rows_from_the_top_and_of_the_old_header():
    data = bytearray(encoded(".bmp"))
    data[22:26] = (-20).to_bytes(4, "little", signed=True)
    assert picture_size(bytes(data)) == (30, 20)
    old = b"BM" + bytes(12) + (12).to_bytes(4, "little") + (30).to_bytes(2, "little") + (20).to_bytes(2, "little")
    assert picture_size(old + bytes(10)) == (30, 20)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"II*\0", b"BM", b"\xff\xd8\xff\xd9" + bytes(9), b"\x89PNG\r\n\x1a\n"]
)
def test_what_has_no_header_of_these_has_no_size(data):
    assert picture_size(data) is None


def claiming(suffix, width, height):
    """Return a small picture whose header says another size."""
    data = bytearray(encoded(suffix))
    if suffix == ".png":
        data[16:24] = width.to_bytes(4) + height.to_bytes(4)
        data[29:33] = zlib.crc32(data[12:29]).to_bytes(4)
    elif suffix == ".bmp":
        data[18:26] = width.to_bytes(4, "little") + height.to_bytes(4, "little")
    else:
        start = data.index(b"\xff\xc0")
        data[start + 5 : start + 9] = height.to_bytes(2) + width.to_bytes(2)
    return bytes(data)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp"])
@pytest.mark.parametrize("read", [read_color, read_unchanged, lambda path: read_depth(path, (20, 30))])
def test_a_picture_of_400_million_pixels_is_refused(tmp_path, suffix, read):
    path = tmp_path / f"1{suffix}"
    path.write_bytes(claiming(suffix, 20_000, 20_000))
    with pytest.raises(BadClipError, match="expected a picture of at most 64 million pixels, found 20000x20000"):
        read(path)


def test_formats_that_no_dataset_uses_reach_no_decoder(tmp_path):
    for suffix in (".tiff", ".webp", ".ppm"):
        (tmp_path / "1.png").write_bytes(encoded(suffix))
        with pytest.raises(BadClipError, match="expected a JPEG, PNG or BMP picture, found bytes that do not decode"):
            read_color(tmp_path / "1.png")


def test_a_file_too_large_for_any_picture_is_not_read(tmp_path):
    with (tmp_path / "1.png").open("wb") as file:
        file.truncate(MAX_PICTURE_BYTES + 1)
    with pytest.raises(BadClipError, match="expected a picture of at most 536870912 bytes, found 536870913"):
        read_color(tmp_path / "1.png")


def test_nor_is_it_hashed_whole(tmp_path):
    clip = Clip("d", "s", "a", "", "micro", 1, 1, 1, 30.0, "", "", "", ".", "", "")
    with (tmp_path / "1.png").open("wb") as file:
        file.truncate(2**40)
    first = annotated_frame_hashes([clip], tmp_path)
    with (tmp_path / "1.png").open("wb") as file:
        file.truncate(2**40 + 1)
    assert first != annotated_frame_hashes([clip], tmp_path)
