"""Why the index of a dataset that is there would be made anew: what Snakemake says of it, in words."""

import re

_DIGEST = re.compile(r"'(?P<what>[^']+)': '(?P<digest>[0-9a-f]{64})'")
"""Such as ``'clips.csv': 'aa37...'``: a parameter that tells a file by its content."""

_FINGERPRINT = re.compile(r"(?<!')\b[0-9a-f]{64}\b(?!')")
"""A parameter that is a digest itself: the code of a job."""


def why_stale(reason: str) -> str:
    """Return why an index is stale, of Snakemake's reason for making it anew.

    Parameters
    ----------
    reason : str
        ``Params have changed since last execution: ... before: ... now: ...``, or another one.

    Returns
    -------
    str
        Goes on from "stale: ". Of parameters: the files of which the content changed, the code, or the settings.
    """
    if "arams have changed" not in reason:
        return reason.rstrip(". ") or "Snakemake gives no reason"
    before, _, now = reason.rpartition(" now: ")
    then, found = (dict(_DIGEST.findall(text)) for text in (before, now))
    changed = sorted(what for what in {*then, *found} if then.get(what) != found.get(what))
    if changed:
        return f"{', '.join(changed)} changed since it was made"
    if _FINGERPRINT.search(now):
        return "the code that makes it changed"
    return "settings of the dataset changed since it was made"
