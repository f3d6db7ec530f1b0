"""The declaration of a dataset. The rest of merflow reads it and names no dataset."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from merflow.datasets.counts import Counts, Group


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedLayout:
    """A layout of a dataset that the generator of embedded recordings writes.

    Parameters
    ----------
    layout : str
        ``module:name`` of the :class:`merflow.synthesis.layout.Layout`.
    macro : bool
        Whether it has a sheet of macro-expressions.
    others : bool
        Whether it has a word for expressions that are neither negative nor positive nor surprise.
    """

    layout: str
    macro: bool = False
    others: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Megc2019:
    """What the composite of MEGC 2019 takes of a dataset.

    Parameters
    ----------
    counts : mapping
        Part that its clips are of -> what the challenge counted.
    emotions : tuple of str
        Emotions whose clips it takes; empty takes every clip.
    left_out : collection of (str, str)
        Subject and video, in lower case, that it leaves out whatever their emotion.
    """

    counts: Mapping[str, Counts]
    emotions: tuple[str, ...] = ()
    left_out: Collection[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a person who chooses a set wants to know, and what no other part of a declaration says; plain text.

    Parameters
    ----------
    people : int
        In the recordings, also those who show no expression of a kind that is counted.
    picture, face : str
        Size of a frame, and of the face in it, px; empty = not published, as far as is known.
    annotated : str
        What the sheets say of a clip.
    mended : str
        Known errors that the reader corrects, each noted on the clip; empty = none is known.
    protocols : str
        What papers score on it.
    rate : str
        Frames per second, where the setting `fps` has no number of its own.
    clips : str
        What there is, where the published counts are not those of clips.
    given : str
        Size of the pictures that are given out and read, px, where it is not that of a frame.
    """

    people: int
    picture: str
    face: str
    annotated: str
    mended: str
    protocols: str
    rate: str = ""
    clips: str = ""
    given: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One official layout; the name of its reader is that of its folder, ``merflow.datasets.<name>``.

    Functions and classes are named as ``module:name`` and loaded when they are asked for.

    Parameters
    ----------
    title : str
        Name of the set, as papers write it.
    citation : str
        Paper to cite; empty where a layout is that of no single set.
    licence : str
        Who gives the recordings out, and for what.
    about : About or None
        What the page that compares the sets says of it; None = it is no released set of recordings.
    settings : str
        ``module:class`` of the frozen dataclass of the reader's settings; fields typed Path, tuple, Literal, str, bool,
        int or float.
    read : str
        ``module:function``: ``read(name, settings) -> Index``; of a composite ``read(name, settings, members)``.
    annotation : str
        ``module:function``: ``annotation(settings) -> list of Path``, the files that the index is made of besides the
        names of the frames.
    counts : mapping
        Part and kind of expression -> published counts.
    label_sets : mapping
        Label sets of single emotions that papers take on this set alone: name -> classes.
    classes : str
        Setting of the reader that lists the words of a label set of the dataset's own; empty where it has none.
    megc2019 : Megc2019 or None
        What the composite of MEGC 2019 takes.
    people_by_name : bool
        Whether subjects of two datasets of this layout are one person where they have one name, as in recordings of
        one's own. Otherwise two of them show the same people, as two parts of one released set do.
    people_of : str
        Reader of another set whose people this one shows, under the same names or others; empty = of none.
    ready : str
        Kind of artefact that the set consists of, in place of recordings; empty for recordings.
    layouts : mapping
        Layouts that the generator writes: name in the configuration -> layout.
    default_camera : bool
        Whether its depth is of the camera whose focal length stages have by default, which is that of CAS(ME)^3. Of
        another set each clip with depth names its camera (`Clip.camera`), or the user sets the focal length.
    quality : str
        ``module:name`` of the :class:`merflow.quality_columns.Quality` of its annotation.
    """

    title: str
    settings: str
    read: str
    licence: str
    about: About | None = None
    citation: str = ""
    annotation: str = ""
    counts: Mapping[Group, Counts] = field(default_factory=dict)
    label_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    megc2019: Megc2019 | None = None
    classes: str = ""
    people_by_name: bool = False
    people_of: str = ""
    ready: str = ""
    layouts: Mapping[str, GeneratedLayout] = field(default_factory=dict)
    default_camera: bool = False
    quality: str = "merflow.datasets.quality:OF_EVERY_CLIP"
