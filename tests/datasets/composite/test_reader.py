"""The MEGC 2019 composite: what is taken of each member, under which names, and that nothing vanishes."""

import dataclasses
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.datasets.samm import samm_fixture as samm
from tests.datasets.smic import smic_fixture as smic

from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import write_clips, write_exclusions
from merflow.datasets.composite.classes import check_classes
from merflow.datasets.composite.reader import CompositeSettings, Member, compose
from merflow.datasets.index import Index
from merflow.datasets.labels import LABEL_SETS
from merflow.datasets.members import qualified, read_member, split_name
from merflow.datasets.registry import COMPOSITE, index_dataset, reader_settings
from merflow.datasets.validation import format_validation, validate_composite
from merflow.errors import ConfigError, DatasetError

THREE = LABEL_SETS["emotion3"]
NAMES = ("hs", "cas", "samm")
ONLY_OTHERS = 36
"""The one person of SAMM who shows no expression of the three classes."""


def clip(subject, emotion, video="a", onset=10, part="", dataset="m"):
    return Clip(
        dataset=dataset, subject=subject, video=video, part=part, expression="micro", onset=onset, apex=onset + 5,
        offset=onset + 9, fps=200.0, aus="12", emotion=emotion, objective="", color=f"{subject}/{video}", depth="",
        notes="midpoint taken",
    )  # fmt: skip


def member(reader, *clips, **rest):
    return Member(reader, Index(tuple(clips), rest.pop("exclusions", ()), **rest))


def excluded(subject, name, reason="no face"):
    return {"clip": name, "subject": subject, "stage": "index", "reason": reason, "source": "sheet, row 4"}


def smic_clips(part="HS"):
    """SMIC as published, clip by clip, without its folders."""
    emotions = ["negative"] * 70 + ["positive"] * 51 + ["surprise"] * 43
    return member(
        "smic", *(clip(f"s{i % 16 + 1:02d}", word, f"x_{i:02d}", part=part) for i, word in enumerate(emotions))
    )


@pytest.fixture
def smic_member(tmp_path):
    """SMIC-HS as published, read from its folders."""
    for person, video in smic.official_clips():
        smic.add_clip(tmp_path / "hs", f"s{person}_{video}", (7, 9, 12))
    return Member("smic", index_dataset("hs", "smic", {"root": str(tmp_path / "hs"), "layout": "cropped"}))


@pytest.fixture
def casme2_member(tmp_path):
    """CASME II as published, read from its sheets: 24 people show one of the three classes, 26 any emotion."""
    coding, objective = casme2.official_rows()
    rows = []
    for i, row in enumerate(coding):
        person = i % 26 + 1 if row.emotion in ("others", "sadness", "fear") else i % 24 + 3
        rows.append(replace(row, subject=person, video=f"EP{i // 9:02d}_{i % 9 + 1:02d}"))
    first, second, *_ = (i for i, row in enumerate(rows) if row.emotion == "disgust")
    rows[first] = replace(rows[first], subject=4, video="EP12_01f")
    rows[second] = replace(rows[second], subject=5, video="EP09_05f")
    numbers = [(row.subject, row.video, number) for row, (_, _, number) in zip(rows, objective, strict=True)]
    casme2.write_coding(tmp_path / "cas", rows)
    casme2.write_objective(tmp_path / "cas", numbers)
    for row in rows:
        casme2.add_clip(tmp_path / "cas", f"sub{row.subject:02d}", row.video, (46, 60, 66, 86))
    return Member("casme2", index_dataset("cas", "casme2", {"root": str(tmp_path / "cas")}))


@pytest.fixture
def samm_member(tmp_path):
    """SAMM as published, read from its sheet: 28 people show one of the three classes, 29 any emotion."""
    rows, people = [], [n for n in range(6, 38) if n not in (7, 8, 9, ONLY_OTHERS)]
    for i, row in enumerate(samm.official_rows()):
        person = ONLY_OTHERS if row.emotion == "Other" else people[i % len(people)]
        rows.append(row if row.filename in samm.KNOWN_ERRORS else replace(row, filename=f"{person:03d}_{i}_1"))
    samm.write_micro(tmp_path / "samm", rows)
    for row in rows:
        numbers = samm.CORRECTED.get(row.filename, (row.onset, row.apex, row.offset))
        samm.add_clip(tmp_path / "samm", row.filename, numbers)
    return Member("samm", index_dataset("samm", "samm", {"root": str(tmp_path / "samm")}))


