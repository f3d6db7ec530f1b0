"""The camera of a row: numbers in the table, a small file or the dataset's setting; every fault with its row."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.datasets.table.table_fixture import (
    SETTINGS,
    assert_faults,
    faults,
    index,
    row,
    write_frames,
    write_table,
)

from merflow.datasets.clip_table import read_clips, write_clips
from merflow.datasets.intrinsics import camera_of_text
from merflow.datasets.registry import annotation_files
from merflow.errors import ConfigError, DatasetError

NUMBERS = {"fx": "615.25", "fy": "614", "cx": "320,5", "cy": "-3"}
CAMERA = (615.25, 614.0, 320.5, -3.0)
FILE = {"fx": 615.25, "fy": 614, "cx": 320.5, "cy": -3}


@pytest.fixture
def root(tmp_path):
    """A root with three recordings of 64x48 px, and their depth."""
    picture, depth = np.full((48, 64, 3), 9, np.uint8), np.full((48, 64), 700, np.uint16)
    for name in ("s1/a", "s1/b", "s2/a"):
        for folder, values in ((tmp_path / name, picture), (tmp_path / "depth" / name, depth)):
            write_frames(folder, range(1, 10), name="{}.png")
            cv2.imwrite(str(folder / "3.png"), values)
    return tmp_path


def with_depth(path="s1/a", **changes):
    return row(path=path, depth_path=f"depth/{path}", **changes)


def test_the_table_a_file_and_the_setting_name_one_camera_each(root):
    """JSON is YAML; an empty cell takes the dataset's camera, and the unit of a file comes before the dataset's."""
    (root / "b.json").write_text(json.dumps(FILE | {"fx": 500, "width": 64, "height": 48, "depth_unit_mm": 0.25}))
    rows = [
        with_depth(**NUMBERS, depth_unit_mm="0,5"),
        with_depth("s1/b", intrinsics="b.json"),
        with_depth("s2/a", subject="s2"),
        row(path="s2/a", subject="s2", onset="4"),
    ]
    found = index(root, rows, intrinsics={"fx": 900, "fy": 901, "cx": 32, "cy": 24}, depth_unit_mm=2)
    by_id = {clip.id: clip for clip in found.clips}
    cameras = {name: camera_of_text(clip.camera) if clip.camera else None for name, clip in by_id.items()}
    assert cameras == {
        "s1_a_3": CAMERA,
        "s1_b_3": (500.0, *CAMERA[1:]),
        "s2_a_3": (900.0, 901.0, 32.0, 24.0),
        "s2_a_4": None,  # without depth
    }
    assert [by_id[name].depth_unit_mm for name in cameras] == [0.5, 0.25, 2, 1]
    assert any(note.startswith("cameras of depth, fx fy cx cy in px: 500.0 614.0 320.5 -3.0 (1 clip), 615.25") for
               note in found.notes)  # fmt: skip
    write_clips(found.clips, root / "index.csv")
    assert tuple(read_clips(root / "index.csv")) == found.clips
    with pytest.raises(DatasetError, match="expected fx, fy, cx and cy in px, found '1 2 3'"):
        write_clips([replace(found.clips[0], camera="1 2 3")], root / "index.csv")


def test_every_fault_of_a_camera_is_told_with_its_row(root):
    texts = {
        "typo": "{fx: 1, fy: 1, cy: 1, cz: 1}",
        "text": "fx fy",
        "zero": "{fx: 0, fy: 1, cx: 1, cy: 1}",
        "unit": "{fx: 1, fy: 1, cx: 1, cy: 1, depth_unit_mm: -1}",
        "half": "{fx: 1, fy: 1, cx: 1, cy: 1, width: 128, height: 96}",
        "good": "{fx: 1, fy: 1, cx: 1, cy: 1, depth_unit_mm: 1}",
    }
    for name, text in texts.items():
        (root / f"{name}.yaml").write_text(text)
    changes = [
        {**NUMBERS, "cx": ""},
        {**NUMBERS, "fx": "wide"},
        {**NUMBERS, "fx": "0"},
        {**NUMBERS, "depth_unit_mm": "0"},
        {**NUMBERS, "intrinsics": "good.yaml"},
        {"intrinsics": "none.yaml"},
        {"intrinsics": "../good.yaml"},
        {"intrinsics": "typo.yaml"},
        {"intrinsics": "text.yaml"},
        {"intrinsics": "zero.yaml"},
        {"intrinsics": "unit.yaml"},
        {"intrinsics": "good.yaml", "depth_unit_mm": "1"},
        {"intrinsics": "half.yaml"},
    ]
    told = faults(root, *[with_depth(onset="3", clip=f"c{number}", **one) for number, one in enumerate(changes)])
    assert told.pop(2).startswith("- rows 3-14: expected one row for a clip, found s1/a from 3 in clips.csv, row 2 too")
    expected = (
        "row 2, column 'cx': expected fx, fy, cx and cy, found fx, fy, cy alone",
        "row 3, column 'fx': expected a number, found 'wide'",
        "row 4, column 'fx': intrinsics.fx: expected a length above 0 px, but found 0.0",
        "row 5, column 'depth_unit_mm': expected mm above 0, found '0'",
        "row 6, column 'intrinsics': expected a file, or fx, fy, cx, cy, found the file and fx, fy, cx, cy",
        "row 7, column 'intrinsics': expected a YAML or JSON file of fx, fy, cx, cy, found no such file",
        "row 8, column 'intrinsics': expected a path below the root",
        "row 9, column 'intrinsics': Intrinsics has no setting 'cz'. Did you mean",
        "row 10, column 'intrinsics': expected fx, fy, cx, cy by name, found 'fx fy'",
        "row 11, column 'intrinsics': intrinsics.fx: expected a length above 0 px, but found 0",
        "row 12, column 'intrinsics': depth_unit_mm: expected mm above 0, but found -1",
        "row 13, column 'depth_unit_mm': expected the unit of depth once, found it here and in good.yaml",
        "row 14, column 'intrinsics': expected frames of 128x96 px, for which the camera was calibrated, found 64x48",
    )
    assert_faults(told, expected)


def test_a_camera_of_some_clips_alone_is_a_fault(root):
    """The others would silently get the focal length that stands in the settings of the clouds."""
    (line,) = faults(root, with_depth(**NUMBERS), with_depth("s1/b"), row(path="s2/a", subject="s2"))
    assert line.startswith("- row 3: expected the camera of its depth, since clips.csv, row 2 names one, found none")
    notes = index(root, [with_depth(), with_depth("s1/b")]).notes
    assert "no camera of the depth of 2 clips is named: clouds take focal_px of their settings" in notes


def test_an_edit_of_a_camera_file_is_one_of_the_annotation(root):
    """The index is made of it: where it did not count, an edit would leave the old camera in the results."""
    (root / "cams").mkdir()
    (root / "cams/b.yaml").write_text(json.dumps(FILE))
    rows = [with_depth(intrinsics="cams/b.yaml"), with_depth("s1/b", intrinsics="../x.yaml")]
    write_table(root, rows)
    files = annotation_files("table", SETTINGS | {"root": str(root)})
    assert files == [root / "clips.csv", root / "cams/b.yaml"]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"fx": 1, "fy": 1, "cx": 1}, "needs the setting 'cy'"),
        ({"fx": -1, "fy": 1, "cx": 1, "cy": 1}, "expected a length above 0 px, but found -1"),
        ({"fx": 1, "fy": 1, "cx": 1, "cy": 1, "width": 64}, "expected width and height above 0 px, or neither"),
    ],
)
def test_a_setting_that_is_no_camera_is_refused(root, setting, told):
    with pytest.raises(ConfigError, match=told):
        index(root, [with_depth()], intrinsics=setting)
