import io
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from merflow.datasets.clip import Clip
from merflow.datasets.reading.clip_frames import annotated_frame_hashes
from merflow.datasets.reading.frames import read_color, read_depth, read_unchanged
from merflow.errors import BadClipError
from merflow.untrusted.picture_header import (
    MAX_PICTURE_BYTES,
    picture_is_complete,
    picture_orientation,
    picture_problem,
    picture_size,
)
from merflow.untrusted.tiff_header import tiff_fields

PICTURE = np.random.default_rng(2).integers(0, 255, (20, 30, 3), dtype=np.uint8)


def encoded(suffix, *parameters):
    return cv2.imencode(suffix, PICTURE, parameters)[1].tobytes()


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block


def with_pillow(kind, *, big_endian=False, **options):
    """Return the picture as another library writes it; `big_endian` swaps the bytes of all numbers in its header."""
    file = io.BytesIO()
    if big_endian:
        options["tiffinfo"] = TiffImagePlugin.ImageFileDirectory_v2(b"MM\0*\0\0\0\x08")
    Image.fromarray(PICTURE[..., ::-1].copy()).save(file, kind, **options)
    return file.getvalue()


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
        encoded(".tif"),
        encoded(".tif", cv2.IMWRITE_TIFF_COMPRESSION, 1),
        with_pillow("TIFF"),
        with_pillow("TIFF", big_endian=True),
        with_pillow("TIFF", compression="tiff_deflate"),
        encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, 80),
        encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, 101),
        with_pillow("WEBP", exif=exif(6)),
    ],
    ids=[
        *("png", "jpeg", "progressive jpeg", "bmp", "own png", "jpeg with a thumbnail and padding"),
        *("tiff", "plain tiff", "tiff of Pillow", "big-endian tiff", "deflated tiff"),
        *("lossy webp", "lossless webp", "extended webp"),
    ],
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
    "data",
    [
        b"",
        b"GIF89a",
        b"II*\0",
        b"II+\0" + bytes(40),
        b"MM\0*\0\0\0\x08\xff\xff",
        b"RIFF\1\0\0\0WEBPVP8L",
        b"BM",
        b"\xff\xd8\xff\xd9" + bytes(9),
        b"\x89PNG\r\n\x1a\n",
    ],
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
    elif suffix == ".tif":
        for tag, value in ((256, width), (257, height)):
            at = data.rindex(tag.to_bytes(2, "little") + b"\3\0\1\0\0\0")
            data[at + 8 : at + 10] = value.to_bytes(2, "little")
    elif suffix == ".webp":
        width, height = min(width, 2**14), min(height, 2**14)
        data[21:25] = ((width - 1) | (height - 1) << 14 | data[24] >> 4 << 28).to_bytes(4, "little")
    else:
        start = data.index(b"\xff\xc0")
        data[start + 5 : start + 9] = height.to_bytes(2) + width.to_bytes(2)
    return bytes(data)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif", ".webp"])
@pytest.mark.parametrize("read", [read_color, read_unchanged, lambda path: read_depth(path, (20, 30))])
def test_a_picture_of_400_million_pixels_is_refused(tmp_path, suffix, read):
    path = tmp_path / f"1{suffix}"
    path.write_bytes(claiming(suffix, 20_000, 20_000))
    found = "16384x16384" if suffix == ".webp" else "20000x20000"  # the largest that this format can say
    with pytest.raises(BadClipError, match=f"expected a picture of at most 64 million pixels, found {found}"):
        read(path)


def test_formats_that_no_dataset_uses_reach_no_decoder(tmp_path):
    (tmp_path / "1.png").write_bytes(encoded(".ppm"))
    with pytest.raises(BadClipError, match="expected a JPEG, PNG, BMP, TIFF or WebP picture, found bytes that do not"):
        read_color(tmp_path / "1.png")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (with_pillow("GIF"), "a GIF"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"\0\0\0\x18ftypheic", "a file of the kind 'heic'"),
        (bytes(500), "zeros"),
        (b"hello", "bytes that do not decode"),
    ],
)
def test_what_lies_in_the_place_of_a_picture_is_said(tmp_path, data, found):
    (tmp_path / "1.jpg").write_bytes(data)
    with pytest.raises(BadClipError, match=f"TIFF or WebP picture, found {found}"):
        read_color(tmp_path / "1.jpg")


