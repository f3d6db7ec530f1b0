"""The gallery: its text is that of the captions, its pictures are there, small, and no wider than the page."""

import pytest
from PIL import Image
from tools.write_gallery import IMAGES, PAGE, ROOT, WIDTH_PX, captions, find, page, shrink, targets

from merflow.config import read_config
from merflow.stages import STAGES

MOST_BYTES = 120_000


def test_the_page_is_that_of_its_pictures_and_captions():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tools.write_gallery"


def test_every_kind_is_shown_or_named():
    text = PAGE.read_text(encoding="utf-8")
    shown, _, rest = text.partition("## Not here")
    missing = rest.partition(": ")[2].rstrip(".\n").split(", ")
    for one in captions():
        assert (f"## {one.heading}\n" in shown) != (one.heading in missing), one.heading
        assert len(one.text) > 40
        assert "{{" not in one.text


@pytest.mark.parametrize("path", sorted(IMAGES.glob("*")), ids=lambda path: path.stem)
def test_a_picture_is_small_and_fits(path):
    assert path.stem in {one.name for one in captions()}
    assert path.stat().st_size < MOST_BYTES
    with Image.open(path) as picture:
        assert picture.width <= WIDTH_PX


def test_a_picture_is_found_and_shrunk_with_its_proportions(tmp_path):
    folder = tmp_path / "demo_x/net/pictures"
    folder.mkdir(parents=True)
    Image.new("RGB", (2 * WIDTH_PX, 300), "white").save(folder / "faces.png")
    assert find("flow", tmp_path) is None
    found = find("faces", tmp_path)
    assert found == folder / "faces.png"
    shrink(found, tmp_path / "out/faces.webp")
    with Image.open(tmp_path / "out/faces.webp") as picture:
        assert picture.size == (WIDTH_PX, 150)


def test_the_target_asks_for_every_stage_that_an_embedded_experiment_reads():
    asked = list(targets(read_config(ROOT / "config.yaml")))
    assert len(asked) == len(set(asked))
    for kind in ("regions", "flow_images", "graphs", "magnified", "sequences", "hoof", "lbp_top", "dynamic_images"):
        assert any(path.endswith(f"/pictures/{kind}.png") for path in asked), kind
        assert kind in STAGES
