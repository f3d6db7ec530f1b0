import random

import cv2
import numpy as np
import pytest
import simplejpeg

from merflow.datasets.clip import Clip
from merflow.datasets.reading.clip_frames import annotated_frame_hashes, frame_hashes
from merflow.datasets.reading.frames import list_frames, read_color, read_depth, read_picture, read_unchanged
from merflow.errors import BadClipError

RNG = np.random.default_rng(5)
PICTURE = RNG.integers(0, 256, (24, 32, 3), dtype=np.uint8)


def write(path, image, *parameters):
    path.write_bytes(cv2.imencode(path.suffix, image, parameters)[1].tobytes())
    return path


def test_frames_sort_by_number_not_by_name(tmp_path):
    for name in ("10.jpg", "9.jpg", "100.JPG", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "depth").mkdir()
    assert list(list_frames(tmp_path).items()) == [
        (9, tmp_path / "9.jpg"),
        (10, tmp_path / "10.jpg"),
        (100, tmp_path / "100.JPG"),
    ]


def test_ambiguous_and_missing_folders_are_refused(tmp_path):
    with pytest.raises(BadClipError, match="expected a folder of frames") as caught:
        list_frames(tmp_path / "none")
    assert caught.value.source.endswith("none")
    for name in ("img46.jpg", "reg_img46.jpg"):
        (tmp_path / name).touch()
    with pytest.raises(BadClipError, match=r"found 1 img<number>\.jpg \(such as img46\.jpg\), 1 reg_img"):
        list_frames(tmp_path)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
def test_color_is_rgb(tmp_path, suffix):
    path = write(tmp_path / f"1{suffix}", PICTURE[..., ::-1])
    np.testing.assert_array_equal(read_color(path), PICTURE)


def test_grey_pictures_have_three_equal_channels(tmp_path):
    image = read_color(write(tmp_path / "1.png", PICTURE[..., 0]))
    np.testing.assert_array_equal(image, np.repeat(PICTURE[..., :1], 3, axis=2))


