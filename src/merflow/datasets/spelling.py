"""Spelling of subjects: which names are those of one person, written by several hands or by a spreadsheet."""

import re
import unicodedata

_ZEROS = re.compile(r"(?<!\d)0+(?=\d)", re.ASCII)

_DECIMAL = re.compile(r"(\d+)\.0+", re.ASCII)
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-_.](?=\d)")


def spelling_key(subject: str) -> str:
    """Return what two spellings of a subject have in common: upper case, leading zeros and width are no difference.

    Nor are ``.0`` behind a number and ``-``, ``_`` or ``.`` between a letter and a number.

    A spreadsheet makes ``001`` 1, a program makes ``1.0`` of it, people write ``sub-01`` and ``sub01``, and an
    input method for Chinese writes digits and letters in full width. Taken for two people, one subject would be in
    training and in the test.

    Examples
    --------
    >>> spelling_key("Sub01"), spelling_key("sub001"), spelling_key("sub\uff11"), spelling_key("sub010")
    ('sub1', 'sub1', 'sub1', 'sub10')
    >>> spelling_key("sub-01"), spelling_key("1.0"), spelling_key("p1_2"), spelling_key("1.10")
    ('sub1', '1', 'p1_2', '1.10')
    """
    text = _HYPHEN.sub("", unicodedata.normalize("NFKC", subject).casefold())
    whole = _DECIMAL.fullmatch(text)
    return _ZEROS.sub("", whole[1] if whole else text)
