"""The interactive page of a clip: the numbers of its artefacts inside, no request, and what moving about shows."""

import base64
import json
import re

import numpy as np
import pytest
from tests.chromium import CHROMIUM, browse
from tests.picture_fixtures import CLIP

from merflow.artefacts import open_shard
from merflow.cli import main
from merflow.drawing.upstream import open_upstream
from merflow.errors import ArtefactError
from merflow.viewer.page import write_views
from merflow.viewer.parts import MISSING, parts_of


@pytest.fixture(scope="module")
def parts(results):
    with open_shard(results["clouds"], kind="clouds") as shard, open_upstream(shard) as upstream:
        return parts_of({**upstream, "clouds": shard}, CLIP)


@pytest.fixture(scope="module")
def page(results, tmp_path_factory):
    (path,) = write_views(results["clouds"], "clouds", tmp_path_factory.mktemp("view"), [CLIP])
    return path


def field(results, kind, name):
    with open_shard(results[kind], kind=kind) as shard:
        return shard.read(CLIP, name)


def whole(text):
    return np.frombuffer(base64.b64decode(text), dtype="<i2")


def test_a_cloud_shows_what_it_was_computed_from(parts):
    assert list(parts) == ["frames", "flow", "depth", "cloud"]
    assert [name.split(",")[0] for name in parts["frames"]["names"]] == ["onset", "apex"]
    assert all(picture.startswith("data:image/jpeg;base64,") for picture in parts["frames"]["pictures"])


def test_numbers_are_those_of_the_artefacts(parts, results):
    flow, own = field(results, "flow", "expression_flow"), parts["flow"]
    step = own["step"]
    packed = whole(own["expression"]).reshape(2, -1, own["columns"]) * own["unit"]
    np.testing.assert_allclose(packed, flow[:, ::step, ::step], atol=own["unit"] / 2 + 1e-6)
    xyz, cloud = field(results, "clouds", "xyz"), parts["cloud"]
    points = whole(cloud["xyz"]).reshape(-1, 3) * cloud["unit"]
    assert len(points) == cloud["points"] == cloud["of"] == len(xyz)
    apart = np.linalg.norm(xyz[0] - xyz[-1])
    assert np.linalg.norm(points[0] - points[-1]) == pytest.approx(1000 * apart, abs=2 * cloud["unit"])


def test_a_value_that_is_missing_stays_so(parts, results):
    change, own = field(results, "depth_flow", "dz"), parts["depth"]
    packed = whole(own["change"]).reshape(own["rows"], own["columns"])
    np.testing.assert_array_equal(packed == MISSING, np.isnan(change))
    known = ~np.isnan(change)
    np.testing.assert_allclose(packed[known] * own["unit"], change[known], atol=own["unit"] / 2 + 1e-6)


def test_sequences_and_magnified_frames_are_shown_frame_by_frame(results):
    with open_shard(results["sequences"], kind="sequences") as shard:
        own = parts_of({"sequences": shard}, CLIP)
        assert len(own["frames"]["pictures"]) == 1 + len(shard.read(CLIP, "difference"))
    with open_shard(results["magnified"], kind="magnified") as shard:
        assert list(parts_of({"magnified": shard}, CLIP)) == ["magnified"]


def test_a_page_asks_for_nothing_and_its_data_are_whole(page, parts):
    text = page.read_text()
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert data == json.loads(json.dumps(parts))


def test_the_command_writes_one_page_for_one_clip(results, tmp_path, capsys):
    command = ["inspect", str(results["clouds"]), "--clip", CLIP, "--html", "--out", str(tmp_path)]
    assert main(command) == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"clouds_{CLIP}.html"]
    assert capsys.readouterr().out.rstrip().endswith(f"clouds_{CLIP}.html")


@pytest.mark.parametrize("kind", ["faces", "flow", "depth_flow", "magnified", "sequences"])
def test_a_page_has_what_its_kind_goes_back_to_and_no_more(results, tmp_path, kind):
    (path,) = write_views(results[kind], kind, tmp_path, [CLIP])
    shown = {"frames", "magnified", "flow", "depth", "cloud"} & set(
        re.findall(r'<section id="(\w+)"', path.read_text())
    )
    with open_shard(results[kind], kind=kind) as shard, open_upstream(shard) as upstream:
        assert shown == set(parts_of({**upstream, kind: shard}, CLIP))
    assert "cloud" not in shown


def test_a_clip_that_is_not_there_or_has_nothing_to_show_is_told(results, tmp_path):
    with pytest.raises(ArtefactError, match="expected one of the clips"):
        write_views(results["clouds"], "clouds", tmp_path, ["nobody_a_1"])
    lonely = tmp_path / "lonely.h5"
    lonely.write_bytes(results["hoof"].read_bytes())
    with pytest.raises(ArtefactError, match="hoof has none, nor has a shard beside it"):
        write_views(lonely, "hoof", tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")
def test_in_chromium_sliders_pointers_and_keys_change_what_is_shown(page, results, tmp_path):
    script = """
      const of = (section, selector) => document.querySelector(`#${section} ${selector}`);
      const picture = (section) => of(section, "canvas").toDataURL();
      of("frames", ".at").value = 1;
      of("frames", ".at").dispatchEvent(new Event("input"));
      const box = of("flow", "canvas").getBoundingClientRect();
      const at = { clientX: box.left + 0.64 * box.width, clientY: box.top + 0.72 * box.height, bubbles: true };
      of("flow", "canvas").dispatchEvent(new PointerEvent("pointermove", at));
      const before = picture("cloud");
      const left = () => new KeyboardEvent("keydown", { key: "ArrowLeft" });
      for (let i = 0; i < 3; i += 1) of("cloud", "canvas").dispatchEvent(left());
      setTimeout(() => {
        document.title = JSON.stringify([of("frames", ".said").textContent, of("flow", ".said").textContent,
          of("cloud", ".said").textContent, before !== picture("cloud")]);
      }, 500);
    """
    document, said, asked = browse(page, tmp_path, script)
    assert said == []
    assert [url for url in asked if not re.search(r"google|gvt1|chrome", url)] == []
    frame, value, turned, changed = json.loads(re.search(r"<title>(.*)</title>", document)[1])
    assert frame.startswith("apex")
    flow = field(results, "flow", "expression_flow")
    u, v = flow[:, int(0.72 * flow.shape[1]), int(0.64 * flow.shape[2])]  # at a corner of the mouth
    read = [float(number) for number in re.search(r"u (.+), v (.+) px", value).groups()]
    assert read == pytest.approx([u, v], abs=0.006)
    assert abs(u) > 1
    assert turned.startswith("turned -17°")
    assert changed