def test_color_is_not_turned_by_exif(tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    Image.fromarray(PICTURE).save(tmp_path / "1.jpg", exif=exif)
    picture = read_picture(tmp_path / "1.jpg")
    assert picture.rgb.shape == PICTURE.shape
    assert picture.orientation == 6


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_16_bit_pictures_are_brought_to_8_by_the_bits_in_use(tmp_path, bits, suffix, channels):
    stored = RNG.integers(0, 2**bits, (24, 32, channels), dtype=np.uint16)
    stored[0, 0] = 2**bits - 1
    path = write(tmp_path / f"1{suffix}", stored)
    picture = read_picture(path)
    rgb = np.broadcast_to(stored[..., ::-1], (24, 32, 3))
    np.testing.assert_array_equal(picture.rgb, rgb // 2 ** (bits - 8))
    assert (picture.bits, picture.highest, picture.orientation) == (bits, 2**bits - 1, 1)


def test_all_frames_of_a_clip_are_brought_to_8_bits_alike(tmp_path):
    dark = write(tmp_path / "1.png", np.full((24, 32), 4000, np.uint16))
    bright = write(tmp_path / "2.png", np.full((24, 32), 40_000, np.uint16))
    plain = write(tmp_path / "3.png", PICTURE)
    assert read_color(dark).max() == 4000 // 16
    assert read_color(dark, bits=16).max() == 4000 // 256
    assert read_color(plain, bits=8).shape == PICTURE.shape
    for path, bits, found in ((bright, 12, r"16 \(values up to 40000\)"), (plain, 12, "8"), (dark, 8, "12")):
        with pytest.raises(BadClipError, match=f"expected {bits} bits in use like the onset frame, found {found}"):
            read_color(path, bits=bits)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".tif", ".webp"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_truncated_pictures_are_refused_with_their_path(tmp_path, suffix, kept):
    path = write(tmp_path / f"7{suffix}", PICTURE)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(BadClipError, match="ends early") as caught:
        read_color(path)
    assert caught.value.source == str(path)


def test_truncated_jpeg_is_one_that_opencv_takes_for_whole(tmp_path):
    """Pins why the end marker is looked for: the decoder fills the rest and says nothing."""
    large = cv2.GaussianBlur(RNG.integers(0, 256, (480, 640, 3), dtype=np.uint8), (0, 0), 5)
    path = write(tmp_path / "7.jpg", large)
    path.write_bytes(path.read_bytes()[:-2000])
    assert cv2.imread(str(path)) is not None
    with pytest.raises(BadClipError, match="ends early"):
        read_color(path)


def test_thumbnail_in_the_header_is_not_the_end_of_the_picture(tmp_path):
    path = write(tmp_path / "7.jpg", PICTURE)
    data, thumbnail = path.read_bytes(), b"Exif\x00\x00\xff\xd8tiny\xff\xd9"
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    whole = data[:2] + segment + data[2:]
    path.write_bytes(whole)
    assert read_color(path).shape == PICTURE.shape
    path.write_bytes(whole[:-100])
    with pytest.raises(BadClipError, match="ends early"):
        read_color(path)


@pytest.mark.parametrize("progressive", [0, 1])
def test_whole_jpegs_pass_whatever_follows_their_end(tmp_path, progressive):
    path = write(
        tmp_path / "7.jpg", PICTURE, cv2.IMWRITE_JPEG_PROGRESSIVE, progressive, cv2.IMWRITE_JPEG_RST_INTERVAL, 2
    )
    path.write_bytes(path.read_bytes() + b"\x00" * 64)
    np.testing.assert_allclose(read_color(path).mean(), PICTURE.mean(), atol=3)


@pytest.mark.parametrize("content", [b"", b"this is text"])
def test_files_that_are_no_picture_are_refused(tmp_path, content):
    path = tmp_path / "3.jpg"
    path.write_bytes(content)
    with pytest.raises(BadClipError, match=r"found an empty file|do not decode"):
        read_color(path)
    with pytest.raises(BadClipError, match="no such file"):
        read_color(tmp_path / "4.jpg")


def test_depth_is_millimetres_with_nan_for_zero_and_for_the_end_of_the_range(tmp_path):
    raw = np.array([[0, 1, 700], [65535, 65534, 255]], dtype=np.uint16)
    depth = read_depth(write(tmp_path / "1.png", raw), (2, 3))
    assert depth.dtype == np.float32
    np.testing.assert_array_equal(depth, [[np.nan, 1, 700], [np.nan, 65534, 255]])
    np.testing.assert_array_equal(read_depth(write(tmp_path / "1.tif", raw), (2, 3)), depth)


def test_a_hole_is_a_hole_and_a_millimetre_a_millimetre_in_every_unit(tmp_path):
    raw = np.array([[0, 7, 6540], [65535, 65534, 2550]], dtype=np.uint16)
    depth = read_depth(write(tmp_path / "1.png", raw), (2, 3), unit_mm=0.1)
    assert depth.dtype == np.float32
    np.testing.assert_allclose(depth, [[np.nan, 0.7, 654], [np.nan, 6553.4, 255]], rtol=1e-6)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (PICTURE[..., 0], r"16-bit depth picture of 1 channel, found 8 bits and 1 channel"),
        (PICTURE.astype(np.uint16), r"found 16 bits and 3 channel"),
        (np.ones((24, 30), np.uint16), r"expected depth of 32x24 px like its colour frame, found 30x24"),
    ],
)
def test_converted_depth_is_refused(tmp_path, image, message):
    path = write(tmp_path / "1.png", image)
    with pytest.raises(BadClipError, match=message) as caught:
        read_depth(path, (24, 32))
    assert caught.value.source == str(path)


def test_hash_of_a_clip_follows_its_annotated_frames_only(tmp_path):
    for name in ("1.jpg", "2.jpg", "3.jpg", "4.jpg"):
        (tmp_path / name).write_bytes(name.encode())
    clip = Clip("demo", "1", "a", "A", "micro", 1, 3, -1, 30.0, "4", "", "", ".", "gone", "")

    def digest():
        return annotated_frame_hashes([clip], tmp_path)["1_a_1"]

    before = digest()
    (tmp_path / "2.jpg").write_bytes(b"another picture between")
    assert digest() == before
    (tmp_path / "3.jpg").write_bytes(b"another apex")
    assert digest() != before
    (tmp_path / "3.jpg").unlink()
    assert digest() not in ("", before)


def test_hash_of_chosen_frames_follows_these_alone_and_that_of_roles_is_one_of_them(tmp_path):
    for number in range(1, 6):
        (tmp_path / f"{number}.jpg").write_bytes(b"a")
    clip = Clip("demo", "1", "a", "A", "micro", 1, 3, 5, 30.0, "4", "", "", ".", "", "")

    def digest(*numbers):
        return frame_hashes([clip], tmp_path, choose=lambda _, found: [n for n in found if n in numbers])

    assert digest(1, 3, 5) == annotated_frame_hashes([clip], tmp_path)
    assert digest(1, 2, 3, 4, 5) == annotated_frame_hashes([clip], tmp_path, roles=("all",))
    before = digest(2, 4)
    (tmp_path / "3.jpg").write_bytes(b"b")
    assert digest(2, 4) == before
    (tmp_path / "4.jpg").write_bytes(b"b")
    assert digest(2, 4) != before