def classes(clips):
    found = Counter(THREE.classes[THREE.label_of(clip)] for clip in clips)
    return [found[name] for name in THREE.classes]


def test_the_official_members_give_the_442_clips_of_68_people_of_the_challenge(smic_member, casme2_member, samm_member):
    members = dict(zip(NAMES, (smic_member, casme2_member, samm_member), strict=True))
    index = index_dataset("megc", COMPOSITE, {"members": list(NAMES)}, members=members)
    assert len(index.clips) == 442
    assert len({clip.subject for clip in index.clips}) == 68
    assert classes(index.clips) == [250, 109, 83]
    of = {name: [clip for clip in index.clips if clip.part == name] for name in NAMES}
    assert [classes(of[name]) for name in NAMES] == [[70, 51, 43], [88, 32, 25], [92, 26, 15]]
    assert [len({clip.subject for clip in of[name]}) for name in NAMES] == [16, 24, 28]
    report = validate_composite(index, members, official=NAMES)
    assert report.official
    assert report.differences == []
    assert "all members micro  rows" in format_validation(report)
    assert {check.official for check in report.checks if check.group == "all members micro"} >= {442, 68, 250, 109, 83}
    known = {clip.id for clip in index.clips} | {row["clip"] for row in index.exclusions}
    everything = [(name, clip.id) for name in NAMES for clip in members[name].index.clips]
    assert known == {qualified(*one) for one in everything}
    assert len(index.clips) + len(index.exclusions) == len(everything)


def test_a_clip_too_few_is_named_member_by_member_and_in_all(casme2_member, samm_member):
    clips = [clip for clip in samm_member.index.annotated if clip.emotion != "surprise"]
    lacking = Member("samm", replace(samm_member.index, annotated=tuple(clips)))
    members = {"hs": smic_clips(), "cas": casme2_member, "samm": lacking}
    report = validate_composite(compose("megc", CompositeSettings(members=NAMES), members), members, official=NAMES)
    text = format_validation(report)
    assert "- part samm micro, emotion3 surprise: published 15, found 0" in text
    assert "- all members micro, emotion3 surprise: published 83, found 68" in text


def test_only_released_recordings_of_the_challenge_have_published_counts(casme2_member, samm_member):
    def groups_with_counts(members, official):
        index = compose("mine", CompositeSettings(members=tuple(members)), members)
        report = validate_composite(index, members, official=official)
        return sorted({check.group for check in report.checks if check.official is not None})

    three = dict(zip(NAMES, (smic_clips(), casme2_member, samm_member), strict=True))
    assert groups_with_counts(three, []) == []
    assert groups_with_counts(three, ["samm"]) == ["part samm micro"]
    two = {name: three[name] for name in ("cas", "samm")}
    assert groups_with_counts(two, ["cas", "samm"]) == ["part cas micro", "part samm micro"]
    assert groups_with_counts({**three, "hs": smic_clips("VIS")}, NAMES) == ["part cas micro", "part samm micro"]
    assert groups_with_counts({**three, "more": member("casme3", clip("spNO.1", "fear"))}, NAMES) == [
        "part cas micro", "part hs micro", "part samm micro"
    ]  # fmt: skip


def test_a_clip_keeps_what_it_is_under_a_name_that_says_whose_it_is():
    own = replace(clip("006", "anger", "1_2", 5562, dataset="samm"), depth="")
    index = compose("mix", CompositeSettings(members=("s", "t")), {"s": member("samm", own), "t": member("samm", own)})
    first, second = index.clips
    assert (first.id, second.id) == ("s.006_1_2_5562", "t.006_1_2_5562")
    assert (first.dataset, first.part, first.subject) == ("mix", "s", "s.006")
    assert replace(first, dataset="samm", part="", subject="006") == own


@pytest.mark.parametrize(
    ("reader", "kept", "left_out"),
    [
        (
            "casme2",
            {"disgust", "happiness", "repression", "surprise"},
            {"anger", "contempt", "fear", "others", "sadness", ""},
        ),
        (
            "samm",
            {"anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"},
            {"others", "repression", ""},
        ),
        ("casme3", {"anger", "disgust", "fear", "happiness", "sadness", "surprise", "negative"}, {"others", ""}),
        ("smic", {"negative", "positive", "surprise"}, set()),
    ],
)
def test_what_the_challenge_takes_of_a_member_and_that_the_rest_is_excluded(reader, kept, left_out):
    clips = [clip("s1", word, f"v{number}") for number, word in enumerate(sorted(kept | left_out))]
    given = {"m": member(reader, *clips, annotated=tuple(clips)), "n": smic_clips()}
    index = compose("mix", CompositeSettings(members=("m", "n")), given)
    mine = [one for one in index.clips if one.part == "m"]
    assert {one.emotion for one in mine} == kept
    assert [one for one in index.annotated if one.part == "m"] == mine
    reasons = {row["clip"]: row["reason"] for row in index.exclusions}
    assert set(reasons) == {qualified("m", one.id) for one in clips if one.emotion in left_out}
    assert all(reason.startswith("not taken by megc2019: ") for reason in reasons.values())
    assert all(f"none of those that it takes of {reader} (" in reason for reason in reasons.values())
    everything = compose("mix", CompositeSettings(members=("m", "n"), selection="all"), given)
    assert len(everything.clips) == len(clips) + 164
    assert everything.exclusions == ()