def tiff_with(tag, value):
    """Return the picture as a TIFF whose header says another value of a field of one 16-bit number."""
    data = bytearray(encoded(".tif", cv2.IMWRITE_TIFF_COMPRESSION, 1))
    at = data.rindex(tag.to_bytes(2, "little") + b"\3\0\1\0\0\0")
    data[at + 8 : at + 12] = value.to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tiff_with(259, 50000), "TIFF of compression none, LZW, deflate, PackBits, found compression 50000"),
        (tiff_with(277, 5), "at most 4 channels, found 8 bits, 5 channels"),
        (tiff_with(278, 65_000), None),
        (with_pillow("TIFF", tiffinfo={274: 6}), r"stored upright \(orientation 1\), found orientation 6"),
        (with_pillow("TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))]), "one page, found several"),
        (with_pillow("WEBP", save_all=True, append_images=[Image.new("RGB", (30, 20))]), "found a moving WebP"),
        (cv2.imencode(".tif", np.ones((20, 30), np.float32))[1].tobytes(), "found 32 bits, 1 channels"),
    ],
    ids=["compression", "channels", "long strips", "orientation", "pages", "moving", "floats"],
)
def test_what_a_decoder_would_read_otherwise_than_meant_is_refused(tmp_path, data, message):
    (tmp_path / "1.tif").write_bytes(data)
    if message is None:
        np.testing.assert_array_equal(read_color(tmp_path / "1.tif"), PICTURE[..., ::-1])
        return
    with pytest.raises(BadClipError, match=message):
        read_color(tmp_path / "1.tif")


def test_strips_that_would_fill_the_memory_are_refused(tmp_path):
    data = encoded(".tif", cv2.IMWRITE_TIFF_COMPRESSION, 1)
    at = data.rindex((278).to_bytes(2, "little"))
    rows = data[: at + 2] + (4).to_bytes(2, "little") + data[at + 4 : at + 8] + (2**24).to_bytes(4, "little")
    (tmp_path / "1.tif").write_bytes(rows + data[at + 12 :])
    with pytest.raises(BadClipError, match="strips or tiles of at most 64000000 px, found 30x16777216"):
        read_color(tmp_path / "1.tif")


def test_fields_that_only_the_decoder_could_read_are_above_every_limit():
    data = encoded(".tif", cv2.IMWRITE_TIFF_COMPRESSION, 1)
    at = data.rindex((278).to_bytes(2, "little"))
    signed = data[: at + 2] + (9).to_bytes(2, "little") + data[at + 4 : at + 8] + (2**24).to_bytes(4, "little")
    assert "strips or tiles of at most" in picture_problem(signed + data[at + 12 :])
    twice = bytearray(tiff_with(256, 30))
    at = twice.rindex((257).to_bytes(2, "little") + b"\3\0\1\0\0\0")
    twice[at : at + 2] = (256).to_bytes(2, "little")  # the second width, of 20, is not the picture's
    assert tiff_fields(bytes(twice))[256] == (30,)


@settings(max_examples=300)
@given(
    whole=st.sampled_from([encoded(".tif"), encoded(".webp"), encoded(".jpg"), with_pillow("PNG", exif=exif(3))]),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=6),
    kept=st.integers(0, 4000),
)
def test_headers_of_damaged_pictures_are_read_without_an_error(whole, changes, kept):
    data = bytearray(whole)
    for position, value in changes:
        data[position % len(data)] = value
    part = bytes(data[:kept])
    size = picture_size(part)
    assert size is None or min(size) >= 0
    assert isinstance(picture_is_complete(part), bool)
    assert isinstance(picture_problem(part), str)
    assert 1 <= picture_orientation(part) <= 8


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_orientation_is_that_which_another_library_wrote(kind, orientation):
    options = {"tiffinfo": {274: orientation}} if kind == "TIFF" else {"exif": exif(orientation)}
    assert picture_orientation(with_pillow(kind, **options)) == orientation


@pytest.mark.parametrize("data", [encoded(".png"), encoded(".jpg"), encoded(".bmp"), encoded(".webp"), b"", b"II*\0"])
def test_without_a_tag_a_picture_is_upright(data):
    assert picture_orientation(data) == 1
    assert picture_orientation(with_pillow("PNG", exif=exif(77))) == 1


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
