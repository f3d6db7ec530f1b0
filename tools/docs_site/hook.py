"""What MkDocs asks while it builds: the pages of the reference, and the folders of the navigation."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from tools.docs_site.reference import reference_pages

_DROPPED = re.compile(r"[^\w\- ]")


def as_github(text: str, separator: str) -> str:
    """Return the anchor of a heading as GitHub names it, since the pages are read there too."""
    return _DROPPED.sub("", text.lower()).strip().replace(" ", separator)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from declarations, and put every page into the navigation.

    A page that ``mkdocs.yml`` does not name comes last.
    """
    for name, text in reference_pages().items():
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    pages = sorted(file.src_uri for file in files.documentation_pages())
    parts = [_opened(item, pages) for item in config.nav or []]
    left = [page for page in pages if page not in set(_named(parts))]
    config.nav = [*parts, {"More": left}] if left else parts
    return files


def _named(item: Any) -> Iterator[str]:
    """Yield the pages of a part of the navigation."""
    if isinstance(item, str):
        yield item
    for part in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
        yield from _named(part)


def _opened(item: Any, pages: list[str]) -> Any:
    """Return a part of the navigation with the pages of each folder in place of its name."""
    if isinstance(item, dict):
        return {title: _opened(part, pages) for title, part in item.items()}
    if isinstance(item, list):
        return [_opened(part, pages) for part in item]
    if not item.endswith("/"):
        return item
    inside = [page for page in pages if page.startswith(item)]
    direct: list[Any] = [page for page in inside if str(PurePosixPath(page).parent) == item.rstrip("/")]
    folders = sorted(
        {page.removeprefix(item).split("/")[0] for page in inside} - {page.removeprefix(item) for page in direct}
    )
    return direct + [{name.capitalize(): _opened(f"{item}{name}/", pages)} for name in folders]
