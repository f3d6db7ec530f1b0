import numpy as np

from merflow.drawing.landmark_lines import PARTS
from merflow.stages.faces.picture import depth_limits, plot_faces


def test_depth_range_follows_the_middle_of_the_crop():
    depth = np.full((90, 90), 900.0)
    depth[30:60, 30:60] = 600.0
    depth[40:45, 40:45] = np.nan
    low, high = depth_limits(depth)
    assert low < 600 < high
    assert high < 900
    assert np.isfinite(depth_limits(np.full((9, 9), np.nan))).all()


def test_a_dataset_without_depth_says_so():
    image = np.zeros((2, 40, 40, 3), dtype=np.uint8)
    arrays = {
        "aligned_color": image,
        "landmarks": np.full((2, 68, 2), 20.0),
        "aligned_from_image": np.eye(2, 3),
    }
    attrs = {"frames": [3, 9], "roles": ["onset", "apex"], "native_origin": [0, 0], "native_size": [40, 40]}
    attrs |= {"score": 1.0, "notes": "2 faces"}
    figure = plot_faces(arrays, attrs, title="t")
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert texts.count("this dataset has no depth") == 2
    assert any("2 faces" in text.get_text() for text in figure.texts)


def test_lines_use_every_landmark_and_no_other():
    assert sorted({i for part in PARTS for i in part}) == list(range(68))
