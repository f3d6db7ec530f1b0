import numpy as np
import pytest

from merflow.artefacts import open_shard
from merflow.drawing.upstream import open_upstream
from merflow.imaging.luma import luma
from merflow.stages.flow.head_motion import affine_field
from merflow.stages.magnified.before import apex_before
from merflow.stages.magnified.picture import (
    DIFFERENCE_RANGE,
    busiest_places,
    close_up_px,
    draw_magnified,
)
from merflow.stages.magnified.sampling import displaced

CLIP = "sp9.1_a_10"


def panels(figure):
    return {axes.get_title(loc="left"): axes for axes in figure.axes if axes.get_title(loc="left")}


def test_shows_the_apex_before_and_after_and_what_both_differ_by(results):
    with open_shard(results["magnified"], kind="magnified") as shard, open_upstream(shard) as upstream:
        shown = panels(draw_magnified(shard, CLIP, upstream))
        before, after = (upstream["faces"].read(CLIP, "aligned_color")[1], shard.read(CLIP, "magnified_color")[1])
    assert np.array_equal(shown["apex"].images[0].get_array(), before)
    assert np.array_equal(shown["apex, motion x 3"].images[0].get_array(), after)
    onset = luma(shown["onset"].images[0].get_array())
    for title, image in (("apex minus onset", before), ("apex x 3 minus onset", after)):
        difference = shown[title].images[0]
        assert np.allclose(difference.get_array(), luma(image) - onset)
        assert difference.get_clim() == (-DIFFERENCE_RANGE, DIFFERENCE_RANGE)


class Shards:
    """The part of a shard that the picture reads, of one clip."""

    def __init__(self, arrays):
        self.arrays = arrays

    def __contains__(self, clip):
        return clip == CLIP

    def has(self, clip, field):
        return field in self.arrays

    def read(self, clip, field):
        return self.arrays[field]

    def attrs(self, clip):
        return {"roles": ["onset", "apex"]}


def test_head_motion_that_magnification_took_off_is_off_before_it_too(results):
    with open_shard(results["faces"], kind="faces") as shard:
        face = shard.read(CLIP, "aligned_color")[0].astype(np.float32)
    head = np.array([[0.0, 0.0, 4.0], [0.0, 0.0, -2.0]])
    moved = displaced(face, -affine_field(head, face.shape[:2]))
    faces = Shards({"aligned_color": np.stack([face, moved]).round().clip(0, 255).astype(np.uint8)})
    magnified = Shards({"head_motion": np.stack([np.zeros((2, 3)), head])})
    inside = np.s_[8:-8, 8:-8]
    apart = np.abs(faces.read(CLIP, "aligned_color")[1].astype(float) - face)[inside].mean()
    rest = np.abs(apex_before(magnified, {"faces": faces}, CLIP).astype(float) - face)[inside].mean()
    assert rest < 0.1 * apart
    assert apex_before(magnified, {}, CLIP) is None


def test_close_ups_show_where_it_moves_most_and_do_not_overlap():
    onset = np.full((200, 200, 3), 120, dtype=np.uint8)
    changed = onset.copy()
    changed[60:66, 140:146] = 200
    changed[150:154, 50:54] = 200
    first, second = busiest_places(onset, changed)
    assert np.abs(np.subtract(first, (142.5, 62.5))).max() <= 1
    assert np.abs(np.subtract(second, (51.5, 151.5))).max() <= 1
    mask = np.ones((200, 200), dtype=bool)
    mask[:, 120:] = False
    assert busiest_places(onset, changed, mask)[0] == second
    side = close_up_px(200)
    for centres in (busiest_places(onset, onset), busiest_places(onset, changed)):
        assert max(abs(a - b) for a, b in zip(*centres, strict=True)) >= side
        assert all(side / 2 <= value <= 200 - side / 2 for centre in centres for value in centre)


@pytest.mark.parametrize("size", [32, 64, 96, 256])
def test_close_ups_of_small_faces_fit_and_do_not_overlap(size):
    rng = np.random.default_rng(0)
    onset, changed = rng.integers(0, 256, size=(2, size, size, 3), dtype=np.uint8)
    (x0, y0), (x1, y1) = busiest_places(onset, changed)
    side = close_up_px(size)
    assert all(side // 2 <= value <= size - side // 2 for value in (x0, y0, x1, y1))
    assert max(abs(x0 - x1), abs(y0 - y1)) >= side