def scene(height, width, seed=0):
    """Return a smooth picture with some noise, as a camera's: its JPEG has long codes."""
    rng = np.random.default_rng(seed)
    smooth = cv2.resize(rng.uniform(0, 255, (height // 16, width // 16, 3)), (width, height))
    return np.clip(smooth + rng.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)


def with_end(data):
    """Return half a picture with the marker that ends one, which a search for the marker takes for a whole."""
    return data[: len(data) // 2] + b"\xff\xd9"


def zeroed(data):
    return data[: len(data) // 2] + bytes(2000) + data[len(data) // 2 + 2000 :]


@pytest.mark.parametrize("damage", [with_end, zeroed])
@pytest.mark.parametrize("read", [read_color, read_unchanged])
@pytest.mark.parametrize("progressive", [0, 1])
def test_a_jpeg_whose_code_is_damaged_is_refused_where_opencv_says_nothing(tmp_path, damage, read, progressive):
    path = write(tmp_path / "7.jpg", scene(240, 320), cv2.IMWRITE_JPEG_PROGRESSIVE, progressive)
    read(path)
    path.write_bytes(damage(path.read_bytes()))
    assert cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR).shape == (240, 320, 3)
    with pytest.raises(
        BadClipError, match=r"expected a whole JPEG, found one of which libjpeg says: .*; copy it again"
    ):
        read(path)


def test_what_libjpeg_says_of_flipped_bits_is_told_whatever_the_size_it_decodes_to(tmp_path):
    """The decoder that is asked works at an eighth and in grey: it must complain of what it would in full."""
    path = write(tmp_path / "7.jpg", scene(96, 128))
    data, draw, told = path.read_bytes(), random.Random(0), 0
    start = data.index(b"\xff\xda") + 14
    for _ in range(200):
        damaged, at = bytearray(data), draw.randrange(start, len(data) - 2)
        damaged[at] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        try:
            simplejpeg.decode_jpeg(bytes(damaged), "BGR")
        except ValueError:
            told += 1
            with pytest.raises(BadClipError):
                read_color(path)
        else:
            read_color(path)
    assert 20 < told < 180  # the others make another picture of the same length: no decoder can tell


@pytest.mark.parametrize("sampling", ["411", "420", "422", "440", "444"])
@pytest.mark.parametrize("progressive", [0, 1])
@pytest.mark.parametrize("restart", [0, 3])
def test_pixels_of_whole_jpegs_are_those_of_opencv(tmp_path, sampling, progressive, restart):
    factor = getattr(cv2, f"IMWRITE_JPEG_SAMPLING_FACTOR_{sampling}")
    path = write(
        tmp_path / "7.jpg", scene(96, 128)[:93, :121], cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor,
        cv2.IMWRITE_JPEG_PROGRESSIVE, progressive, cv2.IMWRITE_JPEG_RST_INTERVAL, restart,
    )  # fmt: skip
    expected = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(read_unchanged(path), expected)
    np.testing.assert_array_equal(read_color(path), expected[..., ::-1])


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("size", [(1, 1), (9, 1), (3, 17), (128, 96)])
def test_whole_jpegs_of_every_colour_and_size_pass(tmp_path, mode, size):
    from PIL import Image

    path = tmp_path / "1.jpg"
    Image.fromarray(scene(96, 128)).crop((0, 0, *size)).convert(mode).save(path)
    assert read_color(path).shape == (size[1], size[0], 3)
    np.testing.assert_array_equal(
        read_color(path), cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    )


@pytest.mark.parametrize("bits", [8, 16])
def test_no_flipped_bit_of_a_png_passes(tmp_path, bits):
    """Each of its chunks has a checksum, depth's too."""
    path = write(tmp_path / "7.png", (scene(48, 64)[..., 0] * 2.0 ** (bits - 8)).astype(f"u{bits // 8}"))
    data, draw = path.read_bytes(), random.Random(0)
    for _ in range(150):
        damaged = bytearray(data)
        damaged[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(BadClipError):
            read_unchanged(path)
