"""The recipe of docs/datasets/meview.md, on its own table and settings and videos that are written here."""

import re
import textwrap
from pathlib import Path

import pytest
import yaml
from tests.datasets.reading.video_fixture import write_video

from merflow.datasets.labels import CLASS_SETS
from merflow.datasets.registry import index_dataset
from merflow.datasets.validation import format_validation, validate_dataset

PAGE = (Path(__file__).parents[3] / "docs/datasets/meview.md").read_text(encoding="utf-8")


def block(language):
    """Return the first block of a language of the page."""
    return textwrap.dedent(re.search(rf"( *)```{language}\n(.*?)```", PAGE, re.DOTALL)[2])


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    root = tmp_path_factory.mktemp("MEVIEW")
    (root / "videos").mkdir()
    write_video(root / "videos/game1.mp4", times=range(325), fps=30)
    write_video(root / "videos/game2.mp4", times=range(70), fps=30)
    (root / "clips.csv").write_text(block("csv"), encoding="utf-8")
    settings = yaml.safe_load(block("yaml"))["datasets"]["meview"] | {"root": str(root)}
    return index_dataset("meview", settings.pop("reader"), settings)


def test_the_table_of_the_recipe_is_read_as_it_says(index):
    assert index.exclusions == ()
    found = {clip.id: (clip.onset, clip.apex, clip.offset, clip.fps, clip.emotion) for clip in index.clips}
    assert found == {
        "player1_game1_120": (120, 128, 141, 30.0, "contempt"),
        "player1_game1_300": (300, 309, 318, 30.0, "surprise"),
        "player2_game2_45": (45, 51, 62, 30.0, ""),
    }
    notes = {clip.id: clip.notes for clip in index.clips}
    assert "midpoint 309 taken" in notes["player1_game1_300"]
    assert "emotion unclear" in notes["player2_game2_45"]


def test_a_clip_whose_emotion_is_unclear_lies_outside_the_emotions_and_is_counted(index):
    unclear = next(clip for clip in index.clips if not clip.emotion)
    assert CLASS_SETS["emotion3"].label_of(unclear) is None
    assert CLASS_SETS["emotion3"].why_outside(unclear) == "no emotion label"
    text = format_validation(validate_dataset("table", index, official=True))
    assert re.search(r"emotion \(none\) +1\n", text)
