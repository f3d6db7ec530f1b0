from dataclasses import replace

import pytest

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.annotation import Annotation
from merflow.datasets.reading.clip_folders import ClipFolders
from merflow.datasets.reading.cut_clips import Span, with_ends_of_folders
from merflow.datasets.reading.frame_choice import FolderNumbers

CLIP = Clip(
    dataset="d", subject="s1", video="a", part="", expression="micro", onset=10, apex=15, offset=20, fps=60.0, aus="",
    emotion="", objective="", color="", depth="", notes="",
)  # fmt: skip
BOTH = ("onset", "offset")
AGREEING = 6


@pytest.fixture
def mended(tmp_path):
    """Write a folder of frames 10 to 20 for each clip but for those that are named, and mend the clips."""

    def mend(*clips, ends=BOTH, **frames):
        for one in clips:
            folder = tmp_path / one.subject / one.video
            folder.mkdir(parents=True, exist_ok=True)
            for number in frames.get(one.video, range(10, 21)):
                (folder / f"{number}.jpg").touch()
        folders = ClipFolders(tmp_path, [tmp_path], lambda name: name if name.startswith("s") else None)
        annotations = [Annotation(one, "sheet, row 1", one.onset) for one in clips]
        return with_ends_of_folders(
            annotations, folders, name_of=lambda clip: clip.video, numbers=FolderNumbers(), ends=ends
        )

    return mend


def clips(*changes):
    """Return clips of their own folders: six that agree with these, then those with changes."""
    return [replace(CLIP, video=f"v{k}") for k in range(AGREEING)] + [
        replace(CLIP, video=f"w{k}", **one) for k, one in enumerate(changes)
    ]


def frames_of(found):
    return [(one.clip.onset, one.clip.offset) for one in found.annotations[AGREEING:]]


def test_ends_outside_the_folder_are_those_of_the_folder(mended):
    found = mended(*clips({"offset": 99}, {"onset": 3}, {"onset": 900, "offset": 950}, {"offset": 19}))
    assert frames_of(found) == [(10, 20), (10, 20), (10, 20), (10, 19)]
    assert found.spans == dict.fromkeys((AGREEING, AGREEING + 1, AGREEING + 2), Span(10, 20))
    assert found.annotations[AGREEING].clip.notes == (
        "offset 99 is not in the folder, which holds frames 10 to 20: 20 taken"
    )
    assert found.annotations[AGREEING + 2].clip.notes.count("taken") == 2
    assert found.notes == ("numbers of 3 rows lie outside their folders, whose first and last frames are taken",)


def test_only_the_ends_that_are_asked_for_are_replaced_and_an_unknown_offset_stays_unknown(mended):
    found = mended(*clips({"offset": 99, "onset": 3}, {"offset": NO_FRAME}), ends=("offset",))
    assert frames_of(found) == [(3, 20), (10, NO_FRAME)]


def test_nothing_is_replaced_where_folders_hold_more_than_their_clips(mended):
    wide = {f"v{k}": range(30) for k in range(AGREEING)}
    found = mended(*clips({"offset": 99}), **wide)
    assert (frames_of(found), found.spans) == ([(10, 99)], {})
    assert found.notes == ("0 of 7 folders hold a clip from its onset to its offset: no number is taken from them",)


def test_a_folder_of_two_clips_says_nothing_of_either(mended):
    first, second = replace(CLIP, video="w0"), replace(CLIP, video="w0", onset=12, offset=99)
    found = mended(*clips(), first, second)
    assert frames_of(found) == [(10, 20), (12, 99)]
    assert found.notes == ()


def test_clips_without_a_folder_or_frames_are_left_for_the_index(mended):
    found = mended(*clips({"offset": 99}), w0=())
    assert frames_of(found) == [(10, 99)]