def test_two_clips_of_casme2_are_left_out_by_name_whatever_they_show():
    named = [clip("sub04", "disgust", "EP12_01f"), clip("sub05", "happiness", "ep09_05F")]
    others = [clip("sub05", "disgust", "EP12_01f"), clip("sub04", "happiness", "EP09_05f")]
    members = {"c": member("casme2", *named, *others), "d": member("samm", *named)}
    index = compose("mix", CompositeSettings(members=("c", "d")), members)
    assert [row["clip"] for row in index.exclusions] == ["c.sub04_EP12_01f_10", "c.sub05_ep09_05F_10"]
    assert index.exclusions[0]["reason"] == "not taken by megc2019: MEGC 2019 leaves out sub04/EP12_01f of casme2"
    assert (index.exclusions[0]["subject"], index.exclusions[0]["source"]) == ("c.sub04", "sub04/EP12_01f")
    assert len(index.clips) == 4


def test_what_the_members_left_out_comes_first_with_its_reason():
    rows = (excluded("s2", "s2_a_1"), excluded("s3", "s3_a_1", "outside the part"))
    mine = member("samm", clip("s1", "others"), clip("s4", "fear"), exclusions=rows, bad=("s2_a_1",), notes=("root",))
    settings = {"members": ["m", "n"]}
    index = index_dataset("mix", COMPOSITE, settings, members={"m": mine, "n": smic_clips()})
    assert [row["clip"] for row in index.exclusions] == ["m.s2_a_1", "m.s3_a_1", "m.s1_a_10"]
    assert index.exclusions[0] == excluded("m.s2", "m.s2_a_1")
    assert (index.bad, index.notes) == (("m.s2_a_1",), ("m: root",))
    with pytest.raises(DatasetError, match=r"found 1 that is not: m\.s2_a_1: no face \(sheet, row 4\)"):
        index_dataset("mix", COMPOSITE, settings, on_bad_clip="fail", members={"m": mine, "n": smic_clips()})


def test_clips_that_are_lost_are_told_from_those_that_the_selection_does_not_take():
    rows = (excluded("s2", "s2_a_1"), excluded("s3", "s3_a_1", "the apex is occluded"))
    clips = (clip("s1", "others"), clip("s4", "fear"), clip("s5", ""))
    members = {"m": member("casme3", *clips, exclusions=rows, bad=("s2_a_1",)), "n": smic_clips()}
    lost = compose("mix", CompositeSettings(members=("m", "n")), members)
    assert format_validation(validate_composite(lost, members, official=())).startswith(
        "Dataset mix: 165 usable clips, 2 not taken by megc2019, 1 lost, 1 left out by members' settings.\n"
    )
    members["m"] = member("casme3", *clips)
    none_lost = compose("mix", CompositeSettings(members=("m", "n")), members)
    assert format_validation(validate_composite(none_lost, members, official=())).startswith(
        "Dataset mix: 165 usable clips, 2 not taken by megc2019, 0 lost.\n"
    )


@pytest.mark.parametrize("reader", ["flow_images", "table"])
def test_two_sets_of_ones_own_with_a_subject_of_one_name_are_refused(reader):
    """In whatever case and with whatever zeros it is spelt; recordings of different subjects may name them alike."""
    settings = CompositeSettings(members=("one", "two"))
    one, two = clip("S01", "negative"), clip("s1", "positive")

    def joined(first, second):
        return compose(
            "mix", settings, {"one": member(first, one), "two": member(second, two, clip("s02", "surprise"))}
        )

    with pytest.raises(
        DatasetError, match=r"dataset mix: .*subjects of the same name in one and two: S01\. One subject would"
    ):
        joined(reader, reader)
    assert [len(joined(*readers).clips) for readers in ((reader, "smic"), ("samm", "smic"))] == [3, 2]
    other = {"one": member(reader, one), "two": member(reader, clip("s02", "fear"))}
    assert [clip.subject for clip in compose("mix", settings, other).clips] == ["one.S01", "two.s02"]


