"""Damaged TIFF: OpenCV leaves black or shifted what libtiff cannot decode, so that every strip is measured before."""

import io
import random
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from merflow.datasets.reading.frames import read_color, read_unchanged
from merflow.errors import BadClipError
from merflow.untrusted.tiff_code import tiff_code_problem
from merflow.untrusted.tiff_header import tiff_fields

CODES = {"none": 1, "LZW": 5, "deflate": 8, "PackBits": 32773}


def picture(height=150, width=201, *, bits=8, channels=3, seed=0):
    rng = np.random.default_rng(seed)
    smooth = cv2.resize(rng.uniform(0, 2**bits - 1, (height // 10 + 1, width // 10 + 1, channels)), (width, height))
    noisy = smooth.reshape(height, width, channels) + rng.normal(0, 3, (height, width, channels))
    return noisy.clip(0, 2**bits - 1).astype(f"u{bits // 8}")


def with_opencv(image, code):
    return cv2.imencode(".tif", image, (cv2.IMWRITE_TIFF_COMPRESSION, code))[1].tobytes()


def with_pillow(image, kind):
    file = io.BytesIO()
    Image.fromarray(image.squeeze()).save(file, "TIFF", compression=kind)
    return file.getvalue()


def problem(data):
    return tiff_code_problem(data, tiff_fields(data))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7), (150, 201)])
def test_whole_pictures_of_opencv_pass(code, bits, channels, size):
    assert problem(with_opencv(picture(*size, bits=bits, channels=channels), CODES[code])) == ""


@pytest.mark.parametrize("kind", [None, "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits"])
@pytest.mark.parametrize("channels", [1, 3])
def test_whole_pictures_of_pillow_pass(kind, channels):
    assert problem(with_pillow(picture(channels=channels), kind)) == ""


@pytest.mark.parametrize("image", [np.zeros((700, 900), np.uint8), np.zeros((64, 2000, 3), np.uint16)])
@pytest.mark.parametrize("code", ["LZW", "deflate", "PackBits"])
def test_texts_as_long_as_a_picture_of_one_value_pass(image, code):
    """The table of LZW fills up, each text a byte longer than the one before it."""
    assert problem(with_opencv(image, CODES[code])) == ""


def tiled(*, planes=False, last=b""):
    """Return a TIFF of 40 x 24 px of three channels in tiles of 32 x 16, deflated, as other programs write it."""
    per_tile, n_tiles = 32 * 16 * (1 if planes else 3), 4 * (3 if planes else 1)
    coded = [zlib.compress(bytes([k]) * per_tile) for k in range(n_tiles - 1)]
    coded.append(last or zlib.compress(bytes(per_tile)))
    starts = [8 + sum(map(len, coded[:k])) for k in range(n_tiles)]
    body = b"".join(coded)
    lists = 8 + len(body)
    fields = [
        (256, 4, 1, 40), (257, 4, 1, 24), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 2), (277, 3, 1, 3),
        (284, 3, 1, 2 if planes else 1), (322, 3, 1, 32), (323, 3, 1, 16),
        (324, 4, n_tiles, lists), (325, 4, n_tiles, lists + 4 * n_tiles),
    ]  # fmt: skip
    values = struct.pack(f"<{2 * n_tiles}L", *starts, *map(len, coded))
    directory = struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHLL", *field) for field in fields) + bytes(4)
    return b"II*\0" + struct.pack("<L", lists + len(values)) + body + values + directory


@pytest.mark.parametrize("planes", [False, True])
def test_tiles_and_separate_channels_are_measured_too(planes, tmp_path):
    data = tiled(planes=planes)
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED).shape == (24, 40, 3)
    assert problem(data) == ""
    number = 11 if planes else 3
    assert problem(tiled(planes=planes, last=zlib.compress(b"few"))).endswith(f"tile {number}, found a code of 3")


def damaged(data, draw, how):
    changed, at = bytearray(data), draw.randrange(8, len(data) - 400)
    if how == "flipped":
        changed[at] ^= 1 << draw.randrange(8)
    elif how == "zeroed":
        changed[at : at + 100] = bytes(100)
    else:
        changed[at : at + 100] = changed[at + 1 : at + 100] + b"\0"
    return bytes(changed)


