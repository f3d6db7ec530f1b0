"""Wordings: join messages about many clips that differ only in names and numbers into one with a few examples."""

import re
from collections.abc import Iterable, Sequence

_EXAMPLES = 3
_OWN = re.compile(r"""(?<!\w)'[^']*'(?!\w)|(?<=\bvideo )[\w.-]+|[\w./-]*\d[\w./-]*|\b[IVX]+\b""", re.ASCII)
"""What a line says of its clip alone: quoted words, names and numbers."""


def grouped_lines(found: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return lines on clips, (clip, text, rest), by their wording, the rarest first, a few examples of each.

    Lines are of one wording when their texts differ in names and numbers only.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for clip, text, rest in found:
        groups.setdefault(_OWN.sub("...", text), []).append((text, f"{clip}: {text}{rest}"))
    lines: list[str] = []
    for group in sorted(groups.values(), key=len):
        texts, whole = zip(*group, strict=True)
        if len(group) <= _EXAMPLES:
            lines += [f"- {line}" for line in whole]
            continue
        lines += [f"- {len(group)} clips: {_wording(texts)}", *(f"  - {line}" for line in whole[:_EXAMPLES])]
        lines.append(f"  - and {len(group) - _EXAMPLES} more")
    return lines


def _wording(texts: Sequence[str]) -> str:
    """Return what texts of one wording share, with dots in place of the names and numbers in which they differ."""
    own = zip(*map(_OWN.findall, texts), strict=True)
    shared = iter([found[0] if len(set(found)) == 1 else "..." for found in own])
    return _OWN.sub(lambda _: next(shared), texts[0])
