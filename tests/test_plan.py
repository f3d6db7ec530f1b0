from dataclasses import replace
from pathlib import Path

import pytest

from merflow import plan
from merflow.datasets.clip import Clip, write_clips
from merflow.errors import ConfigError

LOSO = {"name": "loso", "k": 5, "test_expression": ""}
SETTINGS = {"protocol": LOSO, "labels": "emotion3", "expressions": ["micro"]}


def clip(subject, onset=10, **changes):
    base = Clip(
        dataset="d", subject=subject, video="a", part="A", expression="micro", onset=onset, apex=onset + 2,
        offset=onset + 4, fps=30.0, aus="12", emotion="happiness", objective="I", color=f"{subject}/a/color",
        depth=f"{subject}/a/depth", notes="",
    )  # fmt: skip
    return replace(base, **changes)


@pytest.fixture
def index(tmp_path):
    def write(clips):
        write_clips(clips, tmp_path / "clips.csv")
        return tmp_path / "clips.csv"

    return write


def test_subjects_in_the_order_of_the_index(index):
    path = index([clip("spNO.2"), clip("spNO.10"), clip("spNO.2", onset=99)])
    assert plan.subjects(path) == ["spNO.2", "spNO.10"]


def test_a_changed_index_is_read_anew(index):
    assert plan.subjects(index([clip("a")])) == ["a"]
    import os

    path = index([clip("b")])
    os.utime(path, ns=(1, 1))
    assert plan.subjects(path) == ["b"]


def test_frames_that_exist_and_no_others(index, tmp_path):
    for kind, suffix in (("color", "jpg"), ("depth", "png")):
        folder = tmp_path / "s1/a" / kind
        folder.mkdir(parents=True)
        for number in (10, 11, 14):
            (folder / f"{number}.{suffix}").touch()
    path = index([clip("s1"), clip("s2")])

    def names(roles):
        return [str(Path(p).relative_to(tmp_path)) for p in plan.subject_frames(path, "s1", root=tmp_path, roles=roles)]

    assert names(["onset", "apex"]) == ["s1/a/color/10.jpg", "s1/a/depth/10.png"]
    assert len(names(["all"])) == 6
    assert len(plan.subject_frames(path, "s1", root=tmp_path, roles=["all"], depth=False)) == 3


def test_loso_folds_are_the_subjects_with_a_label_of_the_set(index):
    path = index([clip("s1"), clip("s2", emotion="others"), clip("s3", expression="macro"), clip("s4")])
    assert plan.folds(path, SETTINGS) == ["s1", "s4"]
    assert plan.folds(path, SETTINGS | {"labels": "emotion4"}) == ["s1", "s2", "s4"]


def test_cross_domain_tests_micro_clips_only(index):
    path = index([clip("s1"), clip("s2"), clip("s3", expression="macro")])
    settings = SETTINGS | {"protocol": LOSO | {"name": "cross_domain"}, "expressions": ["micro", "macro"]}
    assert plan.folds(path, settings) == ["s1", "s2"]


def test_kfold_names_its_folds(index):
    settings = SETTINGS | {"protocol": LOSO | {"name": "kfold_subject", "k": 3}}
    assert plan.folds(index([clip("s1")]), settings) == ["fold1", "fold2", "fold3"]


def test_one_subject_cannot_be_left_out(index):
    with pytest.raises(ConfigError, match=r"at least two subjects .* found 1 \(s1\)"):
        plan.folds(index([clip("s1"), clip("s2", emotion="others")]), SETTINGS)


def test_wildcards_match_whole_names_only():
    import re

    pattern = plan.one_of(["gts_gn", "CAS(ME)3"])
    assert re.fullmatch(pattern, "CAS(ME)3")
    assert not re.fullmatch(pattern, "gts_gn-x")
    assert not re.match(plan.one_of([]), "anything")


def test_a_mistyped_subject_is_refused(index):
    with pytest.raises(ConfigError, match=r"no subject 'spNO.99'. Known: spNO.1"):
        plan.check_subject(index([clip("spNO.1")]), "spNO.99")


def test_a_folder_that_is_gone_is_left_to_the_stage(index, tmp_path):
    assert plan.subject_frames(index([clip("s1")]), "s1", root=tmp_path, roles=["onset"]) == []


def test_all_frames_without_an_offset_run_to_the_end(index, tmp_path):
    folder = tmp_path / "s1/a/color"
    folder.mkdir(parents=True)
    for number in (9, 10, 30):
        (folder / f"{number}.jpg").touch()
    path = index([clip("s1", offset=-1, depth="")])
    assert len(plan.subject_frames(path, "s1", root=tmp_path, roles=["all"])) == 2


def test_ancestor_variant_follows_the_chain():
    config = {
        "regions": {"r": {"clouds": "c"}},
        "clouds": {"c": {"depth_flow": "d"}},
        "depth_flow": {"d": {"flow": "f"}},
        "flow": {"f": {"faces": "x"}},
    }
    assert plan.ancestor_variant(config, "regions", "r", "faces") == "x"
    assert plan.ancestor_variant(config, "regions", "r", "regions") == "r"
