"""Spelling of subjects: which names are those of one person, written by several hands or by a spreadsheet."""

import re
import unicodedata

_ZEROS = re.compile(r"(?<!\d)0+(?=\d)", re.ASCII)


def spelling_key(subject: str) -> str:
    """Return what two spellings of a subject have in common: upper case, leading zeros and width are no difference.

    A spreadsheet makes ``001`` 1, and an input method for Chinese writes digits and letters in full width. Taken for
    two people, one subject would be in training and in the test.

    Examples
    --------
    >>> spelling_key("Sub01"), spelling_key("sub001"), spelling_key("sub\uff11"), spelling_key("sub010")
    ('sub1', 'sub1', 'sub1', 'sub10')
    """
    return _ZEROS.sub("", unicodedata.normalize("NFKC", subject).casefold())
