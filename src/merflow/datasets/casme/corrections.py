"""Known errors of the sheet of CASME, told by the folders of their clips."""

from collections.abc import Mapping
from dataclasses import replace

from merflow.datasets.reading.annotation import Annotation
from merflow.datasets.reading.cut_clips import Span
from merflow.datasets.reading.frame_choice import with_notes

APEXES: Mapping[Span, int] = {Span(100, 149): 120, Span(101, 119): 110, Span(57, 74): 65}
"""Frames of a folder whose row has a wrong onset and offset -> apex of the clip.

The public loader meb corrects five rows "based on the image folders": onset, apex and offset of its rows 40, 42 and 43,
and the offsets of 54 (40) and 140 (142), counted from 0. It publishes no names of clips, and a row number holds for one
copy of the sheet alone. The folders tell the same rows, so that onset and offset come from them; only the apexes are
kept here.
"""


def with_known_apex(one: Annotation, span: Span) -> Annotation:
    """Correct the apex of a clip whose onset and offset were those of no frame, where it lies outside them as well.

    Parameters
    ----------
    one : Annotation
        Onset and offset replaced by those of its folder.
    span : Span
        Frames of the folder.
    """
    clip = one.clip
    right = APEXES.get(span)
    if right is None or (clip.onset, clip.offset) != tuple(span) or span.first <= clip.apex <= span.last:
        return one
    return replace(one, clip=with_notes(replace(clip, apex=right), [f"apex {clip.apex} corrected to {right}"]))