def test_the_tables_of_the_members_are_all_that_is_needed(tmp_path, samm_member):
    write_clips(samm_member.index.clips, tmp_path / "clips.csv")
    write_exclusions(samm_member.index.exclusions, tmp_path / "exclusions.csv")
    read = read_member("samm", tmp_path / "clips.csv", tmp_path / "exclusions.csv")
    settings = CompositeSettings(members=("hs", "samm"))
    from_tables = compose("mix", settings, {"hs": smic_clips(), "samm": read})
    from_sheets = compose("mix", settings, {"hs": smic_clips(), "samm": samm_member})
    assert from_tables.clips == from_sheets.clips
    assert from_tables.exclusions == from_sheets.exclusions


def test_one_member_alone_is_what_the_challenge_took_of_it(casme2_member, samm_member):
    """145 = 128 / .8828 and 88 + 32 + 25: what Table III of ATM-GCN counts; all of emotion3 in CASME II are more."""
    alone = {
        name: index_dataset(f"{name}_megc2019", COMPOSITE, {"members": [name]}, members={name: given})
        for name, given in (("casme2", casme2_member), ("samm", samm_member))
    }
    assert [classes(index.clips) for index in alone.values()] == [[88, 32, 25], [92, 26, 15]]
    assert sum(THREE.label_of(clip) is not None for clip in casme2_member.index.clips) > 145
    report = validate_composite(alone["casme2"], {"casme2": casme2_member}, official=["casme2"])
    assert report.official
    assert report.differences == []


@pytest.mark.parametrize("name", ["006", "spNO.1", "s1.a_b.c_12"])
def test_a_name_comes_apart_as_it_was_joined(name):
    assert split_name(qualified("demo_samm", name)) == ("demo_samm", name)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, r"datasets\.mix: reader composite needs the setting 'members', found none"),
        ({"members": []}, r"datasets\.mix\.members: expected one or more different datasets, but found \[\]"),
        ({"members": ["a", "b", "a"]}, r"expected one or more different datasets, but found \['a', 'b', 'a'\]"),
        ({"members": ["a.1", "b"]}, r"expected names without a dot, .*found \['a\.1'\]"),
        ({"members": "a b"}, r"datasets\.mix\.members: expected a list, found 'a b'"),
        ({"members": ["a", "b"], "selection": "megc"}, r"datasets\.mix\.selection: expected one of megc2019, all"),
        ({"members": ["a", "b"], "root": "x"}, r"reader composite has no setting 'root'"),
    ],
)
def test_settings_that_make_no_composite_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        reader_settings("mix", COMPOSITE, settings)


def test_a_member_without_a_class_is_refused_by_name():
    clips = [replace(clip("a.s1", word, word), part="a") for word in ("anger", "happiness", "surprise")]
    lacking = [replace(clip("b.s1", word, word), part="b") for word in ("fear", "others")]
    check_classes(lacking, THREE, ["b"])  # alone, it is no composite of which the data set could tell a class
    message = (
        r"members with different label sets: .*every class of emotion3 \(negative, positive, surprise\), but b has "
        r"none of positive, surprise"
    )
    with pytest.raises(DatasetError, match=message):
        check_classes([*clips, *lacking], THREE, ["a", "b"])
    with pytest.raises(DatasetError, match="but c has none of negative, positive, surprise"):
        check_classes(clips, THREE, ["a", "c"])


def test_labels_that_only_some_members_know_are_refused():
    """SMIC and CASME II on single emotions: SMIC names none of them but surprise."""
    cas = member("casme2", *(clip("sub01", word, word) for word in ("disgust", "happiness", "surprise")))
    index = compose("mix", CompositeSettings(members=("hs", "c")), {"hs": smic_clips(), "c": cas})
    check_classes(index.clips, THREE, ["hs", "c"])
    with pytest.raises(DatasetError, match=r"emotion7 .*but hs has none of anger, disgust, fear, happiness"):
        check_classes(index.clips, LABEL_SETS["emotion7"], ["hs", "c"])


def test_every_setting_is_on_its_page():
    page = (Path(__file__).parents[3] / "docs/datasets/composite.md").read_text(encoding="utf-8")
    assert all(f"| `{field.name}` |" in page for field in dataclasses.fields(CompositeSettings))
