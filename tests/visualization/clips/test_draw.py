import numpy as np
import pytest

from merflow.artefacts import KINDS, open_shard
from merflow.drawing.canvas import save_png
from merflow.errors import ArtefactError
from merflow.visualization.clips.draw import draw_shard
from merflow.visualization.clips.overview import draw_overview

KIND_NAMES = sorted(KINDS)
OF_MESHES = ("meshes", "projections", "dynamic_images")  # no picture of these shows the frames of a camera


def written(figure):
    """Return every text of a figure."""
    panels = [axes for top in figure.axes for axes in (top, *top.child_axes)]
    found = [text.get_text() for text in figure.texts] + [t.get_text() for axes in panels for t in axes.texts]
    return "\n".join([*found, *(axes.get_title(loc="left") for axes in panels), *(a.get_ylabel() for a in panels)])


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_each_picture_names_its_clip_and_is_the_same_every_time(kind, results, tmp_path):
    with open_shard(results[kind], kind=kind) as shard:
        figures = [draw_shard(kind, shard, "sp9.1_a_10") for _ in range(2)]
    assert "sp9.1_a_10" in written(figures[0])
    assert "No faces artefact" not in written(figures[0])
    first, second = (save_png(figure, tmp_path / f"{i}.png").read_bytes() for i, figure in enumerate(figures))
    assert first == second


@pytest.mark.parametrize("kind", [kind for kind in KIND_NAMES if kind not in ("faces", *OF_MESHES)])
def test_without_upstream_shards_the_picture_says_so(kind, results):
    with open_shard(results[kind], kind=kind) as shard:
        assert "no faces artefact here" in written(draw_shard(kind, shard, "sp9.1_a_10", {})).lower()


def test_units_stand_at_the_colour_bars(results):
    with open_shard(results["depth_flow"], kind="depth_flow") as shard:
        text = written(draw_shard("depth_flow", shard, "sp9.1_a_10"))
    assert "dz, mm" in text
    assert "-1 to 1 mm" in text
    with open_shard(results["clouds"], kind="clouds") as shard:
        assert "aligned px" in written(draw_shard("clouds", shard, "sp9.1_a_10"))


def test_an_unknown_clip_and_an_unknown_kind_are_refused(results):
    with open_shard(results["flow"], kind="flow") as shard:
        with pytest.raises(ArtefactError, match=r"sp9\.1_a_10.*found 'sp9\.1_x_1'"):
            draw_shard("flow", shard, "sp9.1_x_1")
        with pytest.raises(ArtefactError, match="has no picture"):
            draw_shard("examples", shard, "sp9.1_a_10")
    with open_shard(results["regions"], kind="regions") as shard, pytest.raises(ArtefactError, match="found 'x'"):
        draw_overview(shard, "x")


def test_the_overview_shows_every_stage_or_says_what_is_missing(results):
    with open_shard(results["regions"], kind="regions") as shard:
        whole = draw_overview(shard, "sp9.1_a_10", label="happiness")
        alone = draw_overview(shard, "sp9.1_a_10", {})
    for number in range(1, 10):
        assert f"{number}  " in written(whole)
    assert "happiness" in written(whole)
    assert "artefact here" not in written(whole)
    for kind in ("faces", "flow", "depth_flow", "clouds"):
        assert f"no {kind} artefact here" in written(alone)


def test_depth_flow_is_symmetric_about_zero(results):
    with open_shard(results["depth_flow"], kind="depth_flow") as shard:
        figure = draw_shard("depth_flow", shard, "sp9.1_a_10")
    limits = {axes.images[0].get_clim() for axes in figure.axes[1:]}
    assert limits == {(-1.0, 1.0)}
    middle = figure.axes[1].images[0].to_rgba(np.array([0.0]))[0, :3]
    assert middle.min() > 0.95
