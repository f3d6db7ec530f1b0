"""What pages share: frame, style, tables that sort. A page is one file that asks for nothing from outside."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from merflow.counts import count
from merflow.files import atomic_path


def render(package: str, template: str, **values: Any) -> str:
    """Return a page.

    Parameters
    ----------
    package : str
        Whose folder ``templates`` has the template, such as ``merflow.quality``.
    template : str
        It may extend ``page.html``, and take scripts and styles as they are by ``text(name) | safe``: they
        come from the package alone, never from data.
    **values
        What the template names. Texts are escaped; one that is missing is an error.
    """
    return _environment(package).get_template(template).render(**values)


def write_page(text: str, path: Path) -> None:
    """Write a page; the file appears only when whole."""
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")


@cache
def _environment(package: str) -> Environment:
    """Return where templates are found, compiled once for all pages of a process."""
    loader = ChoiceLoader([PackageLoader(package, "templates"), PackageLoader("merflow.pages", "templates")])
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["text"] = lambda name: loader.get_source(environment, name)[0]
    environment.globals["count"] = count
    return environment
