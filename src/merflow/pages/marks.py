"""Small drawings in the cells of tables, as the content of an SVG: numbers of ours alone, no text of data."""

WIDTH, HEIGHT, DOT = 120, 14, 3  # px of a mark, and of the radius of its dot
OURS, PUBLISHED = "#0072b2", "#d55e00"  # Okabe and Ito: colour-blind readers tell them apart


def place(value: float) -> float:
    """Return where a value from 0 to 1 is drawn, px from the left: a dot at either end is whole."""
    return DOT + (WIDTH - 2 * DOT) * value


def mark(ours: float, low: float | None, high: float | None, published: float | None) -> str:
    """Return an interval, a dot and a line for a published value on a scale from 0 to 1."""
    middle = HEIGHT / 2
    ends = f'x1="{place(0):.1f}" x2="{place(1):.1f}"'
    parts = [f'<line {ends} y1="{middle}" y2="{middle}" stroke="#ccc"/>']
    if low is not None and high is not None:
        x, width = place(low), place(high) - place(low)
        parts.append(f'<rect x="{x:.1f}" y="4" width="{width:.1f}" height="6" fill="{OURS}" opacity="0.35"/>')
    parts.append(f'<circle cx="{place(ours):.1f}" cy="{middle}" r="{DOT}" fill="{OURS}"/>')
    if published is not None:
        x = place(published)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="{PUBLISHED}" stroke-width="2"/>')
    return "".join(parts)
