"""The gallery: its text is that of the captions, its pictures are there, small, and no wider than the page."""

import re

import pytest
from PIL import Image
from tools.write_gallery import IMAGES, NO_PICTURE, PAGE, ROOT, WIDTH_PX, captions, find, page, shrink, targets

from merflow import plan
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
    for kind in STAGES:
        assert any(path.endswith(f"/pictures/{kind}.png") for path in asked), kind


RULES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "workflow/rules").glob("*.smk"))


def test_every_picture_of_a_rule_has_a_caption_that_the_gallery_knows():
    for body in re.split(r"^ *rule\b", RULES, flags=re.MULTILINE)[1:]:
        outputs = body.partition("    log:")[0]
        pictures = re.findall(r'\.png"|stage_picture\(', outputs)
        assert len(re.findall(r'caption=f?"../report/', outputs)) >= len(pictures), body[:60]
    named = {
        kind if name == "{kind}" else name
        for name in re.findall(r'"\.\./report/([\w{}]+)\.rst"', RULES)
        for kind in plan.drawn_alone()
    }
    assert named - set(NO_PICTURE) == {one.name for one in captions()}


def test_what_is_asked_for_holds_every_kind_of_picture(tmp_path):
    """The plan says which pictures come with the metrics of an experiment; the others are asked for one by one."""
    config = read_config(ROOT / "config.yaml")
    for path in targets(config):
        for made in _made(config, tmp_path / path):
            made.parent.mkdir(parents=True, exist_ok=True)
            made.touch()
    assert [one.name for one in captions() if find(one.name, tmp_path / "results") is None] == []


def _made(config, target):
    """Yield the pictures that a run leaves once it has made a target, as the rules name them."""
    if target.name == "metrics.csv":
        parts = plan.pictures(config.experiments[target.parent.name])
        yield target.with_name("confusion.png")
        for part in parts:
            made = target.parent.joinpath(*part)
            yield made if made.suffix else made / "class/clip.png"
    elif target.suffix == ".csv":
        whole = target.parent.name == "compare"
        yield target.with_name(f"{target.stem}-difference.png") if whole else target.with_suffix(".png")
    else:
        yield target
