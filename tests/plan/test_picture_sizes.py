"""Ready flow images of another size than a variant: refused when planned, by the headers alone."""

import cv2
import numpy as np
import pytest
from tests.plan_fixture import clip

from merflow.datasets.clip_table import write_clips
from merflow.errors import ConfigError
from merflow.plan import check_picture_size, index_version


@pytest.fixture
def check(tmp_path):
    """Plan for pictures of these sizes, given as width and height; None is a file that is no picture."""

    def plan(*sizes, size_px=28):
        clips = []
        for number, size in enumerate(sizes):
            path = tmp_path / f"s{number}.png"
            picture = b"none" if size is None else cv2.imencode(".png", np.zeros((size[1], size[0], 3), np.uint8))[1]
            path.write_bytes(bytes(picture))
            clips.append(clip(f"s{number}", color=path.name, depth=""))
        write_clips(clips, tmp_path / "clips.csv")
        check_picture_size.cache_clear()
        check_picture_size(index_version(tmp_path / "clips.csv"), root=str(tmp_path), variant="uvs", size_px=size_px)

    return plan


def test_pictures_of_the_size_and_single_ones_of_another_are_left_to_the_stage(check):
    check((28, 28), (28, 28))
    check((32, 32), None, (28, 28))
    check((64, 64), size_px=64)


def test_what_cannot_be_told_is_left_to_the_stage(check):
    check(None, None)


def test_a_size_that_no_picture_has_is_refused_with_the_size_that_is_there(check):
    with pytest.raises(ConfigError) as caught:
        check((64, 64), None, (64, 64), (32, 28))
    message = str(caught.value)
    assert "expected flow images of 28x28 px (flow_images.uvs.size_px: 28)" in message
    assert "but found 32x28, 64x64 px in all of them, such as s0.png." in message


def test_a_good_dataset_costs_one_header(check, monkeypatch):
    seen = []
    monkeypatch.setattr("merflow.plan.picture_sizes._size", lambda path: seen.append(path.name) or (28, 28))
    check((28, 28), (28, 28), (28, 28))
    assert seen == ["s0.png"]
