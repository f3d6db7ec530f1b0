"""Canvas: title, panels and colour bars of all pictures, and PNG bytes that depend on the data alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from merflow.files import atomic_path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 110
INK, MUTED, GRID, MISSING = "#1b2330", "#5f6b7a", "#dfe3e8", "#c9cdd2"
TOP_IN, BOTTOM_IN, LEFT_IN, RIGHT_IN = 0.92, 0.22, 0.22, 0.22
"""Margins of a figure in inches; the upper one holds title and subtitle."""

_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlepad": 6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "image.interpolation": "nearest",
}

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with the project's settings, whatever a user's ``matplotlibrc`` says; restored on leaving."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Let a drawing function work in the house style."""

    @wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with house_style():
            return draw(*args, **kwargs)

    return inside


def new_figure(title: str, subtitle: str, *, width_in: float, height_in: float) -> Figure:
    """Return an empty white figure that says what it is.

    Parameters
    ----------
    title : str
        What is shown, and of which clip.
    subtitle : str
        How to read it: colours, ranges, units. May have two lines.
    width_in, height_in : float
        Size in inches.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    left = LEFT_IN / width_in
    figure.text(left, 1 - 0.13 / height_in, title, ha="left", va="top", fontsize=13, fontweight="bold")
    figure.text(left, 1 - 0.40 / height_in, subtitle, ha="left", va="top", fontsize=9, color=MUTED, linespacing=1.25)
    return figure


def add_panel(figure: Figure, box_in: tuple[float, float, float, float]) -> Axes:
    """Add axes at (left, top, width, height) in inches, measured from the upper left corner of the figure."""
    width, height = figure.get_size_inches()
    left, top, panel_width, panel_height = box_in
    return figure.add_axes(
        (left / width, 1 - (top + panel_height) / height, panel_width / width, panel_height / height)
    )


def show_image(
    axes: Axes, image: NDArray[Any], title: str, *, cmap: Any = None, limits: tuple[float, float] | None = None
) -> Any:
    """Show an array as an image, pixel centres at integer coordinates, without ticks; NaN is grey.

    Parameters
    ----------
    axes : Axes
    image : ndarray of shape (H, W) or (H, W, 3)
    title : str
        Says what the panel is.
    cmap : str or Colormap, optional
        For one channel.
    limits : tuple of float, optional
        Values of the ends of the colour map.

    Returns
    -------
    AxesImage
        For `colour_bar`.
    """
    from matplotlib import colormaps

    low, high = limits or (None, None)
    if image.ndim == 2:
        colours = (colormaps[cmap] if isinstance(cmap, str) else cmap).with_extremes(bad=MISSING)
        shown = axes.imshow(np.ma.masked_invalid(image), cmap=colours, vmin=low, vmax=high)
    else:
        shown = axes.imshow(image)
    bare(axes, title)
    return shown


def bare(axes: Axes, title: str) -> None:
    """Title a panel, and leave a thin frame in place of ticks."""
    axes.set_title(title)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_linewidth(0.6)
        side.set_edgecolor(MUTED)


def open_axes(axes: Axes, *, grid: Literal["both", "x", "y"] = "both", left: bool = True) -> None:
    """Lay a thin grid behind what is plotted, and leave the panel open at the top and the right.

    Parameters
    ----------
    axes : Axes
    grid : {"both", "x", "y"}
        Which lines the grid has: of both axes, or only those that x or y is read by.
    left : bool
        Keep the line on the left; rows with names need none.
    """
    axes.grid(axis=grid, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right") if left else ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def colour_bar(axes: Axes, mappable: Any, label: str) -> None:
    """Add a slim colour bar to the right of a panel; the label carries the unit."""
    fill_colour_bar(axes.inset_axes((1.025, 0.0, 0.035, 1.0)), mappable, label)


def fill_colour_bar(
    axes: Axes, mappable: Any, label: str, *, extend: Literal["neither", "both", "min", "max"] = "neither"
) -> None:
    """Make a slim panel a colour bar; opaque, also where what it explains lets a face through."""
    bar = axes.get_figure(root=True).colorbar(mappable, cax=axes, extend=extend)  # type: ignore[union-attr]
    bar.solids.set_alpha(1)  # type: ignore[union-attr]
    bar.set_label(label, fontsize=8.5)
    bar.ax.tick_params(labelsize=7.5, length=2.5)
    bar.outline.set_linewidth(0.5)  # type: ignore[operator]


def show_absent(axes: Axes, title: str, reason: str) -> None:
    """Fill a panel that has nothing to show with the reason, so that no panel is ever silently missing."""
    bare(axes, title)
    axes.set_facecolor("#f4f5f7")
    axes.text(0.5, 0.5, reason, transform=axes.transAxes, ha="center", va="center", color=MUTED, fontsize=9, wrap=True)


@styled
def save_png(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG; the same figure gives the same bytes (no date, no software version in the file)."""
    with atomic_path(Path(path)) as partial:
        figure.savefig(partial, format="png", dpi=DPI, metadata={"Software": None})
    return Path(path)
