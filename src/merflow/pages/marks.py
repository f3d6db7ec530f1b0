"""Small drawings in the cells of tables, as the content of an SVG: numbers of ours alone, no text of data."""

WIDTH, HEIGHT = 120, 14  # px of a mark
OURS, PUBLISHED = "#0072b2", "#d55e00"  # Okabe and Ito: colour-blind readers tell them apart


def mark(ours: float, low: float | None, high: float | None, published: float | None) -> str:
    """Return an interval, a dot and a line for a published value on a scale from 0 to 1."""
    middle = HEIGHT / 2
    parts = [f'<line x1="0" x2="{WIDTH}" y1="{middle}" y2="{middle}" stroke="#ccc"/>']
    if low is not None and high is not None:
        x, width = WIDTH * low, WIDTH * (high - low)
        parts.append(f'<rect x="{x:.1f}" y="4" width="{width:.1f}" height="6" fill="{OURS}" opacity="0.35"/>')
    parts.append(f'<circle cx="{WIDTH * ours:.1f}" cy="{middle}" r="3" fill="{OURS}"/>')
    if published is not None:
        x = WIDTH * published
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="{PUBLISHED}" stroke-width="2"/>')
    return "".join(parts)
