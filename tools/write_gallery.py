"""Write docs/gallery.md: one picture of each kind, with what its caption in the report says of it. Run by make gallery.

A kind whose picture is not among the results keeps the one that the page has.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import jinja2
from PIL import Image

from merflow import paths
from merflow.config import Config, read_config
from merflow.stages import STAGES

ROOT = Path(__file__).parents[1]
PAGE, IMAGES = ROOT / "docs/gallery.md", ROOT / "docs/images/gallery"
CAPTIONS = ROOT / "workflow/report"
WIDTH_PX, QUALITY = 1100, 80
DATASET = "demo"
TRAINED = ("lite_point_gcn", "gts_gn", "atm_gcn")
"""Experiments whose results and learnt weights are shown; each stage is shown by the first one that reads it."""

MAPS = ("demo_4dme_4d", "ccdn-au8", "ccdn-emotion5")
"""An embedded dataset, and the cheapest two experiments on it whose networks show where they look."""

PLACES = {
    "overview": "{experiment}/pictures/clips/*/*.png",
    "confusion": "{experiment}/confusion.png",
    "curves": "{experiment}/training.png",
    "learning_curve": "{experiment}/learning_curve.png",
    "comparison": "compare/*-difference.png",
    "map_correlations": "compare/activation_maps/*.png",
}
"""Where a picture lies that is not ``pictures/<name>.png`` of an experiment."""

NO_PICTURE = (
    *("workflow", "metrics", "paper_table", "accuracy", "landmark_accuracy", "magnification_accuracy"),
    *("quality", "quality_of_subject"),
)
"""Captions of pages and tables."""

INTRO = """# Gallery

One picture of each kind that merflow draws, with what it shows. `make gallery` makes them from the embedded data and
writes this page; faces are synthetic. What good and bad look like: [quality control](quality-control.md).
"""


class Shown(NamedTuple):
    """One picture of the page: the stem of its caption, its heading, and what the caption says is shown."""

    name: str
    heading: str
    text: str


def captions() -> list[Shown]:
    """Return every kind of picture, stages in the order in which data flow, then overview and results by name."""
    stems = {path.stem for path in CAPTIONS.glob("*.rst")} - set(NO_PICTURE)
    order = ["overview", *STAGES, *sorted(stems)]
    return [Shown(name, name.replace("_", " "), _what_is_shown(name)) for name in dict.fromkeys(order) if name in stems]


def _what_is_shown(name: str) -> str:
    """Return the paragraph of a caption that says what is shown, as Markdown."""
    caption = (CAPTIONS / f"{name}.rst").read_text(encoding="utf-8")
    named = SimpleNamespace(
        dataset=DATASET, experiment=TRAINED[0], clip="a clip", label="a class", first="a", second="b"
    )
    text = jinja2.Template(caption, undefined=jinja2.ChainableUndefined).render(
        snakemake=SimpleNamespace(wildcards=named, config={})
    )
    paragraph = text.partition("**What is shown.**")[2].partition("\n\n")[0]
    return " ".join(paragraph.split()).replace("``", "`")


def find(name: str, results: Path) -> Path | None:
    """Return the first picture of a kind among results on the embedded data, in the order of the names of folders."""
    pattern = PLACES.get(name, f"{{experiment}}/pictures/{name}.png").format(experiment="*")
    found = (path for own in sorted(results.glob(f"{DATASET}*")) for path in sorted(own.glob(pattern)))
    return next(found, None)


def shrink(source: Path, target: Path) -> None:
    """Write a picture at the width of the page as WebP, which holds faces and lines in a tenth of the bytes."""
    with Image.open(source) as picture:
        rgb = picture.convert("RGB")
        if rgb.width > WIDTH_PX:
            rgb = rgb.resize((WIDTH_PX, round(rgb.height * WIDTH_PX / rgb.width)), Image.Resampling.LANCZOS)
        target.parent.mkdir(parents=True, exist_ok=True)
        rgb.save(target, "WEBP", quality=QUALITY, method=6)


def page() -> str:
    """Return the text of the page, of the pictures that lie in its folder."""
    shown = [one for one in captions() if (IMAGES / f"{one.name}.webp").is_file()]
    missing = [one.heading for one in captions() if one not in shown]
    parts = [f"## {one.heading}\n\n![{one.heading}](images/gallery/{one.name}.webp)\n\n{one.text}\n" for one in shown]
    rest = [f"## Not here\n\nNo picture was made of these yet: {', '.join(missing)}.\n"] if missing else []
    return "\n".join([INTRO, *parts, *rest])


def targets(config: Config) -> Iterator[str]:
    """Yield what make gallery asks Snakemake for."""
    yield from (paths.experiment(DATASET, name, "metrics.csv") for name in TRAINED)
    yield paths.experiment(DATASET, "flow_svm", "learning_curve.csv")
    yield paths.comparison(DATASET, "flow_svm", TRAINED[0], ".csv")
    yield paths.experiment(*MAPS[:2], "pictures", "activation.png")
    yield paths.activation_maps(*MAPS, ".csv")
    yield from dict.fromkeys(_pictures_of_stages(config))


def _pictures_of_stages(config: Config) -> Iterator[str]:
    """Yield the pictures of every stage that has some; of a stage that no experiment shows by itself, its own one."""
    for kind, stage in STAGES.items():
        place = _experiment_with(config, kind)
        if place:
            shown = stage.shown or ((f"{kind}.png",) if stage.drawn_alone else ())
            yield from (paths.experiment(*place, "pictures", name) for name in shown if name.endswith(".png"))


def _experiment_with(config: Config, kind: str) -> tuple[str, str] | None:
    """Return an embedded dataset and an experiment on it that reads a kind of artefact, `DATASET` if it can be.

    Of a kind that none reads by itself, one whose artefact is made of it.
    """
    own = config.experiments.items()
    reading = {name: experiment for name, experiment in own if experiment.kind == kind}
    made_of = {name: experiment for name, experiment in own if kind in dict(config.chain(experiment.artefact))}
    for name, experiment in [*reading.items(), *made_of.items()]:
        for dataset in sorted(experiment.datasets, key=lambda name: name != DATASET):
            if dataset in config.datasets and config.datasets[dataset].synthesis is not None:
                return dataset, name
    return None


def main() -> None:
    """Take every picture that is among the results, and write the page."""
    for one in captions():
        source = find(one.name, ROOT / paths.RESULTS)
        if source is not None:
            shrink(source, IMAGES / f"{one.name}.webp")
    PAGE.write_text(re.sub(r"\n{3,}", "\n\n", page()), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--targets"]:
        print(*targets(read_config(ROOT / "config.yaml")))
    else:
        main()
