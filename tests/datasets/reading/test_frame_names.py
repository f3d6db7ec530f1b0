import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.reading.frame_names import frame_names
from merflow.errors import BadClipError


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("1.jpg", 1),
        ("0.png", 0),
        ("img46.jpg", 46),
        ("reg_img46.JPG", 46),
        ("006_05562.jpg", 5562),
        ("reg_image000123.bmp", 123),
        ("12.jpeg", 12),
        ("12.tif", 12),
        ("12.TIFF", 12),
        ("12.webp", 12),
        ("Thumbs.db", None),
        ("._1.jpg", None),
        ("1.jpg.txt", None),
        ("1.jpg.jpg", None),
        ("1.gif", None),
        ("cover.jpg", None),
    ],
)
def test_number_is_the_last_integer_of_the_name(name, number):
    assert [*frame_names([name]).names] == ([] if number is None else [number])


@given(prefix=st.text("abc_019 ", max_size=8), number=st.integers(0, 10**8), width=st.integers(1, 9))
def test_number_survives_any_prefix_and_padding(prefix, number, width):
    name = f"{prefix}_{number:0{width}d}.png"
    assert frame_names([name]).names == {number: name}


@pytest.mark.parametrize(
    ("first", "stray"),
    [
        ("img{}.jpg", ["apex_1.png", "flow9999.bmp"]),
        ("{:05d}.jpg", ["00012 copy 2.jpg"]),
        ("{}.png", ["7.jpg"]),  # a preview beside its depth frame
        ("006_{:05d}.jpg", ["006_1_2_1.jpg"]),
    ],
)
def test_a_stray_picture_is_no_frame_and_is_named(first, stray):
    found = frame_names([*map(first.format, range(5, 12)), *stray, "notes.txt", ".hidden_3.jpg"])
    assert list(found.names.items()) == [(number, first.format(number)) for number in range(5, 12)]
    assert list(found.odd) == stray
    (note,) = found.notes
    assert all(f"'{name}'" in note for name in stray)
    assert "the 7 frames" in note


def test_padding_case_and_spelling_of_the_suffix_make_no_other_pattern():
    found = frame_names(["IMG1.JPG", "img02.jpg", "img0003.jpeg"])
    assert found.names == {1: "IMG1.JPG", 2: "img02.jpg", 3: "img0003.jpeg"}
    assert (found.odd, found.notes, str(found.pattern)) == ((), [], "img<number>.jpg")


def test_a_folder_without_frames_has_no_pattern():
    assert frame_names(["cover.jpg", "notes.txt"]).pattern is None


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["img1.jpg", "img2.jpg", "reg_img1.jpg", "reg_img2.jpg"], r"found 2 img<number>\.jpg \(.*\), 2 reg"),
        (["46_1.jpg", "47_1.jpg", "48_1.jpg"], r"found 1 46_<number>\.jpg .*, 1 48_<number>"),
        (["1.jpg", "001.jpg", "2.jpg"], r"one file for frame 1, found 001\.jpg and 1\.jpg"),
    ],
)
def test_names_that_do_not_tell_the_frames_are_refused(names, message):
    with pytest.raises(BadClipError, match=message):
        frame_names(names)
