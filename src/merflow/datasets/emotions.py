"""Emotions: the words that every reader translates those of its sheet to, and words that a dataset may add."""

import re

EMOTIONS = (
    "anger",
    "contempt",
    "disgust",
    "fear",
    "happiness",
    "negative",
    "others",
    "positive",
    "repression",
    "sadness",
    "surprise",
    "tense",
)
"""Canonical emotions; readers translate a sheet's own words to these. Negative and positive are those of SMIC, of
part C of CAS(ME)^3 and of ready flow images, which tell no finer: label sets of single emotions leave such clips out on
purpose. Tense is a word of CASME alone, and neither negative nor positive nor others."""

_OWN_WORD = re.compile(r"\w(?:[\w .-]{0,48}\w)?")


def is_own_word(word: str) -> bool:
    """Whether a word can be a class of a dataset's own label set: letters, digits, ``_``, ``-``, ``.`` and blanks."""
    return _OWN_WORD.fullmatch(word) is not None
