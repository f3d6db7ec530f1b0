"""Reviews: read back as the pages save them, refused with their line, and what they leave out."""

import pytest
from tests.quality.conftest import clip_named

from merflow.datasets.index import Index
from merflow.datasets.review import Review, failed_before, read_review, without_failed
from merflow.errors import DatasetError

CLIPS = (clip_named("s1_a_1"), clip_named("s1_b_1"), clip_named("s2_a_1"))


def written(tmp_path, *rows, heading="clip\tverdict\tcomment"):
    path = tmp_path / "review.tsv"
    path.write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
    return path


def test_failed_clips_become_exclusions_with_the_comment(tmp_path):
    path = written(tmp_path, "s1_a_1\tfail\tblinks, at the apex", "s1_b_1\tdoubt\tdark", "s2_a_1\tfail\t")
    index = without_failed(Index(CLIPS, ()), read_review(path), source=str(path))
    assert [clip.id for clip in index.clips] == ["s1_b_1"]
    assert [(row["clip"], row["stage"], row["reason"]) for row in index.exclusions] == [
        ("s1_a_1", "review", "blinks, at the apex"),
        ("s2_a_1", "review", "failed the review, without a comment"),
    ]
    assert index.bad == ()
    assert failed_before(index.exclusions) == {"s1_a_1": "blinks, at the apex", "s2_a_1": ""}


@pytest.mark.parametrize("comment", ['"blink', '"', '"blink" at the apex', 'says "no"'])
def test_a_quotation_mark_in_a_comment_hides_no_row_below_it(tmp_path, comment):
    path = written(tmp_path, f"s1_a_1\tfail\t{comment}", "s1_b_1\tfail\tdark", 's2_a_1\tdoubt\tis it "b"')
    assert read_review(path) == {
        "s1_a_1": Review("fail", comment),
        "s1_b_1": Review("fail", "dark"),
        "s2_a_1": Review("doubt", 'is it "b"'),
    }


def test_a_clip_that_is_left_out_already_is_no_mistake():
    row = {"clip": "s9_a_1", "subject": "s9", "stage": "index", "reason": "no folder", "source": ""}
    index = without_failed(Index(CLIPS, (row,)), {"s9_a_1": Review("fail", "")}, source="review.tsv")
    assert index.clips == CLIPS
    assert index.exclusions == (row,)


def test_a_clip_of_another_dataset_is_refused_with_the_nearest():
    with pytest.raises(DatasetError, match=r"found 's1_a_2'\. Did you mean 's1_a_1'"):
        without_failed(Index(CLIPS, ()), {"s1_a_2": Review("pass", "")}, source="review.tsv")


@pytest.mark.parametrize(
    ("rows", "heading", "said"),
    [
        (["s1_a_1\tbad\t"], None, r"line 2: expected a verdict of pass, doubt, fail, found 'bad'"),
        (["s1_a_1\tfail\t", "s1_a_1\tpass\t"], None, r"line 3: expected each clip once"),
        (["s1_a_1,fail,"], "clip,verdict,comment", r"missing clip, verdict, comment"),
    ],
)
def test_a_wrong_review_is_refused(tmp_path, rows, heading, said):
    path = written(tmp_path, *rows, **({"heading": heading} if heading else {}))
    with pytest.raises(DatasetError, match=said):
        read_review(path)


def test_a_missing_review_says_so(tmp_path):
    with pytest.raises(DatasetError, match=r"expected the review .*nowhere\.tsv"):
        read_review(tmp_path / "nowhere.tsv")