@pytest.mark.parametrize("how", ["flipped", "zeroed", "shifted"])
@pytest.mark.parametrize("bits", [8, 16])
def test_deflate_passes_with_its_own_pixels_alone(tmp_path, bits, how):
    """Its checksum is compared also where the code goes on after the last pixel, which libtiff does not read."""
    data, draw = with_opencv(picture(bits=bits), 8), random.Random(0)
    path = tmp_path / "1.tif"
    path.write_bytes(data)
    expected = read_unchanged(path)
    for _ in range(60):
        path.write_bytes(damaged(data, draw, how))
        try:
            np.testing.assert_array_equal(read_unchanged(path), expected)
        except BadClipError:
            continue


@pytest.mark.parametrize(("code", "least"), [("LZW", 55), ("PackBits", 30)])
def test_what_decodes_to_another_length_is_refused_where_opencv_says_nothing(tmp_path, code, least):
    data, draw, path = with_opencv(picture(), CODES[code]), random.Random(0), tmp_path / "1.tif"
    refused = 0
    for _ in range(60):
        path.write_bytes(damaged(data, draw, "zeroed"))
        taken = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        try:
            read_color(path)
        except BadClipError:
            refused += taken is not None
    assert refused >= least


def test_the_message_says_what_was_found_and_what_to_do(tmp_path):
    path = tmp_path / "1.tif"
    path.write_bytes(tiled(last=zlib.compress(bytes(99))))
    with pytest.raises(BadClipError) as caught:
        read_color(path)
    assert caught.value.reason == (
        "expected 1536 bytes of pixels in strip or tile 3, found a code of 99: it is damaged; copy it again"
    )
    assert caught.value.source == str(path)


def test_what_libtiff_complains_of_is_refused():
    """Pillow passes on what libtiff says of LZW."""
    data, draw, told = with_opencv(picture(), 5), random.Random(1), 0
    for _ in range(100):
        changed = damaged(data, draw, "flipped")
        try:
            Image.open(io.BytesIO(changed)).load()
        except OSError:
            told += 1
            assert tiff_fields(changed) == {} or problem(changed)
    assert told > 5


def test_a_strip_without_a_place_or_with_too_few_bytes_is_refused():
    data = with_opencv(picture(16, 20), 1)
    fields = tiff_fields(data)
    assert tiff_code_problem(data, {**fields, 273: (), 324: ()}).endswith("strips or tiles lie, found 0")
    assert tiff_code_problem(data, {**fields, 279: (7,)}) == (
        "expected 960 bytes of pixels in strip or tile 0, found 7"
    )
    assert tiff_code_problem(data, {**fields, 279: (999,)}) == ""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (bytes([5, 1, 2]), "a code that ends early"),
        (bytes([128, 128]), "a code of 0"),
        (bytes([129, 7, 129, 7]), "a code of more"),
    ],
)
def test_runs_of_packbits_are_added_up(code, found):
    fields = {256: (130,), 257: (1,), 258: (8,), 259: (32773,), 273: (0,), 279: (len(code),)}
    assert tiff_code_problem(code, fields).endswith(found)
    whole = bytes([129, 7, 1, 9, 9])
    assert tiff_code_problem(whole, {**fields, 279: (len(whole),)}) == ""


def lzw_problem(codes, *, size):
    """Return what is said of a strip of 9-bit codes."""
    bits = "".join(f"{code:09b}" for code in codes)
    data = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    fields = {256: (size,), 257: (1,), 258: (8,), 259: (5,), 273: (0,), 279: (len(data),)}
    return tiff_code_problem(data, fields)


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ([256, 7, 258, 258, 257], ""),  # 1 + 2 + 2 bytes by hand
        ([7, 258, 258, 257], ""),  # libtiff takes it without the first clear code
        ([256, 7, 258, 259, 257], "a code of more"),
        ([256, 7, 258, 257], "a code of 3"),
        ([256, 7, 260, 257], "a code of a text that was not met before"),
        ([256, 258, 257], "a code of a text that was not met before"),
        ([256, 7, 258, 258], "a code that ends early, or without a table"),
    ],
)
def test_codes_of_lzw_are_added_up(codes, found):
    assert lzw_problem(codes, size=5).endswith(found)


def test_a_code_that_clears_its_table_for_ever_is_not_followed():
    assert lzw_problem([256] * 500_000, size=10**6).endswith("ends early, or without a table")
    assert lzw_problem([256, 7] * 250_000, size=10**6).endswith("ends early, or without a table")
